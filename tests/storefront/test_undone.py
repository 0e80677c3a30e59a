"""What a customer reads once their order was undone: on the receipt, at its address in the mail, and by mail."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.addresses import Addresses
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order
from sales_portal.payments.models import TestIntent
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.undoing import SECRET, cancel, give_back
from tests.storefront.walking import Enter

Work = Callable[[], int]


def mail(session: Session, template: str) -> str:
    """The text of the one mail of that name."""
    found = session.scalars(select(Delivery).where(Delivery.template == template)).one()
    return messaging.display_body(found).text.replace("\xa0", " ")


def test_the_receipt_and_a_mail_tell_what_went_back(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work) -> None:
    anna = enter(linked)
    anna.buy()
    do_jobs()
    give_back(session, shop)
    do_jobs()
    refunds = anna.look("/receipt").words("#refunds").replace("\xa0", " ")
    assert "669,00 kr went back to you on" in refunds
    assert "Of what you paid, 3 000,00 kr is left." in refunds
    assert anna.look("/receipt").words("h1") == "Paid. Thank you, Anna."
    text = mail(session, "refunded")
    assert "669,00 kr of order O-5001 went back to you, the way you paid." in text
    assert SECRET not in text


def test_a_cancelled_order_says_so_and_that_the_money_goes_back(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work) -> None:
    anna = enter(linked)
    anna.buy()
    do_jobs()
    cancel(session, shop)
    session.commit()
    shown = anna.look("/receipt")
    assert shown.words("h1") == "This order was cancelled"
    assert "What you paid goes back the way you paid it" in shown.words("#refunds")
    assert not shown.page.select("#next")
    do_jobs()
    assert "That is all you paid." in anna.look("/receipt").words("#refunds")
    assert "What you paid goes back" in mail(session, "order-cancelled")
    assert "That is all you paid." in mail(session, "refunded")
    assert SECRET in mail(session, "agent-order-cancelled")
    assert SECRET not in mail(session, "order-cancelled") + shown.text


def test_before_the_money_was_taken_nobody_was_charged(
        session: Session, shop: Shop, linked: Linked, enter: Enter, client: Client, do_jobs: Work) -> None:
    anna = enter(linked)
    anna.buy()
    cancel(session, shop)
    do_jobs()
    assert "You haven’t been charged." in anna.look("/receipt").words("main")
    assert "You haven’t been charged." in mail(session, "order-cancelled")
    path = Addresses("").receipt_url(session.scalars(select(Order)).one().receipt_token_sealed)
    assert client.get(path).words("h1") == "This order was cancelled"
    assert client.submit(client.get(path), "form").status_code == 303
    assert client.get(path).words("h1") == "This order was cancelled"


def test_a_capture_that_failed_later_is_told_to_customer_and_agent(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work) -> None:
    """C60."""
    anna = enter(linked)
    anna.buy()
    session.scalars(select(TestIntent)).one().status = "cancelled"
    do_jobs()
    assert anna.look("/receipt").words("h1") == "This order was cancelled"
    assert "Your bank no longer let us take 3 669,00 kr" in mail(session, "order-cancelled")
    assert "Nothing was charged." in mail(session, "agent-order-cancelled")


@pytest.mark.parametrize(("language", "title"), [
    ("de", "Bestellung {} wurde storniert"), ("sv", "Order {} har avbeställts")])
def test_the_mail_speaks_the_customers_language(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work, language: str, title: str) -> None:
    enter(linked).buy()
    shop.site.languages, linked.link.language = f"en {language}", language
    session.commit()
    cancel(session, shop)
    do_jobs()
    number = session.scalars(select(Order)).one().number
    assert session.scalars(select(Delivery.title).where(Delivery.template == "order-cancelled")).one() == title.format(
        number)
