"""A link that waits for stock starts by itself when all of it is back, once, and its agent is told."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.automation import jobs as automation
from sales_portal.core import clock as portal_clock
from sales_portal.history import queries as history
from sales_portal.inventory import service as inventory
from sales_portal.links import queries as links
from sales_portal.links import service as life
from sales_portal.links.state import LinkState
from sales_portal.messaging import service as messaging
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.selections import lines, queries
from tests import make
from tests.automation.conftest import BASE_URL, mails
from tests.harness.time import Clock


@pytest.fixture
def waiting(portal: Session, shop: make.Shop, clock: Clock) -> make.Linked:
    """A link of three lamps on two lines, of which none is left."""
    clock.set(portal_clock.now())
    lamp = make.product(portal, "Oak lamp", sku="LAMP", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    selection = make.selection(portal, shop, {lamp: 2})
    make.line(portal, selection, lamp, 1, special_price=90_00)
    for line in queries.list_lines(portal, selection.id):
        lines.keep_for_later(portal, selection, line.id, is_kept=True, by=shop.agent.actor)
    made = make.link(portal, selection)
    for topic, seconds in automation.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()
    return made


def receive(session: Session, shop: make.Shop, linked: make.Linked, quantity: int) -> None:
    """So many lamps come in, or go where it is less than none."""
    inventory.adjust(session, _lamp(session, linked), shop.warehouse.id, quantity, by=shop.agent.actor)
    session.commit()


def _lamp(session: Session, linked: make.Linked) -> int:
    variant_id = links.list_lines(session, linked.link.id)[0].variant_id
    assert variant_id is not None
    return variant_id


def state_after_a_minute(session: Session, linked: make.Linked, worker: Loop, clock: Clock) -> LinkState:
    clock.set(portal_clock.now() + timedelta(minutes=1))
    worker.run_once()
    session.refresh(linked.link)
    found = linked.link.state(portal_clock.now())
    session.rollback()
    return found


def test_it_starts_when_there_is_enough_for_all_its_lines(
        portal: Session, shop: make.Shop, waiting: make.Linked, worker: Loop, clock: Clock) -> None:
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.SCHEDULED
    receive(portal, shop, waiting, 2)
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.SCHEDULED
    assert not mails(portal)
    receive(portal, shop, waiting, 1)
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.ACTIVE
    told = mails(portal)["agent-back-in-stock"]
    assert (told.recipient, told.title) == (
        "maria@demo.example", f"Everything on {waiting.link.number} is in stock again")
    assert f"{BASE_URL}/links/{waiting.link.number}" in messaging.display_body(told).text.splitlines()
    assert [fact.name for fact in portal.scalars(history.list_timeline(waiting.link))].count("link.stocked") == 1


def test_it_starts_once_whatever_is_sold_afterwards(
        portal: Session, shop: make.Shop, waiting: make.Linked, worker: Loop, clock: Clock) -> None:
    receive(portal, shop, waiting, 3)
    state_after_a_minute(portal, waiting, worker, clock)
    receive(portal, shop, waiting, -3)
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.ACTIVE
    assert set(mails(portal)) == {"agent-back-in-stock"}


def test_one_that_has_ended_starts_no_more(
        portal: Session, shop: make.Shop, waiting: make.Linked, worker: Loop, clock: Clock) -> None:
    clock.set(portal_clock.now() + timedelta(days=31))
    receive(portal, shop, waiting, 3)
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.EXPIRED
    assert not mails(portal)
    assert "link.stocked" not in [fact.name for fact in portal.scalars(history.list_timeline(waiting.link))]


def test_one_on_hold_starts_and_its_agent_reads_that_it_is_still_closed(
        portal: Session, shop: make.Shop, waiting: make.Linked, worker: Loop, clock: Clock) -> None:
    life.pause_link(portal, waiting.link, by=shop.agent.actor)
    receive(portal, shop, waiting, 3)
    assert state_after_a_minute(portal, waiting, worker, clock) is LinkState.PAUSED
    text = messaging.display_body(mails(portal)["agent-back-in-stock"]).text
    assert "The link is on hold: open it again when you like." in text
    assert "can buy it from now on" not in text
