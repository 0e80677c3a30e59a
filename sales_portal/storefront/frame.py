"""The frame of every public page: whose brand it bears, which person stands behind it, and how it is answered."""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, render_template

from sales_portal.accounts.models import Staff, Team
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.sites import queries as sites
from sales_portal.sites.models import Site
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

NOBODY = "Sales Portal"


@dataclass(frozen=True, slots=True)
class Brand:
    """A site as the layout draws it; an address that is None is not linked."""

    name: str
    legal_name: str = ""
    address: str = ""
    links: tuple[tuple[str, str], ...] = ()
    email: str = ""
    phone: str | None = None
    logo_url: None = None
    logo_dark_url: None = None
    home_url: None = None
    brand_css_url: None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """The person a customer can turn to; their team, else the site itself, where the agent has left."""

    name: str
    first_name: str
    brand: str
    email: str
    phone: str | None
    answers_within_hours: int

    @property
    def ways(self) -> list[dict[str, str]]:
        """Label and address of each way to reach them."""
        call = [{"label": self.phone, "url": "tel:" + self.phone.replace(" ", "")}] if self.phone else []
        return [*call, {"label": "Write a mail" if call else self.email, "url": f"mailto:{self.email}"}]


def page(template: str, guest: Guest, status: int = 200, **context: Any) -> Response:
    """A page under a link's own URL."""
    link = guest.link
    return make_response(render_template(
        template, guest=guest, link=link, site=brand_of(link.site), contact=contact_of(link), language="en",
        direction="ltr", form_token=guest.form_token, **context), status)


def anonymous_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page that must not tell whose link it is about: it bears the brand of the oldest site."""
    site = sites.get_default_site(db.session())
    brand = brand_of(site) if site is not None else Brand(NOBODY)
    return make_response(render_template(template, site=brand, language="en", direction="ltr", **context), status)


def brand_of(site: Site) -> Brand:
    """How `site` signs its pages."""
    links = (("Returns and refunds", site.returns_url),) if site.returns_url else ()
    return Brand(site.name, site.legal_name, site.postal_address, links, site.email, site.phone)


def contact_of(link: CheckoutLink) -> Contact:
    """Who answers for `link`."""
    return contact_for(link.agent, link.site)


def contact_for(agent: Staff, site: Site) -> Contact:
    """How to reach `agent`; where they have left their team, else the site, at the addresses of the site."""
    hours = site.answers_within_hours
    if not agent.is_active:
        team = db.session.get(Team, agent.team_id) if agent.team_id is not None else None
        name = team.name if team is not None else site.name
        return Contact(name, name, site.name, site.email, site.phone, hours)
    return Contact(agent.name, agent.first_name, site.name, agent.email, agent.phone or site.phone, hours)


def addresses() -> Addresses:
    """How absolute URLs are made: from configuration, never from a request."""
    found: Addresses = current_app.extensions["addresses"]
    return found
