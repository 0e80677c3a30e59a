"""Two customers who are after the same thing: one of them gets it, and the other reads why not and lost nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.journeys.customer import DETAILS, Customer
from tests.make import Linked, Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    return kept_shop


def to_the_bank(page: Page, linked: Linked, name: str) -> Customer:
    """A customer by `name` as far as the provider's page."""
    customer = Customer(page, linked.path)
    customer.open()
    customer.press("Continue to payment")
    customer.type("E-mail", f"{name.lower()}@example.com")
    for label, text in (DETAILS | {"Full name": f"{name} Svensson"}).items():
        customer.type(label, text)
    customer.press("Continue")
    customer.press("Pay")
    customer.sees("Pay with a test card")
    return customer


@pytest.mark.on_postgresql
def test_who_pays_a_link_at_the_same_moment_as_another_is_not_charged_and_told_so(
        session: Session, shop: Shop, open_page: Callable[..., Page]) -> None:
    """C05."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    session.commit()
    both = [to_the_bank(open_page(), linked, name) for name in ("Anna", "Ben")]
    for customer in both:
        customer.page.locator("button[value=approve]").click(no_wait_after=True)
    for customer in both:
        expect(customer.page.locator("#lost, #order")).to_be_visible()
    session.rollback()
    order = session.scalars(select(Order)).one()
    winner, loser = both if order.name.startswith("Anna") else both[::-1]
    winner.sees(f"Paid. Thank you, {order.name.split()[0]}.")
    loser.reads("Your card was not charged.")
    assert set(session.scalars(select(Payment.status))) <= {"capturing", "captured", "void_pending", "voided"}


def test_the_last_piece_goes_to_one_and_the_other_keeps_what_they_typed(
        session: Session, shop: Shop, open_page: Callable[..., Page]) -> None:
    """C06."""
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 1, by=SYSTEM)
    links = [make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}, for_anyone=True))
             for _ in range(2)]
    session.commit()
    anna, ben = (to_the_bank(open_page(), linked, name) for linked, name in zip(links, ("Anna", "Ben"), strict=True))
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    ben.press("Approve")
    ben.reads("Sold out just now")
    ben.reads("Your card was not charged.")
    ben.reads("Storgatan 1")
    session.rollback()
    assert [order.name for order in session.scalars(select(Order))] == ["Anna Svensson"]


def test_a_provider_out_of_reach_is_waited_for_and_nothing_is_charged_twice(
        session: Session, shop: Shop, open_page: Callable[..., Page]) -> None:
    """C18."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    session.commit()
    anna = to_the_bank(open_page(), linked, "Anna")
    anna.page.locator("button[value=down]").click()
    anna.reads("Still waiting for your bank")
    anna.reads("You can close this page")
    anna.page.reload()
    anna.page.goto(f"{linked.path}/delivery")
    anna.press("Pay")
    anna.reads("Still waiting for your bank")
    session.rollback()
    assert len(session.scalars(select(Payment.id)).all()) == 1
