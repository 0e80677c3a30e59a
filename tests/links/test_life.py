"""Withdrawing, extending, pausing and ending links."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.links import service
from sales_portal.links.errors import LinkEnded
from sales_portal.links.state import LinkState
from tests import make
from tests.harness.time import Clock


@pytest.fixture
def linked(session: Session) -> make.Linked:
    shop = make.shop(session)
    return make.link(session, make.selection(session, shop, {shop.chair: 1}))


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Event.name).where(Event.subject_type == "checkout_links").order_by(Event.id)))


def test_a_revoked_link_is_dead_and_cannot_be_revoked_again(
        session: Session, linked: make.Linked, clock: Clock) -> None:
    by = linked.link.agent.actor
    service.revoke_link(session, linked.link, " wrong price ", by=by)
    assert linked.link.state(clock.now()) is LinkState.REVOKED
    assert linked.link.revoked_reason == "wrong price"
    with pytest.raises(LinkEnded, match=f"{linked.link.number} is revoked already"):
        service.revoke_link(session, linked.link, "again", by=by)
    assert names(session) == ["link.created", "link.revoked"]


def test_extending_moves_the_end_and_keeps_what_it_was(session: Session, linked: make.Linked, clock: Clock) -> None:
    before = linked.link.expires_at
    assert before is not None
    service.extend_link(session, linked.link, before + timedelta(days=7), by=linked.link.agent.actor)
    session.flush()
    assert linked.link.expires_at == before + timedelta(days=7)
    extended = session.scalars(select(Event).where(Event.name == "link.extended")).one()
    assert extended.data["before"] == before.isoformat()
    with pytest.raises(Invalid, match="The end must be after the start"):
        service.extend_link(session, linked.link, clock.now(), by=linked.link.agent.actor)


def test_an_expired_link_cannot_be_extended(session: Session, linked: make.Linked, clock: Clock) -> None:
    clock.advance(days=31)
    with pytest.raises(LinkEnded):
        service.extend_link(session, linked.link, clock.now() + timedelta(days=7), by=linked.link.agent.actor)


def test_a_paused_link_is_on_hold_until_it_is_resumed(session: Session, linked: make.Linked, clock: Clock) -> None:
    by = linked.link.agent.actor
    service.pause_link(session, linked.link, by=by)
    service.pause_link(session, linked.link, by=by)
    assert linked.link.state(clock.now()) is LinkState.PAUSED
    service.resume_link(session, linked.link, by=by)
    assert linked.link.state(clock.now()) is LinkState.ACTIVE
    assert names(session) == ["link.created", "link.paused", "link.resumed"]


def test_links_past_their_end_are_marked_once(session: Session, linked: make.Linked, clock: Clock) -> None:
    assert service.expire_due(session) == 0
    clock.advance(days=30, seconds=1)
    assert service.expire_due(session) == 1
    session.flush()
    assert linked.link.status == "expired"
    assert service.expire_due(session) == 0
    assert names(session) == ["link.created", "link.expired"]


def test_progress_only_goes_forwards(session: Session, linked: make.Linked) -> None:
    assert service.mark_progress(session, linked.link, "opened")
    assert not service.mark_progress(session, linked.link, "sent")
    assert not service.mark_progress(session, linked.link, "opened")
    assert service.mark_progress(session, linked.link, "paid")


def test_a_mail_sent_again_after_a_bounce_is_sent(session: Session, linked: make.Linked) -> None:
    linked.link.progress = "bounced"
    session.flush()
    assert service.mark_progress(session, linked.link, "sent")
    session.refresh(linked.link)
    assert linked.link.progress == "sent"


def test_extending_never_passes_what_the_site_allows(session: Session, linked: make.Linked) -> None:
    linked.link.site.max_link_days = 40
    by = linked.link.agent.actor
    service.extend_link(session, linked.link, linked.link.created_at + timedelta(days=40), by=by)
    with pytest.raises(Invalid, match="Links of this site work for 40 days at most"):
        service.extend_link(session, linked.link, linked.link.created_at + timedelta(days=41), by=by)
