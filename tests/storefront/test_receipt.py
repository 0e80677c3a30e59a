"""The receipt: everything for the buyer, "paid" for everyone else."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.addresses import Addresses
from sales_portal.orders.models import Order, Subscription
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

SECRETS = ("Anna", "anna@", "Storgatan 1, 111", "Oak chair", "3 669,00", "O-500")


def mailed_path(session: Session) -> str:
    """The path of the address in the receipt mail."""
    session.rollback()
    return Addresses("").receipt_url(session.scalars(select(Order)).one().receipt_token_sealed)


def test_the_buyer_reads_number_items_totals_address_and_when_it_comes(
        session: Session, linked: Linked, enter: Enter) -> None:
    shown = enter(linked).buy()
    order = session.scalars(select(Order)).one()
    words = shown.words("main").replace("\u00a0", " ")
    assert shown.words("h1") == "Paid. Thank you, Anna."
    assert f"Order {order.number} ," in words
    assert "We sent the receipt to anna@example.com ." in words
    assert "Delivery with PostNord to the door: " in words
    assert "Oak chair, natural 2 × 1 200,00 2 400,00" in words
    assert "Incl. VAT 25 % 733,80 You paid 3 669,00 kr" in words
    assert "Delivered to Anna Svensson Storgatan 1 111 22 Stockholm Sweden" in words
    assert "Maria Lind" in shown.words("#agent")


def test_reloading_it_shows_it_again(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.buy()
    assert anna.look("/receipt").words("h1") == "Paid. Thank you, Anna."


def test_under_the_links_address_nobody_else_reads_it(linked: Linked, enter: Enter) -> None:
    enter(linked).buy()
    stranger = enter(linked)
    shown = stranger.look("/receipt")
    assert (stranger.where, shown.status_code) == ("", 410)
    assert not [secret for secret in SECRETS if secret in shown.text]


def test_the_mails_address_says_only_that_it_is_paid_until_its_button_is_pressed(
        session: Session, linked: Linked, enter: Enter, client: Client) -> None:
    enter(linked).buy()
    path = mailed_path(session)
    shown = client.get(path)
    assert shown.words("h1") == "This order is paid"
    assert not [secret for secret in SECRETS if secret in shown.text]
    answer = client.submit(shown, "form")
    assert (answer.status_code, answer.location) == (303, path)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-receipt=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=86400"} <= {
        part.strip() for part in cookie.split(";")}
    assert client.get(path).words("h1") == "Paid. Thank you, Anna."


def test_the_mails_address_opens_at_once_where_it_was_bought(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.buy()
    assert anna.client.get(mailed_path(session)).words("h1") == "Paid. Thank you, Anna."


def test_the_button_needs_a_form_of_this_receipt(
        session: Session, linked: Linked, enter: Enter, client: Client) -> None:
    enter(linked).buy()
    path = mailed_path(session)
    for token in ("", "stale", enter(linked).look().one("[name=form_token]")["value"]):
        answer = client.post(path, data={"form_token": token})
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers


def test_the_right_to_read_ends_after_a_day(
        session: Session, linked: Linked, enter: Enter, client: Client, clock: Clock) -> None:
    anna = enter(linked)
    anna.buy()
    clock.advance(hours=25)
    assert anna.look("/receipt").status_code == 410


@pytest.mark.parametrize("path", ["/receipts/", "/receipts/x"])
def test_an_address_no_mail_carried_is_unknown(linked: Linked, client: Client, path: str) -> None:
    assert client.get(path + "A" * 43).status_code == 404
    assert client.post(path + "A" * 43).status_code == 404


def test_what_is_not_delivered_names_its_buyer_only(session: Session, shop: Shop, enter: Enter) -> None:
    advice = make.product(session, "An hour of advice", kind="service", prices={shop.pricelist: 250_000})
    shown = enter(make.link(session, make.selection(session, shop, {advice: 1}))).buy()
    assert shown.words("#buyer") == "Bought by Anna Svensson"
    assert shown.words("#next") == (
        "What happens next There is nothing to wait for: Maria is in touch if anything is needed.")


@pytest.mark.parametrize(("trial_days", "word"), [(14, "free"), (0, "paid")])
def test_what_was_subscribed_to_says_until_when(
        session: Session, shop: Shop, enter: Enter, trial_days: int, word: str) -> None:
    plan = make.offer(session, trial_days=trial_days, prices={shop.pricelist: 19_900})
    anna = enter(make.link(session, make.selection(session, shop, {plan: 1})))
    shown = anna.submit(anna.go_on(), "#pay-form") if trial_days else anna.buy()
    until = session.scalars(select(Subscription.renews_on)).one()
    said = shown.words("#next")
    assert said.endswith(f"Care plan is {word} until {until.day} {until:%b %Y}.")
