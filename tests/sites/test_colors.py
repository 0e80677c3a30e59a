"""C21: whatever colour a brand has, what is written in it and on it can be read, in both themes."""

import pytest

from sales_portal.sites import colors
from sales_portal.sites.colors import Tones, contrast

BRANDS = ("#FFD400", "#111111", "#00A86B", "#C2185B", "#ffffff", "#000000", "#777777", "#767676", "#2F4B3C", "#ff0000")
GROUNDS = {"light": ("#ffffff", "#f6f6f3", "#efefeb", "#f4f4f0"), "dark": ("#1b1c20", "#121316", "#15161a", "#24262b")}


def tones(color: str) -> list[tuple[str, Tones]]:
    made = colors.palette(color)
    return [("light", made.light), ("dark", made.dark)]


@pytest.mark.parametrize("color", BRANDS)
def test_c21_all_text_has_a_contrast_of_four_and_a_half(color: str) -> None:
    for theme, of in tones(color):
        for written, behind in ((of.on_fill, of.fill), (of.on_fill, of.hover), (of.text, of.soft),
                                *((of.text, ground) for ground in GROUNDS[theme])):
            assert contrast(written, behind) >= 4.5, (theme, written, behind)


def test_c21_that_holds_for_colours_of_every_kind() -> None:
    for red in range(0, 256, 51):
        for green in range(0, 256, 51):
            for blue in range(0, 256, 51):
                test_c21_all_text_has_a_contrast_of_four_and_a_half(f"#{red:02x}{green:02x}{blue:02x}")


@pytest.mark.parametrize("color", BRANDS)
def test_c21_a_button_is_seen_on_its_page(color: str) -> None:
    made = colors.palette(color)
    assert contrast(made.light.fill, "#f6f6f3") >= 1.25
    assert all(contrast(made.dark.fill, ground) >= 3 for ground in GROUNDS["dark"])


def test_a_colour_that_will_do_stays_as_it_was_chosen() -> None:
    made = colors.palette("#FFD400")
    assert (made.light.fill, made.light.on_fill, made.dark.text) == ("#ffd400", "#11132b", "#ffd400")
    assert colors.palette("#C2185B").light.text == "#c2185b"


def test_a_darker_tone_keeps_the_hue_of_the_brand() -> None:
    red, green, blue = (int(colors.palette("#FFD400").light.text[at:at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue


@pytest.mark.parametrize("text", ["", "#fff", "fff000", "#gggggg", "#ffffff;", "red", "#ffffff\n"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert not colors.is_color(text)
