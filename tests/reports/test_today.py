"""Today's figures: counted from history, for the agents asked about, in one statement."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core.money import Money
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.reports import queries
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop

MORNING = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


@pytest.fixture
def shop(session: Session, clock: Clock) -> Shop:
    """Maria's shop at noon."""
    clock.set(MORNING + timedelta(hours=12))
    return make.shop(session)


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """A link of one bag, made today."""
    return make.link(session, make.selection(session, shop, {shop.bag: 1}))


def today(session: Session, person: Staff) -> queries.Today:
    """The figures of one agent since midnight."""
    return queries.today(session, MORNING, select(Staff.id).where(Staff.id == person.id))


def test_nothing_happened_yet(session: Session, shop: Shop) -> None:
    assert today(session, shop.agent) == queries.Today(0, 0, 0, ())


def test_a_link_counts_once_however_often_it_was_sent_copied_and_opened(
        session: Session, shop: Shop, linked: Linked) -> None:
    for name in (EventName.LINK_SENT, EventName.LINK_COPIED, EventName.LINK_OPENED, EventName.LINK_OPENED):
        history.record(session, name, linked.link, by=shop.agent.actor)
    assert today(session, shop.agent) == queries.Today(1, 1, 0, ())


def test_midnight_itself_is_today_and_the_moment_before_is_not(
        session: Session, shop: Shop, linked: Linked, clock: Clock) -> None:
    clock.set(MORNING - timedelta(microseconds=1))
    history.record(session, EventName.LINK_SENT, linked.link, by=shop.agent.actor)
    clock.set(MORNING)
    history.record(session, EventName.LINK_OPENED, linked.link, by=shop.agent.actor)
    assert today(session, shop.agent) == queries.Today(0, 1, 0, ())


def test_an_order_counts_with_its_amount(session: Session, shop: Shop, linked: Linked) -> None:
    make.order(session, linked)
    found = today(session, shop.agent)
    assert (found.paid, found.amounts) == (1, (Money(36900, "SEK"),))


def test_what_others_did_is_not_counted(session: Session, shop: Shop, linked: Linked) -> None:
    ben = make.staff(session, "Ben Okoro", site=shop.site)
    history.record(session, EventName.LINK_SENT, linked.link, by=shop.agent.actor)
    make.order(session, linked)
    assert today(session, ben) == queries.Today(0, 0, 0, ())
