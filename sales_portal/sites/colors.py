"""A brand's colours, made of the one a person chose: what is written in them, and on them, can be read.

Pure. Colours are `#rrggbb`. Lightness is moved in OKLCH, where equal steps look equal and the hue stays; contrast is
that of WCAG 2.2.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

READABLE = 4.5
VISIBLE = 1.25
"""How far a button's colour differs at least from the page's, so that it is seen to be one; its text is readable."""
SEEN_AT_NIGHT = 3.0
WHITE, INK, BLACK = "#ffffff", "#11132b", "#000000"
LIGHT_GROUNDS = ("#ffffff", "#f6f6f3", "#efefeb", "#f4f4f0")
DARK_GROUNDS = ("#1b1c20", "#121316", "#15161a", "#24262b")
"""What stands behind text on our pages, light and dark: surface, page, sunken and hovered over."""
_HEX = re.compile("#[0-9a-fA-F]{6}")
_STEP = 0.004
_HOVER = 0.06
_PALE = 0.8

Lch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one theme: a button, the same under the pointer, what is written on both, links, and a tint."""

    fill: str
    hover: str
    on_fill: str
    text: str
    soft: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of both themes."""

    light: Tones
    dark: Tones


def is_color(text: str) -> bool:
    """Whether `text` is a colour as the portal writes one."""
    return _HEX.fullmatch(text) is not None


@cache
def palette(color: str) -> Palette:
    """The tones of a brand whose colour is `color`."""
    chosen = _to_lch(color)
    light_fill = _until(chosen, -_STEP, lambda tone: contrast(tone, LIGHT_GROUNDS[1]) >= VISIBLE)
    dark_fill = _until(chosen, _STEP, lambda tone: contrast(tone, DARK_GROUNDS[3]) >= SEEN_AT_NIGHT)
    return Palette(_tones(light_fill, chosen, LIGHT_GROUNDS, -_STEP, (0.955, 0.03)),
                   _tones(dark_fill, chosen, DARK_GROUNDS, _STEP, (0.30, 0.05)))


@cache
def ink_on(color: str) -> str:
    """What is written on `color`: white where that can be read, else ink, else black."""
    return next((ink for ink in (WHITE, INK) if contrast(ink, color) >= READABLE), BLACK)


def contrast(one: str, other: str) -> float:
    """How far two colours differ in lightness, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _tones(fill: str, chosen: Lch, grounds: Sequence[str], step: float, tint: tuple[float, float]) -> Tones:
    _, chroma, hue = chosen
    soft = _from_lch((tint[0], min(chroma, tint[1]), hue))
    text = _until(chosen, step, lambda tone: all(contrast(tone, ground) >= READABLE for ground in (*grounds, soft)))
    on_fill = ink_on(fill)
    return Tones(fill, _hover(fill, on_fill), on_fill, text, soft)


def _hover(fill: str, on_fill: str) -> str:
    """`fill` a little further from what is written on it; the other way where it is at the end of the scale."""
    lightness, chroma, hue = _to_lch(fill)
    away = -_HOVER if on_fill == WHITE or lightness > _PALE else _HOVER
    for move in (away, -away, -away / 2):
        moved = _from_lch((min(max(lightness + move, 0.0), 1.0), chroma, hue))
        if moved != fill and contrast(moved, on_fill) >= READABLE:
            return moved
    return fill


def _until(lch: Lch, step: float, is_right: Callable[[str], bool]) -> str:
    """The first colour that will do as lightness moves by `step` from `lch`; black or white at the end always does."""
    lightness, chroma, hue = lch
    tone = _from_lch(lch)
    while not is_right(tone) and 0.0 < lightness + step < 1.0:
        lightness += step
        tone = _from_lch((lightness, chroma, hue))
    return tone if is_right(tone) else (BLACK if step < 0 else WHITE)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(int(color[at:at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _curved(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


# Björn Ottosson, "A perceptual color space for image processing" (2020): linear sRGB to OKLab and back.
def _to_lch(color: str) -> Lch:
    red, green, blue = (_linear(int(color[at:at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_lch(lch: Lch) -> str:
    """The colour as a screen shows it: as much chroma is given up as it takes, so that lightness and hue stay."""
    lightness, chroma, hue = lch
    for kept in range(50, -1, -1):
        parts = _to_linear(lightness, chroma * kept / 50, hue)
        if kept == 0 or all(-0.0005 <= part <= 1.0005 for part in parts):
            return "#" + "".join(f"{round(255 * _curved(min(max(part, 0.0), 1.0))):02x}" for part in parts)
    raise AssertionError("a colour without chroma always fits")


def _to_linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)
