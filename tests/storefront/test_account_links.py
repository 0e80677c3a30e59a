"""L-17 to L-28, A95: who opens an account's link buys on its behalf, with this checkout, and reads nothing of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout import behalf
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import tokens
from sales_portal.customers.models import Account
from sales_portal.history.models import Event
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

CRM_ID = "0011t00000AbCdEAAV"


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """A link of an account for as many of its people as like to buy; Nordmann Group is known."""
    make.account(session, "Nordmann Group", crm_id=CRM_ID)
    return make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True),
                     crm_account_id=CRM_ID, policy="reusable")


def orders(session: Session) -> list[Order]:
    session.rollback()
    return list(session.scalars(select(Order).order_by(Order.id)))


def copy_of(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession).order_by(CheckoutSession.id.desc())).first()  # type: ignore[return-value]


def test_l07_l25_several_people_order_and_all_of_it_hangs_on_one_owner(
        session: Session, linked: Linked, enter: Enter) -> None:
    for name in ("Anna Berg", "Jonas Ek"):
        buyer = enter(linked)
        buyer.give_details(name=name)
        assert buyer.buy().words("h1") == f"Paid. Thank you, {name.split()[0]}."
    owner = session.scalars(select(Account)).one()
    assert [(order.name, order.account_id) for order in orders(session)] == [
        ("Anna Berg", owner.id), ("Jonas Ek", owner.id)]
    told = session.scalars(select(Event.data).where(Event.name.in_(("visit.started", "order.placed"))))
    assert [fact["on_behalf_of"] for fact in told] == ["Nordmann Group"] * 4


def test_l22_a_copy_holds_a_grant_for_itself_alone_and_as_long_as_it_is_good(
        session: Session, linked: Linked, enter: Enter) -> None:
    enter(linked).go_on()
    copy = copy_of(session)
    grant = behalf.read(copy.on_behalf_of)
    assert grant == behalf.Grant(linked.link.account_id or 0, copy.public_id, copy.expires_at)
    other = tokens.seal(f"{linked.link.account_id} {tokens.new_public_id()} {copy.expires_at.isoformat()}",
                        behalf.PURPOSE)
    assert behalf.read(tokens.seal("1 a b", "receipt")) is None
    for foreign in (None, other, "nonsense"):
        copy.on_behalf_of = foreign
        with pytest.raises(behalf.NotOnBehalf):
            behalf.account_of(copy, linked.link)


@pytest.mark.parametrize("foreign", [None, "other"])
def test_l28_without_the_grant_there_is_no_order_rather_than_an_unlinked_one(
        session: Session, linked: Linked, enter: Enter, foreign: str | None) -> None:
    buyer = enter(linked)
    buyer.give_details()
    copy_of(session).on_behalf_of = foreign
    session.commit()
    buyer.pay()
    assert buyer.where == ""
    assert orders(session) == []


def test_l28_a_grant_lost_while_paying_gives_the_money_back(session: Session, linked: Linked, enter: Enter) -> None:
    buyer = enter(linked)
    buyer.decide("approve")
    copy_of(session).on_behalf_of = None
    session.commit()
    buyer.confirm()
    assert orders(session) == []
    refused = session.scalars(select(Event.data).where(Event.name == "order.refused")).one()
    assert refused["reason"] == "account"


def test_l22_a_copy_that_comes_back_after_a_day_gets_a_new_grant(
        session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    buyer = enter(linked)
    buyer.give_details()
    first = copy_of(session).on_behalf_of
    clock.advance(timedelta(hours=23))
    buyer.look()
    clock.advance(timedelta(hours=2))
    buyer.buy()
    assert copy_of(session).on_behalf_of != first
    assert [order.account_id for order in orders(session)] == [linked.link.account_id]


def test_a95_the_visit_opens_nothing_else_of_the_account(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    first = enter(linked)
    first.give_details(name="Anna Berg", email="anna.berg@example.com")
    first.buy()
    order = orders(session)[0]
    other = make.link(session, make.selection(session, shop, {shop.bag: 1}), crm_account_id=CRM_ID)
    colleague = enter(linked)
    colleague.go_on()
    for path in (f"/orders/{order.number}", f"/links/{other.link.number}", f"/customers/{shop.customer.number}",
                 "/orders", "/customers"):
        answer = colleague.client.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/login")
    assert colleague.look("/receipt").status_code == 200
    assert colleague.where == ""
    shown = colleague.client.get(other.path)
    for page in (colleague.look("/details"), colleague.look(), shown):
        for secret in ("Anna Berg", "anna.berg@example.com", order.number, "Nordmann Group", CRM_ID):
            assert secret not in page.text
    cookie = colleague.client.get_cookie("__Host-visit", domain="127.0.0.1") or colleague.client.get_cookie("visit")
    assert cookie is None or copy_of(session).on_behalf_of not in cookie.value


def test_l28_opening_one_where_customers_sign_in_says_why_and_whom_to_ask(
        session: Session, shop: Shop, linked: Linked, enter: Enter, client: Client) -> None:
    early, running = enter(linked), enter(linked)
    early.give_details()
    running.decide("approve")
    shop.site.requires_sign_in = True
    for path in ("", "/delivery", "/details", "/sign-in"):
        shown = early.look(path)
        assert (early.where, shown.status_code) == ("", 409)
        assert shown.words("h1") == "This offer can't be paid right now"
        assert "the order would not reach the account" in shown.text
        assert shown.words("#ask") == "Tell Maria"
    fresh = enter(linked)
    assert fresh.look().status_code == 409
    assert fresh.submit(fresh.look(), "#endings-next form").words("#asked").startswith("Maria has your message")
    assert orders(session) == []
    # What was authorised before is the account's all the same.
    running.confirm()
    assert [order.account_id for order in orders(session)] == [linked.link.account_id]


def test_l28_the_shop_of_one_that_cannot_be_bought_leads_to_the_page_that_says_why(
        session: Session, shop: Shop, enter: Enter) -> None:
    make.account(session, "Nordmann Group", crm_id=CRM_ID)
    anna = enter(make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True),
                           crm_account_id=CRM_ID, changes="more", may_add_products=True))
    anna.look("/shop")
    assert anna.where == "/shop"
    shop.site.requires_sign_in = True
    assert anna.look("/shop").status_code == 409
    assert anna.where == ""
