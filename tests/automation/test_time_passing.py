"""What happens by itself: links and visits end when their time is over."""

from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.automation import jobs as automation
from sales_portal.core import clock as portal_clock
from sales_portal.links.addresses import Addresses
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from tests import make
from tests.harness.time import Clock


def test_links_and_visits_whose_time_is_over_end_by_themselves(
        portal: Session, shop: make.Shop, worker: Loop, clock: Clock) -> None:
    at = clock.set(portal_clock.now())
    linked = make.link(portal, make.selection(portal, shop, {shop.bag: 1}), expires_at=at + timedelta(days=30))
    visit = make.claim(portal, linked).visit
    for topic, seconds in automation.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()

    worker.run_once()
    portal.refresh(linked.link)
    assert linked.link.status == "active"
    portal.rollback()

    clock.set(at + timedelta(days=30))
    worker.run_once()
    portal.refresh(linked.link)
    portal.refresh(visit)
    assert (linked.link.status, visit.status) == ("expired", "expired")


def test_everything_periodic_has_a_handler() -> None:
    assert set(automation.PERIODIC) <= set(automation.handlers(Addresses("")))
