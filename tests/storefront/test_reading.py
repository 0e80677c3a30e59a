"""A GET or HEAD changes nothing: not one row, whoever asks, in whatever state the link is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.application.tables import metadata
from sales_portal.core import clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

PAGES = ("", "?asked=1", "?all=1", "?preview=1", "?customer_email=x@example.com", "/details", "/delivery",
         "/delivery?was=1&problem=provider", "/payment", "/payment?waiting=1", "/receipt", "/calendar", "/visit",
         "/opened", "/request", "/payment/confirmation", "/lines/1/quantity", "/choice")


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    session.rollback()
    return {table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in metadata.sorted_tables}


def look_at_everything(client: Client, linked: Linked, *more: str) -> None:
    for path in [linked.path + page for page in PAGES] + list(more):
        for method in ("GET", "HEAD"):
            assert client.open(path, method=method).status_code in (200, 303, 404, 405, 410)


def test_looking_changes_no_row_before_during_and_after_a_purchase(
        session: Session, linked: Linked, enter: Enter, open_client: Callable[[], Client]) -> None:
    anna, stranger = enter(linked), open_client()
    for step in (anna.look, anna.go_on, anna.give_details, anna.pay, lambda: anna.decide("approve"), anna.confirm):
        step()
        more = (anna.page.request.path,) if anna.page is not None else ()
        session.rollback()
        order = session.scalars(select(Order)).first()
        if order is not None:
            more += (Addresses("").receipt_url(order.receipt_token_sealed),)
        before = everything(session)
        look_at_everything(anna.client, linked, *more)
        look_at_everything(stranger, linked, *more)
        assert everything(session) == before


@pytest.mark.parametrize("state", ["scheduled", "paused", "revoked", "expired"])
def test_looking_at_an_ended_link_changes_no_row(
        session: Session, shop: Shop, client: Client, state: str) -> None:
    at = clock.now()
    terms = {"scheduled": {"starts_at": at + timedelta(days=1)}}.get(state, {})
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **terms)
    if state == "paused":
        links.pause_link(session, linked.link, by=SYSTEM)
    if state == "revoked":
        links.revoke_link(session, linked.link, "", by=SYSTEM)
    if state == "expired":
        linked.link.created_at, linked.link.expires_at = at - timedelta(days=2), at - timedelta(days=1)
    session.commit()
    before = everything(session)
    look_at_everything(client, linked)
    assert everything(session) == before
