"""Invoices at the desk: found when overdue, marked paid once by who may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import invoicing
from sales_portal.orders.models import Order
from sales_portal.sites.methods import INVOICE
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture
def order(session: Session, shop: Shop) -> Order:
    """An order that waits for the money of its invoice, and a paid one beside it."""
    shop.site.bank_details = "IBAN SE35 5000"
    make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    made = make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})), method=INVOICE)
    session.commit()
    return made


def test_the_order_says_what_is_due_and_leads_to_mark_it(dana: Client, order: Order) -> None:
    shown = dana.get(f"/orders/{order.number}")
    assert "INV-" in shown.words("#order-payment")
    assert shown.one("#mark-paid")["href"] == f"/orders/{order.number}/settlement"


def test_an_agent_sees_the_invoice_and_may_not_mark_it(
        order: Order, shop: Shop, signed_in: Callable[[Staff], Client]) -> None:
    maria = signed_in(shop.agent)
    assert not maria.get(f"/orders/{order.number}").page.select("#mark-paid")
    assert maria.get(f"/orders/{order.number}/settlement").status_code == 403


def test_marking_it_paid_pays_the_order_once(dana: Client, session: Session, order: Order) -> None:
    form = dana.get(f"/orders/{order.number}/settlement")
    key, number = order.id, order.number
    assert dana.submit(form, "#settlement-form", reference="OCR 4711").status_code == 303
    session.rollback()
    assert session.scalars(select(Order.status).where(Order.id == key)).one() == "paid"
    again = dana.submit(form, "#settlement-form", reference="OCR 4711")
    assert isinstance(again, Answer)
    assert again.status_code == 409
    shown = dana.get(f"/orders/{number}")
    assert "OCR 4711" in shown.words("#order-payment")
    assert "Dana Holm marked invoice INV-" in shown.words("#order-timeline")


@pytest.mark.parametrize("typed", ["", "yesterday", "1999-01-01", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused_and_all_typed_is_kept(dana: Client, order: Order, typed: str) -> None:
    form = dana.get(f"/orders/{order.number}/settlement")
    answer = dana.submit(form, "#settlement-form", paid_on=typed, reference="OCR 4711")
    assert answer.status_code == 422
    assert "Enter the day the money came" in answer.words("#settlement-form")
    assert answer.one("[name=reference]")["value"] == "OCR 4711"


def test_the_list_finds_what_is_overdue(
        session: Session, shop: Shop, order: Order, clock: Clock, signed_in: Callable[[Staff], Client]) -> None:
    number, due = order.number, invoicing.today_at(shop.site) + timedelta(days=14)
    session.commit()
    assert number not in signed_in(shop.agent).get("/orders?status=overdue").words("#orders-list")
    clock.set(clock.now() + timedelta(days=16))
    shown = signed_in(shop.agent).get("/orders?status=overdue")
    rows = shown.page.select("#orders-list .row-main")
    assert [row.get_text(strip=True) for row in rows] == [number]
    assert f"Overdue since {due.day} " in shown.words("#orders-list")
