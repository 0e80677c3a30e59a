"""Uploaded photos: any picture of a phone becomes a small square one that tells nothing of where it was taken. Pure."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from sales_portal.core.errors import Invalid

SIDE = 168
"""Pixels: three for each of the 56 a customer's card shows."""
LARGEST_BYTES, MOST_PIXELS = 20_000_000, 60_000_000
KINDS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
_QUALITY = 82
_PAPER = (255, 255, 255)


def square(field: str, data: bytes) -> bytes:
    """`data` upright, cut to its middle square and made small, as a JPEG that holds the picture alone.

    Refuses with `Invalid` naming `field` what is no picture, or more of one than a person's photo can be.
    """
    if len(data) > LARGEST_BYTES:
        raise Invalid(field, f"Choose a picture of at most {LARGEST_BYTES // 1_000_000} MB")
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid(field, f"Choose a picture of at most {MOST_PIXELS // 1_000_000} megapixels")
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise Invalid(field, "Choose a JPEG, PNG or WebP picture") from None
    small = ImageOps.fit(upright, (SIDE, SIDE))
    drawn = Image.new("RGB", small.size, _PAPER)
    drawn.paste(small, mask=small.getchannel("A"))
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()
