"""A logo is a small, inert picture, or it is refused with the reason."""

import pytest

from sales_portal.core.errors import Invalid
from sales_portal.sites import logos

PLAIN = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <defs><g id="a"><path d="M0 0h9"/></g></defs><use href="#a" fill="url(#b)"/></svg>"""


def test_a_plain_drawing_and_small_rasters_are_taken() -> None:
    assert logos.read("logo_light", b'<?xml version="1.0"?>\n' + PLAIN) == "image/svg+xml"
    assert logos.read("logo_light", b"\x89PNG\r\n\x1a\n" + b"0" * 100) == "image/png"
    assert logos.read("logo_light", b"RIFF0000WEBPVP8 " + b"0" * 100) == "image/webp"


@pytest.mark.parametrize("part", [
    "<script>alert(1)</script>", '<path onload="alert(1)"/>', '<image href="https://evil.example/a.png"/>',
    '<use xlink:href="https://evil.example/a.svg#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
    '<path fill="url(https://evil.example/a)"/>', '<path style="background:url(//evil.example)"/>',
    "<foreignObject/>", "<style>@import 'https://evil.example'</style>", '<a href="javascript:alert(1)"/>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg"/>', '<animate attributeName="href" values="javascript:a"/>',
    '<path d="data:text/html,a"/>'])
def test_a_drawing_that_could_run_or_fetch_anything_is_refused(part: str) -> None:
    with pytest.raises(Invalid, match="which a logo needs not") as refused:
        logos.read("logo_dark", f'<svg xmlns="http://www.w3.org/2000/svg">{part}</svg>'.encode())
    assert refused.value.field == "logo_dark"


@pytest.mark.parametrize(("data", "problem"), [
    (b"", "Choose an SVG, PNG or WebP picture"), (b"GIF89a", "Choose an SVG, PNG or WebP picture"),
    (b"<html><body>", "Choose an SVG, PNG or WebP picture"), (b"<svg", "damaged"), (b"<svg></g>", "damaged"),
    (b'<!DOCTYPE s [<!ENTITY a "b">]><svg>&a;</svg>', "DOCTYPE"),
    (PLAIN + b" " * 6000, "at most 6 kB"), (b"\x89PNG\r\n\x1a\n" + b"0" * 12_000, "this one has 13 kB")])
def test_what_is_no_picture_or_too_large_is_refused_with_the_fix(data: bytes, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        logos.read("logo_light", data)
