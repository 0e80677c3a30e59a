"""Undoing an order in a real browser: by keyboard, on a phone and at a desk, in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders import disputing, placing, refunding
from sales_portal.orders.models import Order
from sales_portal.orders.refunding import Wish
from sales_portal.orders.undo_models import Refund
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.browser import accessibility_problems, log_in
from tests.make import Shop

pytestmark = pytest.mark.browser


@pytest.fixture
def order(session: Session, shop: Shop) -> Order:
    """Maria's paid order, and Ada who may decide."""
    made = make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1})))
    key, reference = session.execute(select(Payment.id, Payment.gateway_reference)).one()
    session.commit()
    intent = make.gateway(session).capture(reference or "", "capture")
    placing.settle_capture(session, key, intent, source="worker")
    make.staff(session, "Ada Holm", site=shop.site, role="admin", email="ada@demo.example")
    session.commit()
    return made


def test_a_refund_is_typed_and_sent_by_keyboard_alone(page: Page, session: Session, order: Order) -> None:
    log_in(page, "ada@demo.example")
    page.goto(f"/orders/{order.number}")
    page.get_by_role("link", name="Refund…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("100")
    page.keyboard.press("Tab")
    page.keyboard.type("Good")
    page.get_by_label("Amount").press("Enter")
    expect(page.locator("#order-refunds tbody")).to_contain_text("100,00")
    expect(page.locator("#order-refunds tbody")).to_contain_text("Goodwill")
    session.rollback()
    assert session.scalars(select(Refund.amount)).all() == [10_000]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_and_its_dialogs_are_accessible_and_fit_a_phone(
        open_page: Callable[..., Page], session: Session, shop: Shop, order: Order, theme: str) -> None:
    refunding.ask_refund(session, order.id, Wish(900, 276_900, "other", "x" * 80), person=shop.agent, may_decide=False)
    disputing.record_dispute(session, session.scalars(select(Payment.id)).one(), "dp_1", amount=5000)
    session.commit()
    page, wrong = open_page(color_scheme=theme), []
    log_in(page, "ada@demo.example")
    for path in ("", "/refund", "/cancellation"):
        page.goto(f"/orders/{order.number}{path}")
        wrong += accessibility_problems(page)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} at {width} scrolls sideways")
    assert wrong == []
