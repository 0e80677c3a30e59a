"""Drawings made into pictures of pixels, for programs that know no others."""

import io
import json
from functools import lru_cache

import typst
from PIL import Image

SVG, PNG = "image/svg+xml", "image/png"
MAIL_HEIGHT = 64
"""Pixels: two for each of the 32 a mail shows."""
_WIDEST = 8
_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(json(bytes(sys.inputs.data))), format: "svg", height: int(sys.inputs.height) * 1pt)
"""
_PIXELS_PER_POINT = 72


class NotDrawn(Exception):
    """The picture is damaged."""


@lru_cache(maxsize=64)
def as_png(data: bytes, media_type: str, height: int = MAIL_HEIGHT) -> bytes:
    """A drawing (SVG) as a PNG of `height` pixels, and a picture (PNG or WebP) as one of no more. Raises `NotDrawn`."""
    try:
        if media_type == SVG:
            return typst.compile(_PAGE, format="png", ppi=_PIXELS_PER_POINT,
                                  sys_inputs={"data": json.dumps(list(data)), "height": str(height)})
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP")) as picture:
            picture.thumbnail((height * _WIDEST, height))
            made = io.BytesIO()
            picture.save(made, "PNG", optimize=True)
            return made.getvalue()
    except (typst.TypstError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise NotDrawn from problem
