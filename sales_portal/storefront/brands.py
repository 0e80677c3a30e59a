"""What a site's own look is made of: its stylesheet, logos and legal texts, and the faces of its people, for everybody
to fetch."""

import re

from flask import Blueprint, Response, make_response, render_template

from sales_portal.accounts import photos
from sales_portal.accounts import queries as accounts
from sales_portal.core import pictures, translation
from sales_portal.core.errors import NotFound
from sales_portal.core.translation import _
from sales_portal.sites import colors, fonts, texts
from sales_portal.sites import queries as sites
from sales_portal.sites.models import CORNERS, FONTS, TEXTS, SiteLogo
from sales_portal.storefront import frame, speech
from sales_portal.storefront.errors import UnknownPage
from sales_portal.web.extensions import db

blueprint = Blueprint("brands", __name__)

FOR_GOOD = "public, max-age=31536000, immutable"
"""Addresses name what they answer, so that they never answer anything else."""
HEADS = ("plain", "tinted")
_DIGEST = re.compile("[0-9a-f]{32}")
INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A logo opened by itself draws itself and does nothing more."""


@blueprint.get("/brand/<color>-<corners>-<typeface>-<bar>.css")
def style(color: str, corners: str, typeface: str, bar: str) -> Response:
    """The tones of a brand in both themes. All it depends on stands in the address: the database is not asked."""
    is_font = typeface in FONTS[:2] or _DIGEST.fullmatch(typeface) is not None
    if not (colors.is_color(f"#{color}") and corners in CORNERS and is_font and bar in HEADS):
        raise NotFound(thing="this style")
    answer = make_response(render_template("storefront/brands/style.css", palette=colors.palette(f"#{color}".lower()),
                                           corners=corners, font=typeface, head=bar))
    answer.mimetype = "text/css"
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.get("/brand/logo/<digest>")
def logo(digest: str) -> Response:
    """A logo by its digest, as an inert picture whatever it holds."""
    found = _logo(digest)
    return _picture(found.data, found.media_type)


@blueprint.get("/brand/logo/<digest>.png")
def drawn_logo(digest: str) -> Response:
    """A logo as the one kind of picture every mail program shows."""
    found = _logo(digest)
    try:
        return _picture(pictures.as_png(found.data, found.media_type), pictures.PNG)
    except pictures.NotDrawn:
        raise NotFound(thing="this picture") from None


@blueprint.get("/brand/font/<own_font>.woff2")
def font_file(own_font: str) -> Response:
    """A site's own font by its digest."""
    found = sites.find_font(db.session(), own_font)
    if found is None:
        raise NotFound(thing="this font")
    return _picture(found.data, fonts.MEDIA_TYPE)


@blueprint.get("/brand/photo/<photo>")
def face(photo: str) -> Response:
    """The photo of one of the house by its digest."""
    found = accounts.find_photo(db.session(), photo)
    if found is None:
        raise NotFound(thing="this picture")
    return _picture(found, photos.MEDIA_TYPE)


def _logo(digest: str) -> SiteLogo:
    found = sites.find_logo(db.session(), digest)
    if found is None:
        raise NotFound(thing="this picture")
    return found


def _picture(data: bytes, media_type: str) -> Response:
    answer = make_response(data)
    answer.mimetype = media_type
    answer.headers["Content-Security-Policy"] = INERT
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.get("/legal/<slug>/<kind>")
def legal(slug: str, kind: str) -> Response:
    """One of a site's legal texts, under the site's own brand."""
    site = sites.get_site(db.session(), slug) if kind in TEXTS else None
    if site is None or kind not in site.legal_texts:
        raise UnknownPage
    speech.speak_at(site)
    found = sites.get_text(db.session(), site, kind, translation.language())
    if found is None:
        raise UnknownPage
    return make_response(render_template(
        "storefront/brands/legal.html", site=frame.brand_of(site), title=_(frame.LEGAL[kind]),
        text_language=found.language, text_direction=translation.direction(found.language),
        parts=texts.parts_of(found.text)))
