"""Who may cancel an order: alone, or with a yes of somebody else; and what is written down of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.orders import cancelling
from sales_portal.orders.errors import AlreadyDecided, CannotCancel, RefundOpen
from sales_portal.orders.models import Order
from sales_portal.outbox.models import Job
from tests import make
from tests.orders import after
from tests.orders.after import World


@pytest.fixture
def world(session: Session, kept_shop: make.Shop) -> World:
    """The order, placed and not paid yet."""
    return after.world(session, kept_shop)


def told(session: Session, name: str) -> list[tuple[str, str, str]]:
    """Who did it, why, and what they said about it, for each fact of this name."""
    found = session.scalars(select(Event).where(Event.name == name).order_by(Event.id))
    return [(one.actor_name, one.data["cancel_reason"], one.data["note"]) for one in found]


def test_a_yes_is_written_down_and_told_to_who_asked(session: Session, world: World) -> None:
    asked = cancelling.ask_cancellation(session, world.order_id, "customer", " Too\r\nlate\x00 ", person=world.maria,
                                        may_decide=False)
    assert told(session, "cancellation.asked") == [("Maria Lind", "customer", "Too\nlate")]
    cancelling.agree(session, asked, person=world.erik)
    session.commit()
    assert told(session, "order.cancelled") == [("Erik Holm", "customer", "Too\nlate")]
    jobs = session.execute(select(Job.topic, Job.subject_id).where(Job.topic.like("cancellation.%")).order_by(Job.id))
    assert [tuple(job) for job in jobs] == [
        ("cancellation.request", asked.id), ("cancellation.answer", asked.id)]
    with pytest.raises(AlreadyDecided):
        cancelling.refuse(session, asked, person=world.eva)


def test_what_was_fulfilled_meanwhile_is_not_agreed_to(session: Session, world: World) -> None:
    asked = after.cancel(session, world, may_decide=False)
    session.get_one(Order, world.order_id).status = "fulfilled"
    session.commit()
    with pytest.raises(CannotCancel, match="fulfilled"):
        cancelling.agree(session, asked, person=world.erik)


def test_nobody_cancels_for_a_reason_only_the_provider_gives(session: Session, world: World) -> None:
    for reason in ("capture_failed", "whim", ""):
        with pytest.raises(Invalid, match=r"^Choose a reason$") as refusal:
            cancelling.ask_cancellation(session, world.order_id, reason, "", person=world.erik, may_decide=True)
        assert refusal.value.field == "reason"
    assert after.status_of(session, world) == "placed"


def test_a_question_about_one_order_is_no_hindrance_for_another(session: Session, world: World) -> None:
    other = after.world(session, world.shop)
    asked = after.cancel(session, world, may_decide=False)
    assert after.cancel(session, other).status == "done"
    assert (asked.status, after.status_of(session, world), after.status_of(session, other)) == (
        "asked", "placed", "cancelled")


def test_a_refund_that_waits_for_a_yes_comes_first_and_says_so(session: Session, paid: World) -> None:
    paid.shop.site.refund_limits = {"SEK": 0}
    session.commit()
    after.refund(session, paid, 900)
    with pytest.raises(RefundOpen, match="waiting for somebody to agree"):
        after.cancel(session, paid)
