"""Uploaded logos: which are taken, and what they may hold. Pure."""

import re
import xml.parsers.expat as expat

from sales_portal.core.errors import Invalid
from sales_portal.core.pictures import PNG, SVG

WEBP = "image/webp"
LARGEST = {SVG: 6_000, PNG: 12_000, WEBP: 12_000}
"""Bytes: what is fetched with every first page of a customer's."""
_KINDS = {SVG: "an SVG", PNG: "a PNG", WEBP: "a WebP"}
_ACTIVE = frozenset({"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "animate", "set",
                     "animatetransform", "animatemotion", "handler", "listener", "image", "feimage", "a", "style"})
_OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?!#)|https?:|javascript:|data:|@import|expression\(", re.IGNORECASE)


def read(field: str, data: bytes) -> str:
    """The media type of a logo as its bytes tell; refuses with `Invalid` what is no picture, too large or not inert."""
    kind = _kind_of(data)
    if kind is None:
        raise Invalid(field, "Choose an SVG, PNG or WebP picture")
    if len(data) > LARGEST[kind]:
        raise Invalid(field, f"Choose {_KINDS[kind]} of at most {LARGEST[kind] // 1000} kB: this one has "
                             f"{-(-len(data) // 1000)} kB, and every customer waits for it")
    if kind == SVG:
        _refuse_active(field, data)
    return kind


def _kind_of(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return SVG if b"<svg" in data[:1000].lower() else None


def _refuse_active(field: str, data: bytes) -> None:
    """Refuse a drawing that could run, move, or fetch anything; it is served so that it could not, all the same."""
    found: list[str] = []

    def look(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2].lower() in _ACTIVE:
            found.append(f"<{name[:40]}>")
        for key, value in attributes.items():
            plain = key.rpartition(":")[2].lower()
            is_name = key.lower() == "xmlns" or key.lower().startswith("xmlns:")
            is_away = plain in ("href", "src") and not value.strip().startswith("#")
            if plain.startswith("on") or is_away or (not is_name and _OUTSIDE.search(value)):
                found.append(key[:40])

    def refuse_declarations(*_: object) -> None:
        found.append("<!DOCTYPE>")

    parser = expat.ParserCreate()
    parser.StartElementHandler = look
    parser.EntityDeclHandler = refuse_declarations
    parser.ProcessingInstructionHandler = refuse_declarations
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Invalid(field, "This SVG is damaged. Export it again and choose the new file") from None
    if found:
        raise Invalid(field, f"This SVG holds {found[0]}, which a logo needs not. Export it as a plain SVG with shapes "
                             "alone")
