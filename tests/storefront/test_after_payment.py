"""What the agent wants after the payment: words on the receipt, or a page of another site."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock as portal_clock
from sales_portal.orders.models import Order
from tests import make
from tests.harness.time import Clock
from tests.make import Shop
from tests.storefront.walking import Enter


def test_the_agents_own_words_stand_on_the_receipt(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                       after_message="See you on Monday.\n<b>Bring the key.</b>")
    shown = enter(linked).buy()
    assert shown.words("#after-message") == "See you on Monday. <b>Bring the key.</b>"
    assert "Refresh" not in shown.headers


def test_after_the_receipt_another_page_opens_with_its_placeholders_filled(
        session: Session, shop: Shop, enter: Enter, clock: Clock) -> None:
    """P-24: `{CHECKOUT_ID}` is the id of the customer's copy."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                       after_url="https://shop.example/thanks?order={order}&checkout={CHECKOUT_ID}")
    anna = enter(linked)
    shown = anna.buy()
    session.rollback()
    order, visit = session.scalars(select(Order)).one(), session.scalars(select(CheckoutSession)).one()
    url = f"https://shop.example/thanks?order={order.number}&checkout={visit.public_id}"
    assert shown.words("h1") == "Paid. Thank you, Anna."
    assert shown.headers["Refresh"] == f"3; url={url}"
    link = shown.one("#after-url a")
    assert (link["href"], link.get_text()) == (url, "shop.example")
    back = anna.look()
    assert "Refresh" not in back.headers
    clock.set(portal_clock.now() + timedelta(minutes=11))
    later = anna.look("/receipt")
    assert "Refresh" not in later.headers
    assert later.one("#after-url a")["href"] == url


def test_nobody_else_is_led_on(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), after_url="https://shop.example/")
    enter(linked).buy()
    stranger = enter(linked).look("/receipt")
    assert "Refresh" not in stranger.headers
    assert "shop.example" not in stranger.get_data(as_text=True)


def test_the_links_language_writes_amounts_and_dates(session: Session, shop: Shop, enter: Enter) -> None:
    """English as the chosen country writes it, whatever the market."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), language="en_US")
    assert "1,259.00" in enter(linked).look().words("#totals")
