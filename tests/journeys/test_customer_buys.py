"""A customer with a link in a mail: from the first page to the receipt, with few acts and nothing typed twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from tests import make
from tests.journeys.customer import DETAILS, Customer
from tests.make import Linked, Shop

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    kept_shop.agent.phone = "+46 70 123 45 67"
    return kept_shop


@pytest.fixture
def prefilled(session: Session, shop: Shop) -> Linked:
    """Everything is known and shipping is ignored."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), ignores_shipping=True)
    linked.link.prefill = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1",
                           "postcode": "111 22", "city": "Stockholm", "country": "SE"}
    session.commit()
    return linked


@pytest.fixture
def for_anyone(session: Session, shop: Shop) -> Linked:
    """Nothing is known, and it has to be shipped."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, for_anyone=True))
    session.commit()
    return linked


def fill_in(anna: Customer) -> None:
    anna.type("E-mail", "anna@example.com")
    for label, text in DETAILS.items():
        anna.type(label, text)


def orders(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Order)) or 0


@pytest.mark.on_postgresql
def test_with_everything_prefilled_three_presses_suffice_and_the_link_is_dead_for_the_next_one(
        session: Session, shop: Shop, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(**PHONE), prefilled.path)
    anna.open()
    anna.sees("Maria picked these for you")
    anna.press("Continue to payment — 2 400,00 kr")
    anna.sees("Delivery and payment")
    anna.press("Pay 2 400,00 kr")
    assert anna.acts <= 3
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    assert orders(session) == 1
    assert session.get_one(CheckoutLink, prefilled.link.id).status == "consumed"
    chairs = session.scalars(select(Stock.on_hand).where(Stock.variant_id == shop.chair.id)).one()
    assert chairs == 12
    bo = Customer(open_page(), prefilled.path)
    bo.open()
    bo.sees("This link has already been used")
    bo.press("Tell Maria")
    bo.reads("Maria has your message and usually answers within 2 hours.")


def test_with_nothing_prefilled_it_takes_at_most_nine_fields_and_fourteen_acts(
        session: Session, for_anyone: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(**PHONE), for_anyone.path)
    anna.open()
    anna.press("Continue to payment")
    anna.sees("Your details")
    fill_in(anna)
    anna.press("Continue")
    anna.press("Pay")
    assert anna.typed <= 9
    assert anna.acts <= 14
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    anna.page.reload()
    anna.sees("Paid. Thank you, Anna.")


def test_without_script_everything_works_by_pages(
        session: Session, for_anyone: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(java_script_enabled=False), for_anyone.path)
    anna.open()
    anna.press("Continue to payment")
    anna.press("Continue")
    anna.reads("There is a problem")
    fill_in(anna)
    anna.press("Continue")
    anna.press("Pay")
    anna.press("Decline")
    anna.sees("Checking your payment…")
    anna.press("Continue")
    anna.reads("Your bank said no. You haven't been charged. Try another card or method.")
    anna.press("Pay")
    anna.press("3-D Secure")
    anna.type("Code from your bankAny 6 digits will do", "123456")
    anna.press("Confirm")
    anna.sees("Checking your payment…")
    anna.press("Continue")
    anna.sees("Paid. Thank you, Anna.")
    assert orders(session) == 1


def test_without_script_a_slow_bank_is_waited_for_by_itself(
        session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(java_script_enabled=False), prefilled.path)
    anna.open()
    anna.press("Continue to payment")
    anna.press("Pay")
    anna.press("Slow bank")
    anna.sees("Your bank is thinking…")
    expect(anna.page.locator("h1")).to_have_text("Checking your payment…", timeout=60_000)
    anna.press("Continue")
    anna.sees("Paid. Thank you, Anna.")


def test_a_no_and_then_a_yes_types_nothing_twice(
        session: Session, for_anyone: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(), for_anyone.path)
    anna.open()
    anna.press("Continue to payment")
    fill_in(anna)
    anna.press("Continue")
    anna.press("Pay")
    anna.press("Decline")
    anna.reads("Your bank said no. You haven't been charged. Try another card or method.")
    anna.reads("Storgatan 1")
    anna.acts = 0
    anna.press("Pay")
    assert anna.acts <= 2
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")


def test_three_d_secure_and_cancel(session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(), prefilled.path)
    anna.open()
    anna.press("Continue to payment")
    anna.press("Pay")
    anna.press("Cancel and return")
    anna.reads("You haven't been charged. Your selection is still here.")
    anna.press("Pay")
    anna.press("3-D Secure")
    anna.page.get_by_label("Code from your bank").fill("12")
    anna.press("Confirm")
    anna.reads("Enter the 6 digits of the code")
    anna.page.get_by_label("Code from your bank").fill("123456")
    anna.press("Confirm")
    anna.sees("Paid. Thank you, Anna.")


def test_a_slow_bank_is_waited_for_without_a_press(
        session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(), prefilled.path)
    anna.open()
    anna.press("Continue to payment")
    anna.press("Pay")
    anna.press("Slow bank")
    anna.sees("Your bank is thinking…")
    expect(anna.page.locator("h1")).to_have_text("Paid. Thank you, Anna.", timeout=60_000)


def test_back_reload_and_a_double_press_of_pay_buy_once(
        session: Session, prefilled: Linked, open_page: Callable[..., Page]) -> None:
    anna = Customer(open_page(), prefilled.path)
    anna.open()
    anna.press("Continue to payment")
    anna.page.locator("#pay").dblclick(no_wait_after=True)
    anna.sees("Pay with a test card")
    anna.page.go_back()
    anna.sees("Delivery and payment")
    anna.press("Pay")
    anna.press("Approve")
    anna.sees("Paid. Thank you, Anna.")
    anna.page.go_back()
    anna.page.reload()
    anna.page.goto(f"{prefilled.path}/payment")
    anna.sees("Paid. Thank you, Anna.")
    assert orders(session) == 1


def test_by_keyboard_alone(session: Session, for_anyone: Linked, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(for_anyone.path)
    page.locator("#continue").focus()
    page.keyboard.press("Enter")
    page.locator("#field-email").focus()
    for text in ("anna@example.com", "Anna Svensson"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("#field-street").focus()
    page.keyboard.type("Storgatan 1")
    page.locator("#field-postcode").focus()
    page.keyboard.type("11122")
    page.keyboard.press("Tab")
    page.keyboard.type("Stockholm")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Delivery and payment")
    page.locator("#pay").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Approve", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Paid. Thank you, Anna.")
