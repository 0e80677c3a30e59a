"""Who may give money back: alone, or with a yes of somebody else, who says no as well."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import placing, refunding
from sales_portal.orders.errors import AlreadyDecided, OwnRequest, RefundChanged
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment
from sales_portal.sites.methods import BANK_TRANSFER
from tests import make
from tests.orders import after
from tests.orders.after import TOTAL, World, wish


def test_what_is_no_longer_there_is_not_agreed_to(session: Session, paid: World) -> None:
    asked = refunding.ask_refund(session, paid.order_id, wish(TOTAL), person=paid.maria, may_decide=False)
    session.execute(update(Payment).values(refunded_amount=1))
    session.commit()
    with pytest.raises(RefundChanged):
        refunding.agree(session, asked, person=paid.erik)


def test_all_that_is_left_can_be_agreed_to(session: Session, paid: World) -> None:
    asked = refunding.ask_refund(session, paid.order_id, wish(TOTAL), person=paid.maria, may_decide=False)
    refunding.agree(session, asked, person=paid.erik)
    after.work(session)()
    assert (asked.status, after.refunded_at_provider(session)) == ("done", TOTAL)


def test_an_answer_is_told_to_who_asked_and_nobody_is_told_of_their_own(session: Session, paid: World) -> None:
    answers = select(Job.subject_id).where(Job.topic == refunding.ANSWERED)
    asked = refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
    refunding.refuse(session, asked, person=paid.maria)
    assert session.scalars(answers).all() == []
    asked = refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
    refunding.refuse(session, asked, person=paid.erik)
    assert session.scalars(answers).all() == [asked.id]
    told = session.scalars(select(Event).where(Event.name == "refund.refused").order_by(Event.id)).all()
    assert [event.actor_name for event in told] == ["Maria Lind", "Erik Holm"]


def test_an_agent_asks_and_a_manager_agrees(session: Session, paid: World) -> None:
    asked = refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
    assert (asked.status, asked.decided_by_id) == ("asked", None)
    assert session.scalars(select(Job.subject_id).where(Job.topic == refunding.ASKED)).all() == [asked.id]
    after.work(session)()
    assert after.refunded_at_provider(session) == 0
    refunding.agree(session, asked, person=paid.erik)
    after.work(session)()
    assert (asked.status, asked.decided_by_id, after.refunded_at_provider(session)) == ("done", paid.erik.id, 900)


def test_a_yes_is_written_down_and_told_to_who_asked(session: Session, paid: World) -> None:
    asked = refunding.ask_refund(session, paid.order_id, wish(900, note=" Two\r\nlines\x00 "), person=paid.maria,
                                 may_decide=False)
    refunding.agree(session, asked, person=paid.erik)
    session.commit()
    told = session.scalars(select(Event).where(Event.name.in_(("refund.asked", "refund.approved"))).order_by(Event.id))
    assert [(one.name, one.actor_name, one.data["note"]) for one in told] == [
        ("refund.asked", "Maria Lind", "Two\nlines"), ("refund.approved", "Erik Holm", "Two\nlines")]
    jobs = session.execute(select(Job.topic, Job.subject_id).where(Job.topic.like("refund.%")).order_by(Job.id))
    assert [tuple(job) for job in jobs] == [("refund.request", asked.id), ("refund.answer", asked.id)]


def test_money_of_which_no_order_came_is_nobodys_to_decide(session: Session, kept_shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, make.link(
        session, make.selection(session, kept_shop, {kept_shop.bag: 1}))), method=BANK_TRANSFER)
    links.revoke_link(session, session.scalars(select(CheckoutLink)).one(), "", by=kept_shop.agent.actor)
    session.commit()
    placing.place_order(session, key, make.gateways(session), source="customer")
    refund = session.scalars(select(Refund)).one()
    for act in (refunding.agree, refunding.refuse):
        with pytest.raises(AlreadyDecided):
            act(session, refund, person=kept_shop.agent)


def test_above_the_sites_limit_a_second_person_agrees(session: Session, paid: World) -> None:
    paid.shop.site.refund_limits = {"SEK": 1000, "EUR": 1}
    session.commit()
    assert after.refund(session, paid, 1000).status == "pending"
    after.work(session)()
    asked = after.refund(session, paid, 1001, TOTAL - 1000)
    assert asked.status == "asked"
    with pytest.raises(OwnRequest):
        refunding.agree(session, asked, person=paid.erik)
    refunding.agree(session, asked, person=paid.eva)
    assert asked.status == "pending"


def test_many_small_refunds_do_not_pass_the_limit_unseen(session: Session, paid: World) -> None:
    paid.shop.site.refund_limits = {"SEK": 1000}
    session.commit()
    assert after.refund(session, paid, 600).status == "pending"
    after.work(session)()
    assert after.refund(session, paid, 400, TOTAL - 600).status == "pending"
    after.work(session)()
    assert after.refund(session, paid, 1, TOTAL - 1000).status == "asked"


def test_the_database_itself_lets_nobody_agree_with_themselves(session: Session, paid: World) -> None:
    refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
    with pytest.raises(IntegrityError):
        session.execute(update(Refund).values(decided_by_id=Refund.asked_by_id, status="pending"))


def test_a_no_ends_it_and_who_asked_may_take_it_back(session: Session, paid: World) -> None:
    for person in (paid.erik, paid.maria):
        asked = refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
        refunding.refuse(session, asked, person=person)
        assert asked.status == "refused"
        for answer in (refunding.agree, refunding.refuse):
            with pytest.raises(AlreadyDecided):
                answer(session, asked, person=paid.erik)
