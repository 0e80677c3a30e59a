"""How a customer pays: the ways the site offers in its order, what is held meanwhile, and an invoice for later."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.inventory.models import Stock
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Invoice, Order
from sales_portal.payments import reserving
from sales_portal.payments.models import Payment
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """A link that can be paid once: by bank, by card, or later."""
    shop.site.payment_methods = "bank_transfer card invoice"
    shop.site.bank_details = "IBAN SE35 5000 0000 0549 1000 0003"
    return make.link(session, make.selection(session, shop, {shop.cap: 1}))


def ways(customer: Customer) -> list[str]:
    assert customer.page is not None
    return [str(one["value"]) for one in customer.page.page.select("[name=payment_method]")]


def at_delivery(enter: Enter, linked: Linked) -> Customer:
    customer = enter(linked)
    customer.give_details()
    return customer


def test_the_ways_stand_in_the_sites_order_with_the_first_one_chosen(linked: Linked, enter: Enter) -> None:
    customer = at_delivery(enter, linked)
    assert ways(customer) == ["bank_transfer", "card", "invoice"]
    assert customer.page is not None
    assert customer.page.one("[name=payment_method][checked]")["value"] == "bank_transfer"
    assert "Pay within 14 days" in customer.page.words("#delivery-ways")
    assert "You confirm the transfer with your bank" in customer.page.words("#delivery-legal")


def test_one_way_is_no_choice(session: Session, shop: Shop, enter: Enter) -> None:
    customer = at_delivery(enter, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    assert ways(customer) == []
    assert customer.page is not None
    assert "You enter your card on the next page." in customer.page.words("#delivery-legal")


def test_a_link_offers_fewer_of_its_site_in_an_order_of_its_own(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    narrow = make.link(session, make.selection(session, shop, {shop.bag: 1}), payment_methods=("invoice", "card"))
    assert ways(at_delivery(enter, narrow)) == ["invoice", "card"]
    shop.site.payment_methods = "card bank_transfer"
    session.commit()
    assert ways(at_delivery(enter, narrow)) == []


def test_a_choice_is_kept_and_says_what_its_button_does(linked: Linked, enter: Enter, session: Session) -> None:
    customer = at_delivery(enter, linked)
    assert customer.page is not None
    token = customer.page.one("#pay-form [name=form_token]")["value"]
    shipping = customer.page.one("[name=method][checked]")["value"]
    customer._show(customer.client.post(f"{linked.path}/delivery", data={
        "form_token": token, "method": shipping, "payment_method": "invoice"}))
    assert customer.page.one("[name=payment_method][checked]")["value"] == "invoice"
    assert "Order, pay by invoice" in customer.page.words("#pay")
    assert "By ordering you buy these items" in customer.page.words("#delivery-legal")
    assert session.scalars(select(CheckoutSession.payment_method)).all() == ["invoice"]


@pytest.mark.parametrize("path", ["/payment", "/delivery"])
@pytest.mark.parametrize("slug", ["cash", "stripe", "<b>", "invoice"])
def test_what_is_not_offered_is_refused_by_name(
        session: Session, shop: Shop, enter: Enter, path: str, slug: str) -> None:
    shop.site.payment_methods = "card bank_transfer"
    customer = at_delivery(enter, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    assert customer.page is not None
    form = {str(field["name"]): str(field.get("value", "")) for field in customer.page.page.select("#pay-form [name]")
            if field.get("type") != "radio" or field.has_attr("checked")}
    answer = customer.client.post(customer.linked.path + path, data=form | {"payment_method": slug})
    assert answer.status_code == 422
    assert "Choose one of the ways to pay on this page." in answer.words("#delivery-ways")
    assert session.scalars(select(Payment)).all() == []


def test_money_sent_by_bank_is_an_order_at_once(linked: Linked, enter: Enter, session: Session) -> None:
    customer = at_delivery(enter, linked)
    customer.pay()
    assert session.scalars(select(Stock.held).where(Stock.held > 0)).all() == [1]
    customer.decide("approve")
    assert "Paid. Thank you, Anna." in customer.confirm().words("#order")
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert session.scalars(select(Stock.held).where(Stock.held > 0)).all() == []


def test_a_customer_who_comes_back_sees_until_when_it_is_held_and_not_that_it_is_sold_out(
        linked: Linked, enter: Enter, session: Session, clock: Clock) -> None:
    clock.set(clock.now().replace(hour=13, minute=17, second=0))
    customer = at_delivery(enter, linked)
    customer.pay()
    for path in ("/delivery", "", "/payment?waiting=1"):
        shown = customer.look(path)
        assert "Held for you until 14:32" in shown.words("#hold"), path
        assert "Sold out" not in shown.words("main")
    assert shown.one("#hold-more")["data-hold-ask"] == str(13 * 60)
    assert customer.look("/delivery").page.select("#pay")


def test_more_time_is_given_once(linked: Linked, enter: Enter, session: Session, clock: Clock) -> None:
    clock.set(clock.now().replace(hour=13, minute=17, second=0))
    customer = at_delivery(enter, linked)
    customer.pay()
    page = customer.look("/delivery")
    assert "Held for you until 14:42" in customer.submit(page, "#hold-more").words("#hold")
    assert customer.page is not None
    assert not customer.page.page.select("#hold-more")
    assert "We can't keep it longer." in customer.submit(page, "#hold-more").words("#problem")
    assert session.scalars(select(Payment.started_until)).one() == clock.now() + reserving.WINDOW + reserving.EXTENSION


def test_when_it_ends_nothing_typed_is_lost(
        linked: Linked, enter: Enter, clock: Clock, session: Session) -> None:
    customer = at_delivery(enter, linked)
    customer.pay()
    clock.advance(reserving.SESSION + timedelta(seconds=1))
    shown = customer.look("/delivery")
    assert not shown.page.select("#hold")
    assert "Anna Svensson" in shown.words("#delivery-done")


def test_a_second_customer_is_told_when_to_try_again(
        linked: Linked, enter: Enter, session: Session, clock: Clock) -> None:
    clock.set(clock.now().replace(hour=13, minute=17, second=0))
    second = at_delivery(enter, linked)
    pay_page = second.page
    assert pay_page is not None
    first = at_delivery(enter, linked)
    first.pay()
    for shown in (enter(linked).look(), second.look(), second.submit(pay_page, "#pay-form")):
        assert shown.status_code == 200
        assert "A payment for this link is in progress" in shown.words("main")
        assert "try again at 14:37" in shown.words("main")
        assert shown.one("noscript meta[http-equiv=refresh]")["content"] == "10"
    assert session.scalars(select(Payment.status)).all() == ["created"]
    first.decide("cancel")
    first.confirm()
    assert "picked" in second.look().words("main")


def test_two_tabs_of_one_customer_start_one_payment(linked: Linked, enter: Enter, session: Session) -> None:
    """R11: pressing Pay in both is the same payment, and holds once."""
    customer = at_delivery(enter, linked)
    page = customer.page
    assert page is not None
    first, second = (customer.client.submit(page, "#pay-form").location for _ in range(2))
    assert first == second
    assert len(session.scalars(select(Payment)).all()) == 1
    assert session.scalars(select(Stock.held).where(Stock.held > 0)).all() == [1]


def test_who_paid_too_late_reads_that_all_of_it_comes_back(
        linked: Linked, enter: Enter, session: Session, shop: Shop) -> None:
    customer = at_delivery(enter, linked)
    customer.pay()
    links.revoke_link(session, session.get_one(CheckoutLink, linked.link.id), "", by=shop.agent.actor)
    session.commit()
    customer.decide("approve")
    shown = customer.confirm()
    assert "You get all of it back." in shown.words("#returning")
    assert "was not charged" not in shown.words("main")
    assert session.scalars(select(Payment.status)).all() == ["refund_pending"]


def test_who_pays_by_invoice_has_ordered_and_reads_how_to_pay(linked: Linked, enter: Enter, session: Session) -> None:
    customer = at_delivery(enter, linked)
    receipt = customer.pay(payment_method="invoice")
    assert customer.where == "/receipt"
    number = session.scalars(select(Invoice.number)).one()
    assert "Ordered. Thank you, Anna." in receipt.words("#order")
    assert number in receipt.words("#invoice")
    assert "please pay 1 019,00 kr by" in receipt.words("#invoice")
    assert "IBAN SE35 5000 0000 0549 1000 0003" in receipt.words("#bank-details")
    assert "You pay" in receipt.words("#totals")
    assert "aid" not in receipt.words("#order").replace("said", "")
    assert session.scalars(select(Order.status)).all() == ["placed"]
    assert "Ordered. Thank you" in customer.look().words("#order")


def test_each_way_keeps_to_its_budget(
        linked: Linked, enter: Enter, statements: Counting) -> None:
    customer = at_delivery(enter, linked)
    with statements(at_most=5):
        customer.look("/delivery")
    with statements(at_most=6):
        customer.look()
    page = customer.look("/delivery")
    with statements(at_most=30):
        customer.submit(page, "#pay-form", payment_method="invoice")


@pytest.mark.parametrize("limits", [(101_901, 10**9), (1, 101_899)])
def test_a_sum_a_way_to_pay_does_not_take_is_told_kindly_and_nothing_is_begun(
        linked: Linked, enter: Enter, session: Session, monkeypatch: pytest.MonkeyPatch,
        limits: tuple[int, int]) -> None:
    """V146: below what the provider charges at least, or above what it can."""
    customer = at_delivery(enter, linked)
    monkeypatch.setattr(TestGateway, "limits", lambda self, currency: limits)
    customer.pay()
    assert customer.page is not None
    assert customer.page.words("#problem") == (
        "This amount can't be paid that way. Choose another way, or ask the person who sent you this link.")
    assert session.scalars(select(Payment)).all() == []
    monkeypatch.undo()
    customer.pay()
    assert session.scalars(select(Payment.status)).all() == ["created"]
