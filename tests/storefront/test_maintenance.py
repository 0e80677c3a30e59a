"""A site in maintenance: every page of its links says so for some minutes, and payments under way still end."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import Order
from sales_portal.sites.models import Site
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def close(session: Session, shop: Shop) -> None:
    session.commit()
    session.get_one(Site, shop.site.id).is_in_maintenance = True
    session.commit()


def test_the_page_says_so_with_a_person_and_when_to_come_back(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    """Brief §4.4, C04: 503, the link stays valid, contact."""
    close(session, shop)
    shown = client.get(linked.path)
    assert (shown.status_code, shown.headers["Retry-After"]) == (503, "300")
    assert shown.words("h1") == "Back in a few minutes"
    assert "Your link stays valid" in shown.words("#agent")
    assert "+46 70 123 45 67" in shown.words("#agent")
    assert shown.headers["Cache-Control"] == "no-store"
    session.get_one(Site, shop.site.id).is_in_maintenance = False
    session.commit()
    assert client.get(linked.path).status_code == 200


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/details"), ("GET", "/delivery"), ("GET", "/calendar"), ("POST", "/visit"), ("POST", "/request"),
    ("POST", "/payment"), ("POST", "/details")])
def test_no_page_of_the_link_sells_meanwhile(
        session: Session, shop: Shop, linked: Linked, client: Client, method: str, path: str) -> None:
    close(session, shop)
    assert client.open(f"{linked.path}{path}", method=method).status_code == 503
    assert session.scalars(select(CheckoutSession)).all() == []


def test_pay_is_not_begun_meanwhile(session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details()
    close(session, shop)
    assert anna.submit(shown, "#pay-form").status_code == 503


def test_a_payment_that_returns_from_the_provider_still_ends(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.pay()
    close(session, shop)
    anna.buy()
    assert anna.where == "/receipt"
    assert anna.page is not None
    assert anna.page.status_code == 200
    session.rollback()
    assert session.scalars(select(Order)).one().email == "anna@example.com"


def test_an_unknown_address_is_unknown_whatever_its_site_does(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    close(session, shop)
    assert client.get(f"{linked.path}x").status_code == 404
