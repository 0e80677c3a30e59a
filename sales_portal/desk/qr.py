"""Addresses as pictures a phone can read."""

import segno
from markupsafe import Markup

QUIET_ZONE = 4


def svg_of(url: str) -> Markup:
    """The QR code of `url` as SVG that fits the box it stands in, with the quiet zone scanners need."""
    return Markup(segno.make(url, error="m", micro=False).svg_inline(  # noqa: S704 - made by the library from modules alone
        border=QUIET_ZONE, omitsize=True, svgclass=None, lineclass=None))
