"""One small world with an object of every kind, and people of every role who look at it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import tokens
from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.terms import LinkTerms
from sales_portal.payments import starting
from sales_portal.selections import queries as revisions
from sales_portal.selections import service as selections
from sales_portal.web import public_forms
from tests import make
from tests.harness.app import Client

PEOPLE = ("anonymous", "owner", "colleague", "senior", "manager", "stranger", "admin", "integrator", "auditor")
"""Nobody in particular; the agent whose things these are; another agent and then a senior agent and a manager of the
same team; a manager of another team; and the three roles that belong to no team."""


@dataclass
class World:
    """Maria's shop with what she sold; `values` holds what the addresses name, made afresh by `renew`."""

    app: Flask
    session: Session
    values: dict[str, str] = field(default_factory=dict)
    people: dict[str, Staff] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session, self.shop = self.session, make.shop(self.session)
        north, south, shop = make.team(session), make.team(session), self.shop
        shop.agent.team_id, shop.site.asks_for = north.id, ["multi_use"]
        self.people = {"owner": shop.agent} | {
            name: make.staff(session, name.title(), site=shop.site, role=role, team=team)
            for name, role, team in (
                ("colleague", "agent", north), ("senior", "senior_agent", north), ("manager", "manager", north),
                ("stranger", "manager", south), ("admin", "admin", None), ("integrator", "integrator", None),
                ("auditor", "auditor", None))}
        self._sell()
        self.renew()

    def renew(self) -> None:
        """A fresh selection and a fresh link, so that what the last person did changes nothing for the next."""
        session, shop = self.session, self.shop
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
            "pricelist": str(shop.pricelist.id), "form_token": self._form_token(made.public_id)}
        session.commit()

    def _sell(self) -> None:
        session, shop = self.session, self.shop
        made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
        mail = sending.send_link(session, made.link, to="anna@example.com", to_name="Anna", message="",
                                 urls=Addresses("http://localhost"), by=shop.agent.actor)
        self.values |= {"mail": str(mail.id), "customer": shop.customer.number}
        order = make.order(session, made)
        self.values |= {"order": order.number, "receipt": Addresses("").receipt_url(
            order.receipt_token_sealed).rsplit("/", 1)[-1]}
        started = starting.start_payment(
            session, make.visit(session, make.link(session, make.selection(session, shop, {shop.bag: 1}))),
            gateway=make.gateway(session), shown_total=36900, return_url="http://localhost/")
        page_token = started.redirect_url.rsplit("/", 1)[-1]
        self.values |= {"page_token": page_token, "page_form_token": self._form_token(page_token),
                        "receipt_form_token": self._form_token(f"receipt {order.id}")}

    def _form_token(self, subject: str) -> str:
        with self.app.app_context():
            return public_forms.form_token(subject)

    def browser(self, person: str, open_client: Callable[[], Client]) -> Client:
        """A fresh browser of `person`, signed in as their role allows."""
        client = open_client()
        if person != "anonymous":
            client.sign_in(self.people[person].email)
        return client
