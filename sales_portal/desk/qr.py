"""Addresses as pictures a phone can read."""

import io
from typing import Any

import segno

QUIET_ZONE = 4
PNG_SCALE = 12


def svg_of(url: str) -> bytes:
    """The QR code of `url` as an SVG file on white, with the quiet zone scanners need."""
    return _drawn(url, kind="svg", scale=8, svgclass=None, lineclass=None, light="#fff")


def png_of(url: str) -> bytes:
    """The same as a PNG file, large enough for paper."""
    return _drawn(url, kind="png", scale=PNG_SCALE, light="#fff")


def _drawn(url: str, **settings: Any) -> bytes:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, border=QUIET_ZONE, **settings)
    return drawn.getvalue()
