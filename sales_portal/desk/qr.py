"""Addresses as pictures a phone can read."""

import io

import segno
from markupsafe import Markup

QUIET_ZONE = 4


def svg_of(url: str, *, is_file: bool = False) -> Markup:
    """The QR code of `url` as SVG that fits the box it stands in, or as a file of its own with a size.

    Both have the quiet zone scanners need.
    """
    code = segno.make(url, error="m", micro=False)
    if is_file:
        drawn = io.BytesIO()
        code.save(drawn, kind="svg", border=QUIET_ZONE, scale=8, svgclass=None, lineclass=None, light="#fff")
        return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by the library, the address is modules in it
    return Markup(code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704
