"""A link that asks a deposit: what is paid now and later is said on every page, and the rest is paid on the receipt."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.addresses import Addresses
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop
from tests.storefront.undoing import cancel
from tests.storefront.walking import Customer, Enter

Work = Callable[[], int]
SAID = "You pay 1 000,00 kr now and 1 769,00 kr later."


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """Two chairs and a bag with free delivery; 1 000 kr of them are paid first."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}), deposit_amount=100_000)
    session.commit()
    return made


@pytest.fixture
def anna(linked: Linked, enter: Enter) -> Customer:
    return enter(linked)


def plain(shown: Answer, where: str) -> str:
    return shown.words(where).replace("\u00a0", " ")


def statuses(session: Session) -> list[tuple[str, str, int]]:
    session.rollback()
    columns = (Payment.purpose, Payment.status, Payment.amount)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Payment.id))]  # type: ignore[misc]


def mails(session: Session, template: str) -> list[str]:
    session.rollback()
    found = session.scalars(select(Delivery).where(Delivery.template == template).order_by(Delivery.id))
    return [f"{one.title}\n{messaging.display_body(one).text}".replace("\u00a0", " ") for one in found]


def pay(anna: Customer, decision: str = "approve") -> Answer:
    """*Pay the balance* and what the customer decides at the provider; ends where that leads."""
    anna.submit(anna.look("/receipt"), "#balance-form")
    return anna.decide(decision)


def test_both_parts_are_said_before_paying(anna: Customer) -> None:
    first = anna.look()
    assert plain(first, "#deposit") == SAID
    shown = anna.give_details()
    total = plain(shown, "#totals")
    assert "Total" in total
    now = plain(shown, "#deposit")
    assert now.startswith("You pay 1 000,00 kr now and ")
    assert plain(shown, "#pay") .startswith("Pay 1 000,00 kr")


def test_a_link_without_a_deposit_says_nothing_of_it(session: Session, shop: Shop, enter: Enter) -> None:
    plain_link = make.link(session, make.selection(session, shop, {shop.chair: 2}))
    session.commit()
    shown = enter(plain_link).look()
    assert shown.page.select("#deposit") == []
    assert "You pay" in shown.words("#totals")


def test_the_provider_is_asked_for_the_deposit_and_the_receipt_for_the_rest(
        session: Session, anna: Customer, do_jobs: Work) -> None:
    shown = anna.buy()
    assert shown.words("h1") == "Deposit paid. Thank you, Anna."
    assert plain(shown, "#balance").startswith("Still to pay You paid 1 000,00 kr as a deposit; ")
    assert plain(shown, ".receipt-total") == "1 000,00 kr"
    assert "You can pay the rest here" in shown.words("#balance")
    assert shown.page.select("#pay-balance") == []
    do_jobs()
    rest = session.scalars(select(Order.outstanding_amount)).one()
    written = f"{rest // 100:,}".replace(",", " ") + ",00 kr"
    shown = anna.look("/receipt")
    assert plain(shown, "#balance p") == f"You paid 1 000,00 kr as a deposit; {written} is still to pay."
    assert plain(shown, "#pay-balance").startswith(f"Pay the balance {written}")
    (told,) = mails(session, "receipt")
    assert told.startswith("Deposit paid: order O-5001")
    assert f"{written} is still to pay" in told
    assert "/receipts/" in told
    assert "paid 1 000,00 kr of " in mails(session, "agent-paid")[0].replace("SEK ", "")


