"""Changing a site: who sells, how it looks, its texts, what its links start with and where they lead.

Each verb records one fact with the names of what changed, and none where nothing did.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import tokens, translation
from sales_portal.core.errors import Invalid
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.sites import colors, fonts, logos, pattern, queries, settings
from sales_portal.sites.models import CORNERS, FONTS, TEXTS, THEMES, Site, SiteFont, SiteLogo, SiteText

LONGEST_TEXT = 60_000


def change_business(session: Session, site: Site, values: Mapping[str, Any], *, by: Actor) -> None:
    """Say who sells: names, address, contact and footer links; refuses with `Invalid` naming the field."""
    _change(session, site, settings.business(values), by=by)


def change_link_defaults(session: Session, site: Site, values: Mapping[str, Any], *, by: Actor) -> None:
    """Set what a new link starts with and how far one may go; refuses with `Invalid` naming the field."""
    _change(session, site, settings.link_defaults(values), by=by)


def change_refund_limits(session: Session, site: Site, limits: Mapping[str, int], *, by: Actor) -> None:
    """Set above how many minor units of each currency a refund needs a second person."""
    _change(session, site, {"refund_limits": dict(limits) or None}, by=by)


def change_look(session: Session, site: Site, *, brand_color: str, corners: str, languages: Collection[str],
                font: str = "inter", tints_header: bool = False, by: Actor) -> None:
    """Set colour, corners, font, head and the languages of the pages; refuses with `Invalid` naming the field."""
    refuse_look(site, brand_color, corners, font)
    spoken = [code for code in translation.LANGUAGES if code in languages]
    if not spoken:
        raise Invalid("languages", "Choose at least one language")
    _change(session, site, {"brand_color": brand_color, "corners": corners, "languages": " ".join(spoken),
                            "font": font, "tints_header": tints_header}, by=by)


def refuse_look(site: Site, brand_color: str, corners: str, font: str) -> None:
    """Refuse with `Invalid`, naming the field, a colour, corners or a font no page of `site` can have."""
    if not colors.is_color(brand_color):
        raise Invalid("brand_color", "Enter a colour like #1F5F4A")
    if corners not in CORNERS:
        raise Invalid("corners", "Choose how corners look")
    if font not in FONTS:
        raise Invalid("font", "Choose the font of the pages")
    if font == "own" and site.own_font is None:
        raise Invalid("font", "Choose the file of your font too, or another font")


def set_logo(session: Session, site: Site, theme: str, data: bytes, *, by: Actor) -> None:
    """Show `data` as the logo in `theme`; refuses with `Invalid` naming `logo_<theme>` what is no inert picture."""
    _refuse_theme(theme)
    media_type = logos.read(f"logo_{theme}", data)
    digest = tokens.name_of(data)
    kept = session.get(SiteLogo, (site.id, theme))
    if kept is None:
        kept = SiteLogo(site_id=site.id, theme=theme)
        session.add(kept)
    kept.digest, kept.media_type, kept.data = digest, media_type, data
    _change(session, site, {f"logo_{theme}": digest}, by=by)


def set_font(session: Session, site: Site, data: bytes, *, by: Actor) -> None:
    """Keep `data` as the site's own font; refuses with `Invalid` naming `own_font` what is no font for a page."""
    fonts.check("own_font", data)
    kept = session.get(SiteFont, site.id) or SiteFont(site_id=site.id)
    kept.digest, kept.data = tokens.name_of(data), data
    session.add(kept)
    _change(session, site, {"own_font": kept.digest}, by=by)


def remove_logo(session: Session, site: Site, theme: str, *, by: Actor) -> None:
    """Show no logo in `theme` any more."""
    _refuse_theme(theme)
    kept = session.get(SiteLogo, (site.id, theme))
    if kept is not None:
        session.delete(kept)
    _change(session, site, {f"logo_{theme}": None}, by=by)


def change_texts(session: Session, site: Site, texts: Mapping[str, str], returns_url: str, *, language: str = "",
                 by: Actor) -> None:
    """Publish the legal texts in `language` (else the site's first), by kind; an empty one is taken away.

    `returns_url` stands in for one on returns. Refuses with `Invalid` a language the site neither speaks nor
    has texts in.
    """
    language = language or site.spoken[0]
    if language not in queries.list_texts(session, site):
        raise Invalid("language", "Choose one of the languages of this site")
    url = settings.address("returns_url", returns_url)
    for kind, text in texts.items():
        if len(text) > LONGEST_TEXT:
            raise Invalid(kind, f"Use at most {LONGEST_TEXT} characters")
    kept = {kind: settings.lines(texts[kind]) for kind in TEXTS if kind in texts}
    mark = "" if language == site.spoken[0] else f" ({language})"
    changed = [kind + mark for kind, text in kept.items() if _keep_text(session, site, kind, language, text)]
    session.flush()
    there = set(session.scalars(select(SiteText.kind).where(SiteText.site_id == site.id).distinct()))
    _change(session, site, {f"has_{kind}": kind in there for kind in kept} | {"returns_url": url or None},
            also=changed, by=by)


def change_payment(session: Session, site: Site, places: Mapping[str, str], *, known: Collection[str],
                   invoice_days: str, bank_details: str, by: Actor) -> None:
    """Set the ways to pay, each by its place, and what invoices say; refuses with `Invalid` naming the field.

    `known` are the slugs of the ways this portal has.
    """
    _change(session, site, settings.payment(places, known, invoice_days, bank_details), by=by)


def serve_own_pages(session: Session, site: Site, *, by: Actor) -> None:
    """Let customers buy on the portal's own pages; links that were handed out stay good either way."""
    _change(session, site, {"link_url_pattern": None}, by=by)


def name_storefront(session: Session, site: Site, content: str, *, by: Actor) -> None:
    """Let an external storefront claim the links, at the address in `content`; empty, there are no links until it is
    there. Refuses with `Invalid` what is incomplete.

    Such a storefront claims on arrival, so that a link must not be over for others the moment one has paid.
    """
    typed = content.strip()
    values: dict[str, Any] = {"link_url_pattern": pattern.check(typed) if typed else ""}
    if not site.is_external and site.link_policy == "single":
        values["link_policy"] = "first_closes"
    _change(session, site, values, by=by)


def let_sign_in(session: Session, site: Site, *, is_required: bool, by: Actor) -> None:
    """Have customers show by a code that their e-mail is theirs, or not. What links that breaks, a higher rung asks."""
    _change(session, site, {"requires_sign_in": is_required}, by=by)


def _change(session: Session, site: Site, values: Mapping[str, Any], *, also: Sequence[str] = (), by: Actor) -> None:
    changed = [*(name for name, value in values.items() if getattr(site, name) != value), *also]
    if not changed:
        return
    for name, value in values.items():
        setattr(site, name, value)
    session.flush()
    history.record(session, EventName.SITE_CHANGED, site, by=by, changed=", ".join(sorted(set(changed))))


def _keep_text(session: Session, site: Site, kind: str, language: str, text: str) -> bool:
    kept = session.get(SiteText, (site.id, kind, language))
    if text == (kept.text if kept is not None else ""):
        return False
    if kept is not None and not text:
        session.delete(kept)
    elif kept is not None:
        kept.text = text
    else:
        session.add(SiteText(site_id=site.id, kind=kind, language=language, text=text))
    return True


def _refuse_theme(theme: str) -> None:
    if theme not in THEMES:
        raise Invalid("logo_light", "Choose the logo for light or for dark pages")
