"""A deposit in the Link dialog, on the link's page, and what staff see of an order whose balance is due."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Client
from tests.make import Shop
from tests.orders import depositing
from tests.storefront.test_receipt_file import words

pytestmark = pytest.mark.usefixtures("noon")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_none_is_asked_by_itself(maria: Client, session: Session, annas: Selection) -> None:
    shown = linking.dialog(maria, annas)
    assert linking.chosen(shown, "deposit") == ["none"]
    assert "Not for subscriptions, nor by invoice." in shown.words("#link-deposit")
    linking.create(maria, shown, deposit_amount="100", deposit_percent="30")
    link = linking.only_link(session)
    assert (link.deposit_amount, link.deposit_percent) == (None, None)
    assert "Deposit" not in maria.get(f"/links/{link.number}").words("#link-facts")


@pytest.mark.parametrize(("typed", "kept"), [
    ({"deposit": "amount", "deposit_amount": "1000,50"}, (100_050, None)),
    ({"deposit": "percent", "deposit_percent": "12,5"}, (None, 12_500))])
def test_what_was_chosen_is_kept_promised_and_shown(
        maria: Client, session: Session, annas: Selection, typed: dict[str, str],
        kept: tuple[int | None, int | None]) -> None:
    made = linking.create(maria, linking.dialog(maria, annas), **typed)
    link = linking.only_link(session)
    assert (link.deposit_amount, link.deposit_percent) == kept
    assert "is paid now and" in made.words("#promise")
    told = plain(maria.get(f"/links/{link.number}").words("#link-facts"))
    assert "kr now" in told
    assert ("now (12,5 %)," in told or "now (12.5 %)," in told) == (kept[1] is not None)


@pytest.mark.parametrize(("typed", "field", "words"), [
    ({"deposit": "amount", "deposit_amount": ""}, "deposit_amount", "Enter"),
    ({"deposit": "amount", "deposit_amount": "-5"}, "deposit_amount", "Enter"),
    ({"deposit": "amount", "deposit_amount": "9999999"}, "deposit_amount", "less than the total"),
    ({"deposit": "percent", "deposit_percent": "100"}, "deposit_percent", "less than the total"),
    ({"deposit": "percent", "deposit_percent": "-3"}, "deposit_percent", "without a sign"),
    ({"deposit": "percent", "deposit_percent": "<b>"}, "deposit_percent", "Enter a percentage"),
    ({"deposit": "everything"}, "deposit", "Choose how much is paid first")])
def test_what_is_no_deposit_says_at_its_field_what_to_enter(
        maria: Client, session: Session, annas: Selection, typed: dict[str, str], field: str, words: str) -> None:
    answer = linking.create(maria, linking.dialog(maria, annas), **typed)
    assert answer.status_code == 422
    assert words in answer.words(f"#field-{field}-error")
    assert session.scalars(select(CheckoutLink)).all() == []


def test_staff_see_what_is_due_on_the_order_and_in_the_list(
        maria: Client, session: Session, shop: Shop, annas: Selection) -> None:
    order = make.order(session, make.link(session, annas, deposit_percent=50_000))
    session.commit()
    number, due = order.number, order.outstanding_amount
    assert due
    shown = maria.get(f"/orders/{number}")
    assert "Balance due" in shown.words("main")
    assert "Outstanding" in shown.words("#order-payment")
    assert "Deposit" in shown.words("#order-payment")
    for query in ("", "?status=balance_due"):
        listed = maria.get(f"/orders{query}")
        assert "Balance due" in listed.words("#orders-list")
        assert number in listed.words("#orders-list")
    paid = session.scalars(select(Order)).one()
    assert paid.is_balance_due


def test_the_document_counts_what_went_back_of_either_payment(
        maria: Client, session: Session, shop: Shop, work: Callable[..., None]) -> None:
    order = depositing.deposited(session, shop)
    work()
    depositing.pay_balance(session, order)
    work()
    depositing.ask(session, order, 100_000, depositing.TOTAL)
    work()
    said = words(maria.get(f"/orders/{order.number}/receipt.pdf")).replace("\u00a0", " ")
    assert "1 000,00" in said
    assert "1 769,00" in said, "what is left"
