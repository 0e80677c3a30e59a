"""A scanner that drives a real browser: it opens the link, runs its scripts and presses what it finds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.journeys.customer import Customer
from tests.make import Linked, Shop

TIMES, DEEPEST = 3, 4
ANNAS = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1", "postcode": "111 22",
         "city": "Stockholm", "country": "SE"}


@pytest.fixture
def prefilled(session: Session, kept_shop: Shop) -> Linked:
    """A link that asks the customer nothing: a press leads as far as the payment."""
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 2}), ignores_shipping=True)
    linked.link.prefill = ANNAS
    session.commit()
    return linked


def press_everything(page: Page) -> None:
    """Press the first button of every page that comes, as far as the provider's, which no scanner passes."""
    for _ in range(DEEPEST):
        button = page.locator("main button[type=submit]:visible").first
        if page.locator("button[name=decision]").count() or not button.count():
            return
        button.click()
        page.wait_for_load_state()


@pytest.mark.on_postgresql
def test_whatever_it_presses_the_person_after_it_buys(
        session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    """T106, T107."""
    for _ in range(TIMES):
        scanner = open_page()
        scanner.goto(prefilled.path)
        scanner.reload()
        press_everything(scanner)
    session.rollback()
    link = session.get_one(CheckoutLink, prefilled.link.id)
    assert (link.status, link.orders_count, link.consumed_at) == ("active", 0, None)
    assert sum(session.scalars(select(Stock.held))) == 0, "a card holds nothing"
    assert session.scalar(select(func.count()).select_from(CheckoutSession)) == TIMES, "each press reached a copy"
    assert set(session.scalars(select(Payment.status))) <= {"created"}
    session.rollback()
    anna = Customer(open_page(), prefilled.path)
    anna.open()
    anna.press("Continue to payment — 2 400,00 kr")
    anna.press("Pay 2 400,00 kr")
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Order)) == 1


@pytest.mark.on_postgresql
def test_one_that_only_runs_the_page_is_no_person(
        session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    """T106: what a scanner shows of itself is its name and that nobody moves in front of it."""
    scanner = open_page(user_agent="Mozilla/5.0 (Windows NT 10.0) Microsoft Office SafeLinks")
    scanner.goto(prefilled.path)
    expect(scanner.locator("#continue")).to_be_visible()
    scanner.wait_for_load_state("networkidle")
    session.rollback()
    assert "link.opened" not in set(session.scalars(select(Event.name)))
    assert session.scalar(select(func.count()).select_from(CheckoutSession)) == 0
