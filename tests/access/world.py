"""One small world with an object of every kind, and people of every role who look at it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy.orm import Session

from sales_portal.accounts import service as accounts
from sales_portal.accounts.models import Staff
from sales_portal.core import tokens
from sales_portal.history.service import SYSTEM
from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.terms import LinkTerms
from sales_portal.messaging import webhooks
from sales_portal.payments import starting
from sales_portal.selections import queries as revisions
from sales_portal.selections import service as selections
from sales_portal.sites import service as sites
from sales_portal.web import public_forms
from tests import make
from tests.harness.app import Client
from tests.harness.databases import Database
from tests.harness.kept import Kept
from tests.make import Shop

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h4v4z"/></svg>'
PEOPLE = ("anonymous", "owner", "colleague", "senior", "manager", "stranger", "admin", "integrator", "auditor")
"""Nobody in particular; the agent whose things these are; another agent and then a senior agent and a manager of the
same team; a manager of another team; and the three roles that belong to no team."""


@dataclass
class Things:
    """Maria's shop with what she sold, who looks at it, and in `values` what the addresses name."""

    shop: Shop
    values: dict[str, str] = field(default_factory=dict)
    people: dict[str, Staff] = field(default_factory=dict)

    def offer(self, session: Session) -> None:
        """A fresh selection and a fresh link beside those that are there."""
        shop = self.shop
        selection = make.selection(session, shop, {shop.chair: 1})
        line = make.line(session, selection, shop.cap)
        selections.set_notes(session, selection, label="Chairs", by=shop.agent.actor)
        made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
        first = revisions.get_revision_at(session, selection, selection.stands_at)
        asked = make.approval(session, selection, LinkTerms(policy="reusable"))
        self.values |= {
            "approval": asked.number, "revision_id": str(first.id),
            "selection": selection.number, "line_id": str(line.id), "link": made.link.number,
            "public_id": made.public_id, "token": made.token, "q": shop.bag.sku,
            "email": f"{tokens.new_public_id()}@example.com", "market": str(shop.market.id),
            "product_id": str(shop.chair.product_id), "variant_id": str(shop.chair.id),
            "pricelist": str(shop.pricelist.id)}

    def sell(self, session: Session) -> None:
        """A link that was sent and paid, and one whose payment waits for its customer."""
        shop = self.shop
        made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
        mail = sending.send_link(session, made.link, to="anna@example.com", to_name="Anna", message="",
                                 urls=Addresses("http://localhost"), by=shop.agent.actor)
        self.values |= {"mail": str(mail.id), "customer": shop.customer.number}
        order = make.order(session, made)
        self.values |= {"order": order.number, "order_id": str(order.id), "receipt": Addresses("").receipt_url(
            order.receipt_token_sealed).rsplit("/", 1)[-1]}
        started = starting.start_payment(
            session, make.visit(session, make.link(session, make.selection(session, shop, {shop.bag: 1}))),
            gateway=make.gateway(session), shown_total=36900, return_url="http://localhost/")
        endpoint = make.endpoint(session)
        sent = webhooks.send_test(session, endpoint)
        self.values |= {"endpoint_id": str(endpoint.id), "delivery_id": str(sent.id)}
        self.values["page_token"] = started.redirect_url.rsplit("/", 1)[-1]


def _arrange(session: Session) -> Things:
    shop, north, south = make.shop(session), make.team(session), make.team(session)
    shop.agent.team_id, shop.site.asks_for = north.id, ["multi_use"]
    sites.set_logo(session, shop.site, "light", LOGO, by=SYSTEM)
    sites.set_font(session, shop.site, make.font(), by=SYSTEM)
    sites.change_texts(session, shop.site, {"terms": "You pay, we send."}, "", by=SYSTEM)
    things = Things(shop)
    accounts.set_photo(session, shop.agent, make.picture())
    things.values |= {"slug": shop.site.slug, "digest": shop.site.logo_light or "", "photo": shop.agent.photo or "",
                      "own_font": shop.site.own_font or ""}
    things.people = {"owner": shop.agent} | {
        name: make.staff(session, name.title(), site=shop.site, role=role, team=team)
        for name, role, team in (
            ("colleague", "agent", north), ("senior", "senior_agent", north), ("manager", "manager", north),
            ("stranger", "manager", south), ("admin", "admin", None), ("integrator", "integrator", None),
            ("auditor", "auditor", None))}
    things.sell(session)
    things.offer(session)
    return things


KEPT = Kept("world", _arrange)


class World:
    """These things and nothing else in the database, made once for all tests."""

    def __init__(self, app: Flask, session: Session, database: Database) -> None:
        self._app, self._session, self.database = app, session, database
        KEPT.open(database)
        self._things: Things = KEPT.enter(database, session)
        self._sign()

    @property
    def values(self) -> dict[str, str]:
        """What the addresses and forms name."""
        return self._things.values

    def renew(self) -> None:
        """Set everything back, so that what the last person did changes nothing for the next."""
        self._session.rollback()
        self.database.back_to(KEPT.name)

    def offer(self) -> None:
        """A fresh selection and a fresh link, while all that was written stays."""
        self._things.offer(self._session)
        self._session.commit()
        self._sign()

    def _sign(self) -> None:
        subjects = {"form_token": self.values["public_id"], "page_form_token": self.values["page_token"],
                    "receipt_form_token": f"receipt {self.values['order_id']}",
                    "look_form_token": f"look {self.values['slug']}"}
        with self._app.app_context():
            self.values.update({name: public_forms.form_token(subject) for name, subject in subjects.items()})

    def browser(self, person: str, open_client: Callable[[], Client]) -> Client:
        """A fresh browser of `person`, signed in as their role allows."""
        client = open_client()
        if person != "anonymous":
            client.sign_in(self._things.people[person].email)
        return client
