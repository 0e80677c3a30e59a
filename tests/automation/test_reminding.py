"""What time says about a link: to its customers and its agent, each thing once, and never about one paid or dead."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from sales_portal.automation import reminding
from sales_portal.core import clock as portal_clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import notices, opening, sending
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.links.opening import Opener
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from tests import make
from tests.automation.conftest import BASE_URL
from tests.harness.time import Clock

URLS = Addresses(BASE_URL)


@pytest.fixture
def sent(portal: Session, shop: make.Shop, worker: Loop, clock: Clock) -> make.Linked:
    """A link that ends in 30 days, mailed to Anna and Bo, and everything that time does."""
    at = clock.set(portal_clock.now())
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}, customer_note="As promised."),
                     expires_at=at + timedelta(days=30), label="Bags")
    portal.refresh(made.link, ["agent", "site", "market"])
    for to, name in (("anna@example.com", "Anna Svensson"), ("bo@example.com", "Bo Ek")):
        sending.send_link(portal, made.link, to=to, to_name=name, urls=URLS, by=shop.agent.actor)
    for topic, seconds in reminding.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()
    pass_time(worker)
    return made


def pass_time(worker: Loop) -> None:
    while worker.run_once():
        pass


def after(portal: Session, worker: Loop, clock: Clock, **parts: float) -> list[Delivery]:
    """The mails nobody wrote, once so much time went by."""
    portal.commit()
    clock.advance(**parts)
    pass_time(worker)
    portal.expire_all()
    found = portal.scalars(select(Delivery).where(Delivery.template != "link-ready").order_by(Delivery.id)).all()
    portal.rollback()
    return list(found)


def named(mails: list[Delivery], template: str) -> list[str]:
    return [mail.recipient for mail in mails if mail.template == template]


def test_its_customers_are_reminded_once_two_days_before_the_end(
        portal: Session, sent: make.Linked, worker: Loop, clock: Clock) -> None:
    """Mission §3 row 3, brief §8.3."""
    assert after(portal, worker, clock, days=27, hours=23) == []
    reminded = after(portal, worker, clock, hours=2)
    assert named(reminded, "link-expiring") == ["anna@example.com", "bo@example.com"]
    (anna, bo) = reminded
    assert anna.title.startswith("Your selection ends on")
    assert anna.sender_name == "Maria at Nordic Home"
    assert messaging.unsealed_url(anna) == f"{BASE_URL}{sent.path}"
    assert messaging.unsealed_stop_url(anna) == f"{BASE_URL}{sent.path}/no-thanks"
    assert messaging.unsealed_url(bo) not in (None, f"{BASE_URL}{sent.path}")
    assert named(after(portal, worker, clock, hours=20), "link-expiring") == ["anna@example.com", "bo@example.com"]


def test_its_agent_is_told_the_day_before_and_again_of_a_later_end(
        portal: Session, shop: make.Shop, sent: make.Linked, worker: Loop, clock: Clock) -> None:
    assert named(after(portal, worker, clock, days=28, hours=23), "agent-link-expiring") == []
    told = after(portal, worker, clock, hours=2)
    assert named(told, "agent-link-expiring") == ["maria@demo.example"]
    assert f"Extend {sent.link.number}:" in told[-1].body_text
    assert messaging.unsealed_url(told[-1]) == f"{BASE_URL}/links/{sent.link.number}"
    portal.refresh(sent.link, ["site"])
    links.extend_link(portal, sent.link, portal_clock.now() + timedelta(days=7), by=shop.agent.actor)
    assert len(named(after(portal, worker, clock, days=3), "agent-link-expiring")) == 1
    later = after(portal, worker, clock, days=3, hours=6)
    assert len(named(later, "agent-link-expiring")) == 2
    assert len(named(later, "link-expiring")) == 2


@pytest.mark.parametrize("end", ["paid", "revoked", "paused", "declined", "never", "mailed again"])
def test_nobody_is_reminded_where_there_is_nothing_to_be_reminded_of(
        portal: Session, shop: make.Shop, sent: make.Linked, worker: Loop, clock: Clock, end: str) -> None:
    after(portal, worker, clock, days=27, hours=20)
    portal.refresh(sent.link, ["agent", "site", "market"])
    if end == "paid":
        make.order(portal, sent)
    elif end == "revoked":
        links.revoke_link(portal, sent.link, "", by=SYSTEM)
    elif end == "paused":
        links.pause_link(portal, sent.link, by=SYSTEM)
    elif end == "declined":
        assert notices.say_once(portal, sent.link, notices.DECLINED, "bo@example.com")
    elif end == "never":
        shop.site.reminds_days_before = None
    else:
        sending.send_link(portal, sent.link, to="anna@example.com", to_name="Anna", urls=URLS, by=shop.agent.actor)
    assert named(after(portal, worker, clock, hours=10), "link-expiring") == []


def test_a_link_that_was_only_copied_reminds_nobody(
        portal: Session, shop: make.Shop, sent: make.Linked, worker: Loop, clock: Clock) -> None:
    copied = make.link(portal, make.selection(portal, shop, {shop.bag: 1}),
                       expires_at=portal_clock.now() + timedelta(days=20))
    told = after(portal, worker, clock, days=19, hours=12)
    assert [(mail.template, mail.subject_id) for mail in told] == [("agent-link-expiring", copied.link.id)]


def test_the_agent_is_told_once_that_a_customer_opened_it(
        portal: Session, sent: make.Linked, worker: Loop, clock: Clock) -> None:
    """Mission §3 row 2: first opening only, never to the customer."""
    opening.note_opened(portal, sent.link, Opener("mark-1", _address_of(portal, "bo@example.com")))
    (told,) = after(portal, worker, clock, minutes=2)
    assert (told.template, told.recipient, told.title) == (
        "agent-link-opened", "maria@demo.example", f"bo@example.com opened {sent.link.number}")
    opening.note_opened(portal, sent.link, Opener("mark-2", sent.public_id))
    assert len(after(portal, worker, clock, minutes=2)) == 1


@pytest.mark.parametrize("why", ["opted out", "revoked", "left", "paid"])
def test_nobody_is_told_of_an_opening_who_does_not_want_it_or_need_it(
        portal: Session, shop: make.Shop, sent: make.Linked, worker: Loop, clock: Clock, why: str) -> None:
    opening.note_opened(portal, sent.link, Opener("mark-1", sent.public_id))
    if why == "opted out":
        shop.agent.preferences = {"tells_opened": False}
    elif why == "revoked":
        links.revoke_link(portal, sent.link, "", by=SYSTEM)
    elif why == "left":
        shop.agent.is_active = False
    else:
        make.order(portal, sent)
    assert named(after(portal, worker, clock, minutes=2), "agent-link-opened") == []


def test_what_another_worker_says_already_is_not_said_again(
        engine: Engine, portal: Session, sent: make.Linked) -> None:
    """Both have read that it is due before either says so; the table decides."""
    key = sent.link.id
    assert notices.say_once(portal, sent.link, notices.REMINDED)
    portal.commit()
    with Session(engine) as other:
        theirs = other.get_one(CheckoutLink, key)
        assert not notices.say_once(other, theirs, notices.REMINDED)
        assert notices.say_once(other, theirs, notices.OPENED)


def _address_of(session: Session, recipient: str) -> str:
    return session.scalars(select(LinkAddress.public_id).where(LinkAddress.recipient == recipient)).one()
