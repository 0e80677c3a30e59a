"""From *Pay* to the receipt and every way it can end otherwise."""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def orders(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Order)) or 0


def statuses(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Payment.status).order_by(Payment.id)))


def test_approved_leads_by_one_press_to_the_receipt(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.decide("approve")
    assert anna.where == "/payment"
    assert shown.words("h1") == "Checking your payment…"
    assert shown.one("form[data-submit-after]")["data-submit-after"] == "0"
    assert shown.one("noscript meta[http-equiv=refresh]")["content"] == f"5; url={linked.path}/payment"
    shown = anna.confirm()
    assert anna.where == "/receipt"
    assert shown.words("h1") == "Paid. Thank you, Anna."
    assert orders(session) == 1
    names = set(session.scalars(select(Event.name)))
    assert {"link.opened", "visit.started", "visit.details_given", "order.placed"} <= names


def test_looking_at_the_return_page_places_nothing(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.decide("approve")
    for _ in range(3):
        anna.look("/payment")
    assert orders(session) == 0


def test_declined_says_so_keeps_everything_and_pays_at_the_second_try(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.decide("decline")
    shown = anna.confirm()
    assert anna.where == "/delivery"
    assert shown.words("#declined") == "Your bank said no. You haven't been charged. Try another card or method."
    assert "Storgatan 1" in shown.words("#delivery-done")
    anna.decide("approve")
    anna.confirm()
    assert anna.where == "/receipt"
    assert statuses(session) == ["declined", "capturing"]


def test_cancelled_says_that_nothing_was_charged(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.decide("cancel")
    shown = anna.confirm()
    assert shown.words("#cancelled") == "You haven't been charged. Your selection is still here."
    assert shown.page.select("#pay")


def test_pressing_pay_twice_is_one_payment_and_one_provider_page(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    form = anna.give_details()
    first = anna.client.submit(form, "#pay-form")
    second = anna.client.submit(form, "#pay-form")
    assert first.location == second.location
    assert urlsplit(first.location).path.startswith("/test-provider/")
    assert statuses(session) == ["created"]


def test_confirming_twice_and_coming_back_is_one_order(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    form = anna.decide("approve")
    assert anna.client.submit(form, "form").location == f"{linked.path}/receipt"
    assert anna.client.submit(form, "form").location == f"{linked.path}/receipt"
    assert anna.client.get(f"{linked.path}/payment").location == f"{linked.path}/receipt"
    for page in ("/details", "/delivery"):
        assert anna.client.get(linked.path + page).location == linked.path
    assert orders(session) == 1


def test_while_the_bank_is_slow_the_page_says_so_and_goes_on_by_itself(
        session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    clock.set(clock.now())
    anna = enter(linked)
    waiting = anna.decide("slow")
    assert waiting.words("h1") == "Your bank is thinking…"
    assert waiting.one("form[data-submit-after]")["method"] == "get"
    anna.look("/payment")
    shown = anna.confirm()
    assert shown.words("h1") == "Still waiting for your bank"
    assert "You can close this page — we'll e-mail you the result." in shown.words("main")
    assert orders(session) == 0
    clock.advance(seconds=5)
    anna._show(anna.client.get(waiting.request.path))
    assert anna.where == "/payment"
    anna.confirm()
    assert anna.where == "/receipt"


def test_who_is_too_late_is_told_in_words_and_not_charged(session: Session, linked: Linked, enter: Enter) -> None:
    anna, bo = enter(linked), enter(linked)
    anna.decide("approve")
    bo.decide("approve")
    anna.confirm()
    shown = bo.confirm()
    assert bo.where == ""
    assert shown.status_code == 410
    assert shown.words("#lost") == (
        "Somebody else was quicker Your card was not charged. Your bank may show a pending amount for some days.")
    assert Counter(statuses(session)) == {"capturing": 1, "void_pending": 1}
    assert orders(session) == 1


def test_the_last_piece_lost_to_another_link_is_told_with_everything_kept(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.decide("approve")
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    shown = anna.confirm()
    assert anna.where == "/delivery"
    assert "Your card was not charged." in shown.words("#lost")
    assert "Sold out just now: Wool cap." in shown.words("#sold-out-2")
    assert "Storgatan 1" in shown.words("#delivery-done")


def test_a_payment_begun_in_time_may_end_after_the_link_did(
        session: Session, shop: Shop, enter: Enter, clock: Clock) -> None:
    at = clock.set(clock.now())
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), expires_at=at + timedelta(minutes=2))
    anna = enter(linked)
    anna.pay()
    clock.advance(minutes=5)
    anna.decide("approve")
    anna.confirm()
    assert anna.where == "/receipt"


def test_paying_a_link_that_was_withdrawn_meanwhile_leads_to_its_page(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    form = anna.give_details()
    links.revoke_link(session, session.get_one(CheckoutLink, linked.link.id), "", by=SYSTEM)
    shown = anna.submit(form, "#pay-form")
    assert (shown.status_code, shown.words("h1")) == (410, "Maria withdrew this link")
    assert statuses(session) == []


def test_what_costs_nothing_needs_no_payment_page(session: Session, shop: Shop, enter: Enter) -> None:
    sample = make.product(session, "Sample", prices={shop.pricelist: 0}, stock={shop.warehouse: 5})
    linked = make.link(session, make.selection(session, shop, {sample: 1}), ignores_shipping=True)
    anna = enter(linked)
    assert anna.look().words("#continue") == "Continue — nothing to pay"
    shown = anna.give_details()
    assert shown.words("#pay .button-label") == "Place the order"
    anna.submit(shown, "#pay-form")
    assert anna.where == "/receipt"
    assert orders(session) == 1
    assert statuses(session) == []


def test_what_costs_nothing_and_sold_out_is_told_too(session: Session, shop: Shop, enter: Enter) -> None:
    sample = make.product(session, "Sample", prices={shop.pricelist: 0}, stock={shop.warehouse: 1})
    linked = make.link(session, make.selection(session, shop, {sample: 1}), ignores_shipping=True)
    anna = enter(linked)
    form = anna.give_details()
    inventory.set_on_hand(session, sample.id, shop.warehouse.id, 0, by=SYSTEM)
    anna.submit(form, "#pay-form")
    assert anna.where == "/delivery"
    assert "Sold out just now" in anna.page.words("main")
    assert orders(session) == 0


def test_a_page_open_for_too_long_pays_nothing_and_keeps_the_choice(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.submit(anna.give_details(), "#pay-form", form_token="stale")
    assert shown.status_code == 400
    assert shown.words("#stale").startswith("This page was open for too long.")
    assert statuses(session) == []
    anna.submit(shown, "#pay-form")
    assert statuses(session) == ["created"]


@pytest.mark.parametrize("page", ["/payment", "/payment/confirmation"])
def test_there_is_nothing_to_confirm_before_pay(linked: Linked, enter: Enter, page: str) -> None:
    anna = enter(linked)
    anna.go_on()
    answer = anna.post(page, "#offer-form") if page.endswith("confirmation") else anna.client.get(linked.path + page)
    assert answer.location == linked.path


def test_the_steps_take_few_statements(linked: Linked, enter: Enter, statements: Counting) -> None:
    anna = enter(linked)
    form = anna.give_details()
    with statements(at_most=12):
        answer = anna.client.submit(form, "#pay-form")
    anna._show(answer)
    anna.decide("approve")
    with statements(at_most=24):
        anna.client.submit(anna.page, "form")
