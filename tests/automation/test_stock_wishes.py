"""*Tell me when they're back* really tells: one mail, once, when it can be bought again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.automation import jobs as automation
from sales_portal.core import clock as portal_clock
from sales_portal.inventory import service as inventory
from sales_portal.links import service as life
from sales_portal.links import waiting
from sales_portal.links.notice_models import StockWish
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from tests import make
from tests.automation.conftest import BASE_URL
from tests.harness.time import Clock
from tests.make import Linked, Shop


@pytest.fixture
def wished(portal: Session, shop: Shop, clock: Clock) -> Linked:
    """A link of two caps that sold out, whose customer wants to know when they are back."""
    clock.set(portal_clock.now())
    made = make.link(portal, make.selection(portal, shop, {shop.chair: 1, shop.cap: 1}))
    inventory.set_on_hand(portal, shop.cap.id, shop.warehouse.id, 0, by=shop.agent.actor)
    waiting.wish_for_stock(portal, made.link, "anna@example.com", "Anna Svensson")
    for topic, seconds in automation.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()
    return made


def told(session: Session, worker: Loop, clock: Clock) -> list[Delivery]:
    """The mails of that kind after another minute."""
    clock.advance(minutes=1)
    worker.run_once()
    session.rollback()
    return list(session.scalars(select(Delivery).where(Delivery.template == "back-in-stock").order_by(Delivery.id)))


def receive(session: Session, shop: Shop, quantity: int) -> None:
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, quantity, by=shop.agent.actor)
    session.commit()


def test_the_customer_is_told_once_with_the_way_to_the_offer(
        portal: Session, shop: Shop, wished: Linked, worker: Loop, clock: Clock) -> None:
    assert told(portal, worker, clock) == []
    receive(portal, shop, 5)
    (mail,) = told(portal, worker, clock)
    assert (mail.recipient, mail.title) == ("anna@example.com", "What you waited for is back")
    assert messaging.unsealed_url(mail) == f"{BASE_URL}{wished.path}"
    assert portal.scalars(select(StockWish.told_at)).one() is not None
    receive(portal, shop, 0)
    receive(portal, shop, 5)
    assert len(told(portal, worker, clock)) == 1


def test_who_asks_anew_is_told_anew(
        portal: Session, shop: Shop, wished: Linked, worker: Loop, clock: Clock) -> None:
    receive(portal, shop, 5)
    told(portal, worker, clock)
    waiting.wish_for_stock(portal, wished.link, "Anna@example.com", "")
    portal.commit()
    assert len(told(portal, worker, clock)) == 2


@pytest.mark.parametrize("end", ["revoked", "paused", "expired"])
def test_nobody_is_told_of_a_link_that_cannot_be_bought(
        portal: Session, shop: Shop, wished: Linked, worker: Loop, clock: Clock, end: str) -> None:
    if end == "revoked":
        life.revoke_link(portal, wished.link, "", by=shop.agent.actor)
    elif end == "paused":
        life.pause_link(portal, wished.link, by=shop.agent.actor)
    else:
        wished.link.expires_at = portal_clock.now() + timedelta(seconds=30)
    receive(portal, shop, 5)
    assert told(portal, worker, clock) == []


def test_with_one_of_several_to_pick_one_that_is_there_is_enough(
        portal: Session, shop: Shop, wished: Linked, worker: Loop, clock: Clock) -> None:
    receive(portal, shop, 1)
    choice = make.link(portal, make.selection(portal, shop, {shop.cap: 1, shop.bag: 1}), changes="pick_one")
    receive(portal, shop, 0)
    inventory.set_on_hand(portal, shop.bag.id, shop.warehouse.id, 0, by=shop.agent.actor)
    waiting.wish_for_stock(portal, choice.link, "bo@example.com", "")
    portal.commit()
    assert told(portal, worker, clock) == []
    inventory.set_on_hand(portal, shop.bag.id, shop.warehouse.id, 1, by=shop.agent.actor)
    portal.commit()
    assert [mail.recipient for mail in told(portal, worker, clock)] == ["bo@example.com"]
