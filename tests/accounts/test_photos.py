"""A photo is cut to a small square that holds the picture alone, or refused with the reason."""

import io

import pytest
from PIL import Image

from sales_portal.accounts import photos
from sales_portal.core.errors import Invalid
from tests import make

TURNED, WHERE = 0x0112, 0x8825


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (30, 500), (4000, 3000)])
def test_every_kind_and_size_becomes_one_small_square(kind: str, size: tuple[int, int]) -> None:
    made = photos.square("photo", make.picture(kind, size))
    assert (opened(made).format, opened(made).size) == ("JPEG", (photos.SIDE, photos.SIDE))
    assert len(made) < 12_000


def test_its_middle_is_what_is_kept() -> None:
    picture = Image.new("RGB", (300, 100), "#ff0000")
    picture.paste("#0000ff", (100, 0, 200, 100))
    data = io.BytesIO()
    picture.save(data, "PNG")
    kept = opened(photos.square("photo", data.getvalue()))
    assert all(red < 60 and blue > 200 for red, _, blue in (kept.getpixel((x, 84)) for x in (4, 84, 164)))


def test_it_stands_upright_and_tells_nothing_of_where_it_was_taken() -> None:
    picture = Image.new("RGB", (200, 200), "#ff0000")
    picture.paste("#0000ff", (0, 0, 200, 100))
    told = picture.getexif()
    told[TURNED] = 3
    told.get_ifd(WHERE)[1] = "N"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=told)
    kept = opened(photos.square("photo", data.getvalue()))
    assert dict(kept.getexif()) == {}
    assert kept.getpixel((84, 4))[0] > 200, "what a phone held upside down has above is what it saw below"


def test_what_shines_through_stands_on_white() -> None:
    data = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(data, "PNG")
    assert min(opened(photos.square("photo", data.getvalue())).getpixel((80, 80))) > 250


@pytest.mark.parametrize("data", [
    b"", b"photo", b"<svg xmlns='http://www.w3.org/2000/svg'/>", make.picture("GIF"), make.picture("PNG")[:60],
    make.picture("JPEG", (900, 900))[:400]])
def test_what_is_no_picture_or_half_of_one_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="Choose a JPEG, PNG or WebP picture") as refusal:
        photos.square("photo", data)
    assert refusal.value.field == "photo"


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_opened() -> None:
    with pytest.raises(Invalid, match="at most 60 megapixels"):
        photos.square("photo", make.picture("PNG", (9000, 9000)))
    with pytest.raises(Invalid, match="JPEG, PNG or WebP"):
        photos.square("photo", make.picture("PNG", (20_000, 10_000)))


def test_a_file_of_more_than_twenty_megabytes_is_refused() -> None:
    with pytest.raises(Invalid, match="at most 20 MB"):
        photos.square("photo", b"\x00" * 20_000_001)
