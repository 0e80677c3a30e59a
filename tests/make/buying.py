"""From a link to its order: what agents, customers and the worker do."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.checkout import service as checkout
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock, tokens
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import default_terms
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.payments import methods, starting, test_gateway
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.invoice_gateway import InvoiceGateway
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from sales_portal.sites.methods import CARD, Method
from tests.make import approving


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with the two secrets of its URL."""

    link: CheckoutLink
    public_id: str
    token: str

    @property
    def path(self) -> str:
        """The path of its first page."""
        return f"/selection/{self.public_id}/{self.token}"


def link(session: Session, selection: Selection, *, by: Staff | None = None, **terms: Any) -> Linked:
    """A link made of a selection as an agent would, with the yes it needs; `terms` change those of the dialog."""
    basket = read_basket(session, selection)
    wanted = replace(default_terms(basket, clock.now()), **terms)
    agent = by or selection.agent
    approving.cover(session, basket, wanted, agent)
    made = links.create_link(session, basket, wanted, agent=agent, request_key=tokens.new_public_id(), by=agent.actor)
    token = Addresses("").link_url(made.addresses[0]).rsplit("/", 1)[-1]
    return Linked(made, made.addresses[0].public_id, token)


def claim(session: Session, linked: Linked, visitor_token: str | None = None) -> checkout.Claimed:
    """A visitor's copy of a link."""
    link = link_queries.find_link(session, linked.public_id, linked.token)
    assert link is not None
    return checkout.claim(session, link, visitor_token=visitor_token)


def visitor(session: Session, linked: Linked, **details: Any) -> checkout.Claimed:
    """A visitor whose copy has everything given that paying needs."""
    claimed = claim(session, linked)
    values = {"email": "anna@example.com", "name": "Anna Svensson", "country": "SE", "street": "Storgatan 1",
              "postcode": "111 22", "city": "Stockholm", **details}
    checkout.give_details(session, claimed.visit, linked.link, checkout.Details(**values))
    return claimed


def visit(session: Session, linked: Linked, **details: Any) -> CheckoutSession:
    """The copy of such a visitor."""
    return visitor(session, linked, **details).visit


def gateway(session: Session) -> TestGateway:
    """The embedded provider on the database of `session`."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return TestGateway(bind, "http://localhost")


def gateways(session: Session) -> Gateways:
    """Every provider of a portal that tries things out, on the database of `session`."""
    return {"test": gateway(session), "invoice": InvoiceGateway()}


def payment(session: Session, visit: CheckoutSession, decision: str | None = "approve", *,
            method: Method = CARD) -> int:
    """The id of a payment started for a copy, with the customer's decision made; commits."""
    key = visit.id
    session.commit()
    copy = session.get_one(CheckoutSession, key)
    there = gateways(session)
    started = starting.start_payment(
        session, copy, gateway=methods.available(there)[method.slug].gateway, method=method, gateways=there,
        shown_total=copy.total_amount, return_url="http://localhost/return")
    if decision is not None and not started.is_confirmed:
        decide(session, started.redirect_url, decision)
    return started.payment_id


def decide(session: Session, page_url: str, decision: str) -> None:
    """Press a button of the test provider's page; commits."""
    intent = test_gateway.find_page(session, page_url.rsplit("/", 1)[-1])
    assert intent is not None
    test_gateway.decide(session, intent, decision)
    session.commit()


def order(session: Session, linked: Linked, *, method: Method = CARD, **details: Any) -> Order:
    """A link bought: placed and captured as the worker does, or placed where it costs nothing; commits."""
    copy = visit(session, linked, **details)
    if copy.total_amount == 0:
        free = placing.place_free_order(session, copy)
        session.commit()
        return free
    key = payment(session, copy, method=method)
    placed = placing.place_order(session, key, gateways(session), source="customer")
    assert placed.order_id is not None, placed
    return session.get_one(Order, placed.order_id)
