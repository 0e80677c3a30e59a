"""The frame of every public page: whose brand it bears, which person stands behind it, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, make_response, render_template, request

from sales_portal.accounts.models import Staff, Team
from sales_portal.core.translation import N_, _
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.sites import queries as sites
from sales_portal.sites.models import Site
from sales_portal.storefront import speech
from sales_portal.storefront.forms import parameters
from sales_portal.storefront.guests import Guest
from sales_portal.web import typed
from sales_portal.web.extensions import db

NOBODY = "Sales Portal"
LEGAL = {"terms": N_("Terms of sale"), "privacy": N_("Privacy"), "returns": N_("Returns and refunds")}


@dataclass(frozen=True, slots=True)
class Brand:
    """A site as the layout draws it; an address that is None is not linked. `legal` are the texts by kind.

    `font` is `inter`, `system` or the digest of a font of its own.
    """

    name: str
    legal_name: str = ""
    address: str = ""
    links: tuple[tuple[str, str], ...] = ()
    email: str = ""
    phone: str | None = None
    legal: Mapping[str, str] = field(default_factory=dict)
    logo_url: str | None = None
    logo_dark_url: str | None = None
    home_url: None = None
    brand_css_url: str | None = None
    font: str = "inter"
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """The person a customer can turn to; where the agent has left their team, else the site itself, with the face and
    the addresses of the successor where there is one."""

    name: str
    first_name: str
    brand: str
    email: str
    phone: str | None
    answers_within_hours: int
    photo_url: str = ""

    @property
    def ways(self) -> list[dict[str, str]]:
        """Label and address of each way to reach them."""
        call = [{"label": self.phone, "url": "tel:" + self.phone.replace(" ", "")}] if self.phone else []
        return [*call, {"label": _("Write a mail") if call else self.email, "url": f"mailto:{self.email}"}]


def page(template: str, guest: Guest, status: int = 200, **context: Any) -> Response:
    """A page under a link's own URL."""
    link = guest.link
    return make_response(render_template(
        template, guest=guest, link=link, site=brand_of(link.site), contact=contact_of(link),
        theme=parameters.theme(request.args), form_token=guest.form_token, **context), status)


def anonymous_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page that must not tell whose link it is about: it bears the brand of the oldest site."""
    site = sites.get_default_site(db.session())
    if site is None:
        return make_response(render_template(template, site=Brand(NOBODY), **context), status)
    speech.speak_at(site)
    return make_response(render_template(template, site=brand_of(site), **context), status)


def brand_of(site: Site) -> Brand:
    """How `site` signs its pages."""
    root = typed.this_request().root_path
    legal = {kind: f"{root}/legal/{site.slug}/{kind}" for kind in site.legal_texts}
    if site.returns_url and "returns" not in legal:
        legal["returns"] = site.returns_url
    further = tuple((label, url) for label, url in site.footer_links or ())
    light, dark = (f"{root}/brand/logo/{digest}" if digest else None for digest in (site.logo_light, site.logo_dark))
    return Brand(
        site.name, site.legal_name, site.postal_address,
        (*((_(LEGAL[kind]), url) for kind, url in legal.items()), *further), site.email, site.phone, legal,
        logo_url=light or dark, logo_dark_url=dark if light else None, brand_css_url=css_url(site),
        font=font_of(site, site.font), spoken=site.spoken)


def css_url(site: Site) -> str:
    """Where the stylesheet of a site's brand lies."""
    return css_url_of(site.brand_color, site.corners, font_of(site, site.font), tints_header=site.tints_header)


def css_url_of(color: str, corners: str, font: str, *, tints_header: bool) -> str:
    """Where the stylesheet of such a brand lies; everything it depends on stands in the address."""
    head = "tinted" if tints_header else "plain"
    return f"{typed.this_request().root_path}/brand/{color[1:].lower()}-{corners}-{font}-{head}.css"


def font_of(site: Site, font: str) -> str:
    """A `font` of a site as its stylesheet names it: a word, or the digest of its own."""
    return site.own_font if font == "own" and site.own_font else font


def contact_of(link: CheckoutLink) -> Contact:
    """Who answers for `link`."""
    return contact_for(link.agent, link.site)


def contact_for(agent: Staff, site: Site) -> Contact:
    """How to reach `agent`; where they have left their team, else the site, at the addresses of successor or site."""
    who, name, first_name = agent.answering, agent.name, agent.first_name
    if not agent.is_active:
        team = db.session.get(Team, agent.team_id) if agent.team_id is not None else None
        name = first_name = team.name if team is not None else site.name
    email, phone, photo = (who.email, who.phone, who.photo) if who is not None else (site.email, None, None)
    root = typed.this_request().root_path
    return Contact(name, first_name, site.name, email, phone or site.phone, site.answers_within_hours,
                   f"{root}/brand/photo/{photo}" if photo else "")


def addresses() -> Addresses:
    """How absolute URLs are made: from configuration, never from a request."""
    found: Addresses = current_app.extensions["addresses"]
    return found
