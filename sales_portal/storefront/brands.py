"""What a site's own look is made of: its stylesheet, logos and legal texts, and the faces of its people, for everybody
to fetch."""

import base64
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts import photos
from sales_portal.accounts import queries as accounts
from sales_portal.core import pictures
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.translation import _
from sales_portal.sites import colors, logos, texts
from sales_portal.sites import queries as sites
from sales_portal.sites.models import CORNERS, TEXTS, THEMES, Site
from sales_portal.storefront import frame, speech
from sales_portal.storefront.errors import UnknownPage
from sales_portal.web import security
from sales_portal.web.extensions import db

blueprint = Blueprint("brands", __name__)

FOR_GOOD = "public, max-age=31536000, immutable"
"""Addresses name what they answer, so that they never answer anything else."""
INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A logo opened by itself draws itself and does nothing more."""


@blueprint.get("/brand/<color>-<corners>.css")
def style(color: str, corners: str) -> Response:
    """The tones of a brand in both themes. All it depends on stands in the address: the database is not asked."""
    if not colors.is_color(f"#{color}") or corners not in CORNERS:
        raise NotFound(thing="this style")
    answer = make_response(render_template("storefront/brands/style.css", palette=colors.palette(f"#{color}".lower()),
                                           corners=corners))
    answer.mimetype = "text/css"
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.get("/brand/logo/<digest>")
def logo(digest: str) -> Response:
    """A logo by its digest, as an inert picture whatever it holds."""
    found = sites.find_logo(db.session(), digest)
    return _picture(found.data if found is not None else None, found.media_type if found is not None else "")


@blueprint.get("/brand/logo/<digest>.png")
def drawn_logo(digest: str) -> Response:
    """A logo as the one kind of picture every mail program shows."""
    found = sites.find_logo(db.session(), digest)
    try:
        return _picture(pictures.as_png(found.data) if found is not None else None, pictures.PNG)
    except pictures.NotDrawn:
        raise NotFound(thing="this picture") from None


@blueprint.get("/brand/photo/<photo>")
def face(photo: str) -> Response:
    """The photo of one of the house by its digest."""
    return _picture(accounts.find_photo(db.session(), photo), photos.MEDIA_TYPE)


def _picture(data: bytes | None, media_type: str) -> Response:
    if data is None:
        raise NotFound(thing="this picture")
    answer = make_response(data)
    answer.mimetype = media_type
    answer.headers["Content-Security-Policy"] = INERT
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.get("/brand/sample/<slug>/<theme>")
def sample(slug: str, theme: str) -> Response:
    """A page with a little of everything in a site's look, for the settings to show in a frame; it does nothing."""
    return _sample(_site_of(slug, theme), theme)


@blueprint.post("/brand/sample/<slug>/<theme>")
def preview(slug: str, theme: str) -> Response:
    """The same page in a look that was typed and is not published: nothing of it is kept."""
    site = _site_of(slug, theme)
    color, corners = request.form.get("brand_color", "").strip().lower(), request.form.get("corners", "")
    if not colors.is_color(color) or corners not in CORNERS:
        return _sample(site, theme, problem="Enter the colour as # and six digits, and choose the corners")
    chosen = {name: file.read() for name in THEMES if (file := request.files.get(f"logo_{name}")) is not None}
    try:
        logos_chosen = {name: _inline(data, logos.read(f"logo_{name}", data)) for name, data in chosen.items() if data}
    except Invalid as refusal:
        return _sample(site, theme, problem=refusal.text)
    light = logos_chosen.get("light") or frame.brand_of(site).logo_url
    return _sample(site, theme, brand_css_url=frame.css_url_of(color, corners), logo_url=light,
                   **({"logo_dark_url": logos_chosen["dark"]} if "dark" in logos_chosen else {}))


def _site_of(slug: str, theme: str) -> Site:
    site = sites.get_site(db.session(), slug) if theme in THEMES else None
    if site is None:
        raise UnknownPage
    return site


def _sample(site: Site, theme: str, *, problem: str = "", **look: Any) -> Response:
    speech.speak_at(site)
    brand = replace(frame.brand_of(site), **look)
    if theme == "dark" and brand.logo_dark_url:
        brand = replace(brand, logo_url=brand.logo_dark_url)
    elif theme == "light":
        brand = replace(brand, logo_dark_url=brand.logo_url)
    return security.may_be_framed(make_response(render_template(
        "storefront/brands/sample.html", site=brand, theme=theme, framed=True, problem=problem)))


def _inline(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@blueprint.get("/legal/<slug>/<kind>")
def legal(slug: str, kind: str) -> Response:
    """One of a site's legal texts, under the site's own brand."""
    site = sites.get_site(db.session(), slug) if kind in TEXTS else None
    if site is None or kind not in site.legal_texts:
        raise UnknownPage
    speech.speak_at(site)
    text = sites.get_text(db.session(), site.id, kind)
    return make_response(render_template(
        "storefront/brands/legal.html", site=frame.brand_of(site), title=_(frame.LEGAL[kind]),
        parts=texts.parts_of(text)))
