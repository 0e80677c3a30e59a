"""Everybody a link is given to has an address of their own, always the same; it is one offer all the same."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from sales_portal.links import opening, recipients, sending
from sales_portal.links import queries as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.opening import Opener
from sales_portal.messaging import service as messaging
from tests import make
from tests.harness.time import Clock

URLS = Addresses("https://pay.example")


@pytest.fixture
def linked(session: Session) -> make.Linked:
    """A link of Maria's for Anna."""
    shop = make.shop(session)
    return make.link(session, make.selection(session, shop, {shop.chair: 2}))


def mailed(session: Session, linked: make.Linked, to: str) -> str:
    """The URL in a mail to `to`."""
    mail = sending.send_link(session, linked.link, to=to, to_name="", urls=URLS, by=linked.link.agent.actor)
    return str(messaging.unsealed_url(mail))


def test_a_resend_carries_the_same_url_and_nobody_shares_one(session: Session, linked: make.Linked) -> None:
    """A-38, A-39, T110, mission §3 row 12."""
    people = ("anna@example.com", "bo@example.com", "cilla@example.com")
    first = [mailed(session, linked, to) for to in people]
    assert [mailed(session, linked, to.upper()) for to in people] == first
    assert len(set(first)) == 3
    assert len(recipients.list_addresses(session, linked.link)) == 3


def test_whom_it_was_made_for_takes_the_address_it_was_born_with(session: Session, linked: make.Linked) -> None:
    boss = mailed(session, linked, "boss@example.com")
    assert linked.token not in boss
    assert mailed(session, linked, "anna@example.com") == f"https://pay.example{linked.path}"


def test_one_for_anyone_gives_it_to_whoever_is_mailed_first(session: Session) -> None:
    shop = make.shop(session)
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    assert mailed(session, made, "bo@example.com") == f"https://pay.example{made.path}"
    assert mailed(session, made, "anna@example.com") != f"https://pay.example{made.path}"


def test_all_of_them_lead_to_one_link(session: Session, linked: make.Linked) -> None:
    """One order all the same: locks and policy stay on the link (amendment 10)."""
    for to in ("anna@example.com", "bo@example.com"):
        public_id, token = mailed(session, linked, to).split("/")[-2:]
        found = links.find_link(session, public_id, token)
        assert found is not None
        assert found.id == linked.link.id


def test_who_opened_it_is_known_for_each(session: Session, linked: make.Linked, clock: Clock) -> None:
    mailed(session, linked, "anna@example.com")
    bo = mailed(session, linked, "bo@example.com").split("/")[-2]
    at = clock.set(datetime(2026, 11, 24, 9, 12, tzinfo=UTC))
    for mark in ("mark-1", "mark-2", "mark-2"):
        opening.note_opened(session, linked.link, Opener(mark, bo))
    seen = opening.read_seen(session, linked.link, recipients.list_addresses(session, linked.link))
    assert [(one.recipient, one.first_at, one.times) for one in seen.opened] == [
        ("anna@example.com", None, 0), ("bo@example.com", at, 2)]
