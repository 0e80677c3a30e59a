"""Paying at once with stock held meanwhile (C17), and paying later by invoice, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders.models import Invoice, Order
from sales_portal.payments.models import Payment
from tests import make
from tests.journeys.customer import Customer
from tests.make import Linked, Shop

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


@pytest.fixture
def linked(session: Session, kept_shop: Shop) -> Linked:
    """Everything is known: the last cap, to be paid by bank, by card, or later."""
    site = kept_shop.site
    site.payment_methods, site.bank_details = "bank_transfer card invoice", "IBAN SE35 5000 0000 0549 1000 0003"
    made = make.link(session, make.selection(session, kept_shop, {kept_shop.cap: 1}), ignores_shipping=True)
    made.link.prefill = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1",
                         "postcode": "111 22", "city": "Stockholm", "country": "SE"}
    session.commit()
    return made


def test_what_is_held_can_be_kept_longer_near_its_end_and_nothing_is_lost_after_it(
        session: Session, linked: Linked, open_page: Callable[..., Page]) -> None:
    page = open_page(**PHONE)
    page.clock.install()
    anna = Customer(page, linked.path)
    anna.open()
    anna.press("Continue to payment")
    expect(page.get_by_label("Instant bank transfer")).to_be_checked()
    anna.press("Pay 960,00 kr")
    anna.sees("Confirm the test transfer")
    page.go_back()
    anna.reads("Held for you until")
    expect(page.get_by_role("button", name="Keep for 10 more minutes")).to_be_hidden()
    page.clock.fast_forward("13:05")
    first = page.locator("#held").inner_text()
    anna.press("Keep for 10 more minutes")
    expect(page.locator("#held")).not_to_have_text(first)
    expect(page.locator("#held")).to_contain_text("Held for you until")
    expect(page.get_by_role("button", name="Keep for 10 more minutes")).to_have_count(0)
    page.clock.fast_forward("26:00")
    expect(page.locator("#delivery-done")).to_contain_text("Anna Svensson")
    anna.press("Pay 960,00 kr")
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert session.scalars(select(Payment.extended_at)).one() is not None


def test_who_pays_by_invoice_orders_in_one_press_and_reads_how_to_pay(
        session: Session, linked: Linked, open_page: Callable[..., Page]) -> None:
    page = open_page(**PHONE)
    anna = Customer(page, linked.path)
    anna.open()
    anna.press("Continue to payment")
    page.locator("#delivery-ways label", has_text="Invoice").click()
    expect(page.locator("#pay")).to_contain_text("Order, pay by invoice")
    expect(page.locator("#delivery-legal")).to_contain_text("By ordering you buy these items")
    page.locator("#pay").click()
    anna.sees("Ordered. Thank you, Anna.")
    anna.reads("IBAN SE35 5000 0000 0549 1000 0003")
    expect(page.locator("#invoice")).to_contain_text(re.compile(r"INV-\d{4}-0001"))
    assert session.scalars(select(Invoice.paid_on)).one() is None