def test_the_balance_is_paid_under_the_link_and_told_by_mail(
        session: Session, anna: Customer, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    back = pay(anna)
    assert back.words("h1") == "Checking your payment…"
    assert anna.confirm().words("h1") == "Deposit paid. Thank you, Anna."
    assert "Your payment is on its way." in anna.look("/receipt").words("#balance")
    do_jobs()
    shown = anna.look("/receipt")
    assert shown.words("h1") == "Paid. Thank you, Anna."
    assert shown.page.select("#balance") == []
    assert [row[:2] for row in statuses(session)] == [("deposit", "captured"), ("balance", "captured")]
    assert [mail.partition("\n")[0] for mail in mails(session, "receipt")] == [
        "Deposit paid: order O-5001", "Paid: order O-5001"]


def test_a_balance_the_way_to_pay_does_not_take_is_told_and_nothing_is_begun(
        session: Session, anna: Customer, do_jobs: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """V146: its deposit was taken, and what is left is too much for the provider."""
    anna.buy()
    do_jobs()
    monkeypatch.setattr(TestGateway, "limits", lambda self, currency: (1, 100_000))
    shown = anna.submit(anna.look("/receipt"), "#balance-form")
    assert shown.words("#problem").startswith("This amount can't be paid that way.")
    assert [row[:2] for row in statuses(session)] == [("deposit", "captured")]


def test_the_balance_is_paid_by_the_address_of_the_mail(
        session: Session, anna: Customer, client: Client, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    path = mailed_path(session)
    closed = client.get(path)
    assert closed.words("h1") == "The deposit of this order is paid"
    client.submit(closed, "form")
    page = client.submit(client.get(path), "#balance-form")
    session.rollback()
    bank = client.get(urlsplit(page.location).path)
    led = client.submit(bank, ".bank-form", decision="approve")
    assert urlsplit(led.location).path == f"{path}/balance"
    shown = client.get(f"{path}/balance")
    assert shown.words("h1") == "Checking your payment…"
    assert client.submit(shown, "form").location == path
    do_jobs()
    assert client.get(path).words("h1") == "Paid. Thank you, Anna."
    assert client.get(f"{path}/balance").location == path


def mailed_path(session: Session) -> str:
    session.rollback()
    return Addresses("").receipt_url(session.scalars(select(Order)).one().receipt_token_sealed)


def test_a_stranger_who_holds_an_address_pays_nothing_with_it(
        session: Session, linked: Linked, anna: Customer, enter: Enter, client: Client, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    path = mailed_path(session)
    for there in (f"{path}/balance", f"{path}/balance/confirmation"):
        assert client.post(there, data={"form_token": "stale"}).status_code == 400
    token = client.get(path).one("[name=form_token]")["value"]
    for there in (f"{path}/balance", f"{path}/balance/confirmation"):
        assert client.post(there, data={"form_token": token}).location == path
    assert client.get(f"{path}/balance").location == path
    assert client.get(f"{path}/balance/stripe").location == path
    assert [row[0] for row in statuses(session)] == ["deposit"]


def test_a_declined_balance_says_so_and_can_be_tried_again(
        session: Session, anna: Customer, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    pay(anna, "decline")
    shown = anna.confirm()
    assert anna.where == "/receipt"
    assert "Your bank said no." in shown.words("#declined")
    pay(anna)
    anna.confirm()
    assert [row[1] for row in statuses(session)] == ["captured", "declined", "capturing"]


def test_pressing_again_goes_on_with_the_same_payment(session: Session, anna: Customer, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    shown = anna.look("/receipt")
    first = anna.client.submit(shown, "#balance-form")
    second = anna.client.submit(shown, "#balance-form")
    assert first.location == second.location
    assert len(statuses(session)) == 2


def test_a_page_that_is_behind_leads_back_to_the_receipt(
        session: Session, shop: Shop, anna: Customer, do_jobs: Work) -> None:
    anna.buy()
    do_jobs()
    shown = anna.look("/receipt")
    cancel(session, shop)
    session.commit()
    after = anna.submit(shown, "#balance-form")
    assert (anna.where, after.words("h1")) == ("/receipt", "This order was cancelled")
    assert "What you paid goes back" in after.words("#refunds")
    do_jobs()
    assert "1 000,00 kr went back to you" in plain(anna.look("/receipt"), "#refunds")


def test_who_has_not_bought_has_no_balance(linked: Linked, anna: Customer) -> None:
    anna.go_on()
    answer = anna.post("/balance")
    assert (answer.status_code, urlsplit(answer.location).path) == (303, linked.path)
