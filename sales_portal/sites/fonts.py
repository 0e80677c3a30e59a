"""Uploaded fonts: which are taken. Pure; what a browser makes of one it checks itself."""

from sales_portal.core.errors import Invalid

LARGEST = 40_000
"""Bytes: what a customer's phone fetches before the first words look as they should."""
MEDIA_TYPE = "font/woff2"
_MARK, _LENGTH = b"wOF2", slice(8, 12)


def check(field: str, data: bytes) -> None:
    """Refuse with `Invalid` naming `field` what is no WOFF2 font, is cut off, or is too large for a page."""
    if not data.startswith(_MARK):
        raise Invalid(field, "Choose a font in the WOFF2 format")
    if len(data) > LARGEST:
        raise Invalid(field, f"Choose a font of at most {LARGEST // 1000} kB: this one has {-(-len(data) // 1000)} kB, "
                             "and every customer waits for it. Cut it down to the letters you need")
    if int.from_bytes(data[_LENGTH]) != len(data):
        raise Invalid(field, "This font is not whole. Export it again")
