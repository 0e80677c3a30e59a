"""A page with a little of everything in a site's look, published or only typed, for the settings to show in a frame."""

import base64
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.core.errors import Invalid
from sales_portal.sites import logos, service
from sales_portal.sites import queries as sites
from sales_portal.sites.models import THEMES, Site
from sales_portal.storefront import frame, speech
from sales_portal.storefront.errors import UnknownPage
from sales_portal.web import public_forms, security
from sales_portal.web.extensions import db

blueprint = Blueprint("samples", __name__, url_prefix="/brand/sample/<slug>/<theme>")


@blueprint.get("")
def show(slug: str, theme: str) -> Response:
    """The look customers see now."""
    return _page(_site_of(slug, theme), theme)


@blueprint.post("")
def preview(slug: str, theme: str) -> Response:
    """A look that was typed in the settings and is not published: nothing of it is kept.

    Only the settings of the site can ask: nobody else may have a page of ours show a picture of theirs.
    """
    site = _site_of(slug, theme)
    public_forms.check(f"look {slug}")
    try:
        return _page(site, theme, **_typed(site))
    except Invalid as refusal:
        return _page(site, theme, problem=refusal.text)


def _typed(site: Site) -> dict[str, str]:
    color, corners = request.form.get("brand_color", "").strip(), request.form.get("corners", "")
    font, tints_header = request.form.get("font", site.font), "tints_header" in request.form
    service.refuse_look(site, color, corners, font)
    chosen = {name: file.read() for name in THEMES if (file := request.files.get(f"logo_{name}")) is not None}
    shown = {name: _inline(data, logos.read(f"logo_{name}", data)) for name, data in chosen.items() if data}
    word = frame.font_of(site, font)
    look = {"brand_css_url": frame.css_url_of(color, corners, word, tints_header=tints_header), "font": word}
    if "light" in shown:
        look["logo_url"] = shown["light"]
    if "dark" in shown:
        look |= {"logo_dark_url": shown["dark"], "logo_url": look.get("logo_url") or frame.brand_of(site).logo_url
                 or shown["dark"]}
    return look


def _inline(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _site_of(slug: str, theme: str) -> Site:
    site = sites.get_site(db.session(), slug) if theme in THEMES else None
    if site is None:
        raise UnknownPage
    return site


def _page(site: Site, theme: str, *, problem: str = "", **look: Any) -> Response:
    speech.speak_at(site)
    brand = replace(frame.brand_of(site), **look)
    if theme == "dark" and brand.logo_dark_url:
        brand = replace(brand, logo_url=brand.logo_dark_url)
    elif theme == "light":
        brand = replace(brand, logo_dark_url=brand.logo_url)
    return security.may_be_framed(make_response(render_template(
        "storefront/samples/page.html", site=brand, theme=theme, framed=True, problem=problem)))
