"""How a site looks and speaks: its colour with what was made of it, its corners, its logos, its languages."""

from typing import Any

from flask import Blueprint, Response, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.translation import LANGUAGES
from sales_portal.desk.forms.sites import LookForm
from sales_portal.desk.settings.sites import find_site, page, save
from sales_portal.sites import colors, service
from sales_portal.sites.models import THEMES, Site
from sales_portal.web import public_forms, security, staff
from sales_portal.web.extensions import db

CHOICES: dict[str, Any] = {"themes": THEMES, "languages": LANGUAGES}

blueprint = Blueprint("site_look", __name__, url_prefix="/settings/sites/<slug>/look")


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def look(slug: str) -> Response:
    """Colour, corners and logos, with a page in them beside."""
    site = find_site(slug)
    return security.shows_frames(page("look", site, LookForm.of(site), **_shown(site)))


@blueprint.post("")
@staff.permit(Permission.SETTINGS_EDIT)
def save_look(slug: str) -> Response:
    """Keep colour, corners, font, head, languages and the files that were chosen."""
    typed, by = LookForm(), staff.current_staff().actor
    uploaded = {theme: file.read() for theme in THEMES if (file := request.files.get(f"logo_{theme}")) is not None}
    font = file.read() if (file := request.files.get("own_font")) is not None else b""

    def change(site: Site) -> None:
        if font:
            service.set_font(db.session(), site, font, by=by)
        service.change_look(db.session(), site, brand_color=(typed.brand_color.data or "").strip(),
                            corners=typed.corners.data or "", languages=typed.languages.data,
                            font="own" if font else typed.font.data or site.font,
                            tints_header=bool(typed.tints_header.data), by=by)
        for theme, data in uploaded.items():
            if data:
                service.set_logo(db.session(), site, theme, data, by=by)

    site = find_site(slug)
    return security.shows_frames(save("look", slug, typed, change, **_shown(site)))


@blueprint.post("/logos/<theme>/removal")
@staff.permit(Permission.SETTINGS_EDIT)
def remove_logo(slug: str, theme: str) -> Response:
    """Take a logo away; the site's name stands in its place."""
    return save("look", slug, LookForm.of(find_site(slug)), lambda site: service.remove_logo(
        db.session(), site, theme, by=staff.current_staff().actor), said="The logo is gone.",
        **_shown(find_site(slug)))


def _shown(site: Site) -> dict[str, Any]:
    return CHOICES | {"tones": tones_of(site), "preview_token": public_forms.form_token(f"look {site.slug}")}


def tones_of(site: Site) -> list[str]:
    """What was made of the brand's colour, in sentences; each says why where it is not the colour itself."""
    made, chosen = colors.palette(site.brand_color.lower()), site.brand_color.lower()
    light, dark = made.light, made.dark
    ink = {colors.WHITE: "white", colors.INK: "dark"}
    said = [f"We use {light.fill} for buttons, with {ink.get(light.on_fill, 'black')} text."]
    if light.fill != chosen:
        said.append(f"{chosen} itself could not be told from the page.")
    said.append(f"Links are {light.text}." if light.text == chosen else
                f"Links are a darker {light.text}, so that everyone can read them.")
    said.append(f"On dark pages buttons are {dark.fill} and links {dark.text}.")
    return said
