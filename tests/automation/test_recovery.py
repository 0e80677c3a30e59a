"""One mail after a day to who left the checkout, where the site wants that; never to who paid or wants no more."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.automation import reminding
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock as portal_clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import notices
from sales_portal.links import service as links
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from tests import make
from tests.automation.conftest import BASE_URL
from tests.harness.time import Clock


@pytest.fixture
def left(portal: Session, shop: make.Shop, clock: Clock) -> make.Linked:
    """A link whose customer gave their details and left; the site writes to such people."""
    clock.set(portal_clock.now())
    shop.site.sends_recovery_mail = True
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}))
    make.visit(portal, made, email="Anna.S@example.com")
    for topic, seconds in reminding.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()
    return made


def after(portal: Session, worker: Loop, clock: Clock, **parts: float) -> list[Delivery]:
    """The recovery mails there are once so much time went by."""
    portal.commit()
    clock.advance(**parts)
    while worker.run_once():
        pass
    portal.expire_all()
    found = list(portal.scalars(select(Delivery).where(Delivery.template == "checkout-recovery")))
    portal.rollback()
    return found


def test_who_left_is_written_to_once_after_a_day_with_the_durable_link(
        portal: Session, left: make.Linked, worker: Loop, clock: Clock) -> None:
    """Brief §4.9."""
    assert after(portal, worker, clock, hours=23) == []
    (mail,) = after(portal, worker, clock, hours=2)
    assert mail.recipient == "Anna.S@example.com"
    assert mail.body_text.startswith("Hello Anna,\n")
    url, stop = messaging.unsealed_url(mail), messaging.unsealed_stop_url(mail)
    assert url is not None
    assert url.startswith(f"{BASE_URL}/selection/")
    assert stop == f"{url}/no-thanks"
    assert len(after(portal, worker, clock, days=3)) == 1


def test_two_visits_of_one_person_are_one_mail(
        portal: Session, left: make.Linked, worker: Loop, clock: Clock) -> None:
    make.visit(portal, left, email="anna.s@example.com")
    make.visit(portal, left, email="bo@example.com")
    assert sorted(mail.recipient.lower() for mail in after(portal, worker, clock, hours=25)) == [
        "anna.s@example.com", "bo@example.com"]


@pytest.mark.parametrize("why", ["not wanted", "paid", "paying", "revoked", "paused", "declined", "long ago"])
def test_nobody_is_written_to_who_has_nothing_to_come_back_for(
        portal: Session, shop: make.Shop, left: make.Linked, worker: Loop, clock: Clock, why: str) -> None:
    if why == "not wanted":
        shop.site.sends_recovery_mail = False
    elif why == "paid":
        make.order(portal, left)
    elif why == "paying":
        make.payment(portal, portal.scalars(select(CheckoutSession)).one())
    elif why == "revoked":
        links.revoke_link(portal, left.link, "", by=SYSTEM)
    elif why == "paused":
        links.pause_link(portal, left.link, by=SYSTEM)
    elif why == "declined":
        assert notices.say_once(portal, left.link, notices.DECLINED, "anna@example.com")
    hours = 24 * 8 if why == "long ago" else 25
    assert after(portal, worker, clock, hours=hours) == []
