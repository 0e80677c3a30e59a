"""A yes is followed by the link that waited for it, in the name of whoever asked; both sides are told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.accounts.models import Role, Staff
from sales_portal.approvals import queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.automation import approvals as following
from sales_portal.core import clock
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory.models import Stock
from sales_portal.links import presets
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import LinkTerms, default_terms
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.automation.conftest import BASE_URL, mails
from tests.harness.time import Clock


@dataclass(frozen=True, slots=True)
class Asked:
    """Maria's selection for Anna with a bag 20 % off, and her manager."""

    selection: Selection
    erik: Staff


Ask = Callable[..., Approval]


@pytest.fixture
def asked(portal: Session, shop: make.Shop) -> Asked:
    shop.agent.team_id = make.team(portal).id
    erik = make.staff(portal, "Erik Holm", site=shop.site, role="manager", team_id=shop.agent.team_id,
                      email="erik@demo.example")
    selection = make.selection(portal, shop, {shop.chair: 1})
    make.line(portal, selection, shop.bag, special_price=24_800)
    return Asked(selection, erik)


@pytest.fixture
def ask(portal: Session, asked: Asked) -> Ask:
    """`ask(...)` asks as the dialog does and commits."""

    def asking(terms: dict[str, object] | None = None, **more: object) -> Approval:
        basket = read_basket(portal, asked.selection)
        wanted = replace(default_terms(basket, clock.now()), **(terms or {}))
        approval = make.approval(portal, asked.selection, wanted, **more)
        portal.commit()
        return approval

    return asking


@pytest.fixture
def follower(engine: Engine) -> Loop:
    """Does what follows from requests and answers, and sends no mail."""
    return Loop(engine, following.handlers(Addresses(BASE_URL)))


def whole(session: Session, approval: Approval, erik: Staff) -> tuple[Approval, Staff]:
    """Both as a door loads them."""
    found = queries.get_approval(session, approval.id)
    assert found is not None
    role = joinedload(Staff.role).joinedload(Role.grants)
    return found, session.get_one(Staff, erik.id, options=[role], populate_existing=True)


def approve(session: Session, approval: Approval, erik: Staff, comment: str = "") -> None:
    found, person = whole(session, approval, erik)
    basket = presets.apply_packed(session, read_basket(session, found.selection), found.terms)
    assert approvals.approve(session, found, basket, comment=comment, person=person)
    session.commit()


def links(session: Session) -> list[CheckoutLink]:
    session.expire_all()
    return list(session.scalars(select(CheckoutLink).order_by(CheckoutLink.id)))


def test_those_who_may_decide_are_asked_by_mail(portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval = ask(message="She buys for the office.")
    follower.run_once()
    mail = mails(portal)["approval-needed"]
    assert (mail.recipient, mail.title) == ("erik@demo.example", f"Maria Lind asks you to approve {approval.number}")
    text = messaging.display_body(mail).text.replace("\xa0", " ")
    assert "1 × Linen bag: 310,00 kr → 248,00 kr (−20 %), “Loyal customer”" in text
    assert "She buys for the office." in text
    assert f"{BASE_URL}/approvals/{approval.number}" in text.splitlines()
    page = messaging.display_body(mail).html
    for answer in ("approval", "rejection"):
        assert f'href="{BASE_URL}/approvals/{approval.number}/{answer}"' in page


def test_margins_are_told_to_those_who_may_see_them(
        portal: Session, shop: make.Shop, asked: Asked, ask: Ask, follower: Loop) -> None:
    make.cost(portal, shop.pricelist, shop.bag, 10_000)
    ask()
    follower.run_once()
    assert "margin 49,6 %" in mails(portal)["approval-needed"].body_text.replace("\xa0", " ")


def test_a_yes_makes_the_link_with_the_terms_that_were_asked_for(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval = ask({"label": "Bags for Anna", "ignores_shipping": True})
    approve(portal, approval, asked.erik, "ok for this one")
    assert links(portal) == []
    portal.rollback()
    follower.run_once()
    (link,) = links(portal)
    assert (link.label, link.ignores_shipping, link.total_amount) == ("Bags for Anna", True, 120_000 + 24_800)
    assert portal.get_one(Approval, approval.id).link_id == link.id
    made = portal.scalars(select(Event).where(Event.name == "link.created")).one()
    assert (made.actor_name, link.agent_id) == ("Maria Lind", asked.selection.agent_id)
    mail = mails(portal)["approval-answered"]
    assert (mail.recipient, mail.title) == ("maria@demo.example", f"Erik Holm approved {approval.number}")
    assert f"The link {link.number} is ready." in mail.body_text
    assert "“ok for this one”" in mail.body_text
    assert f"{BASE_URL}/links/{link.number}" in messaging.display_body(mail).text.splitlines()
    assert link.progress == "not_sent"


@pytest.mark.parametrize(("days", "totals"), [(0, [(120_000 + 24_800) * 9 // 10 + 5_900]), (2, [])])
def test_the_discount_that_was_asked_for_is_given_unless_it_ended_meanwhile(
        portal: Session, asked: Asked, ask: Ask, follower: Loop, clock: Clock, days: int, totals: list[int]) -> None:
    """P-09, B13."""
    summer = make.discount(portal, 10_000, code="SUMMER10", ends_at=clock.now() + timedelta(days=1))
    approve(portal, ask({"discount_id": summer.id}), asked.erik)
    clock.advance(days=days)
    follower.run_once()
    assert [link.total_amount for link in links(portal)] == totals
    body = mails(portal)["approval-answered"].body_text
    assert ("The selection was changed after you had asked" in body) is (totals == [])


def test_the_customer_gets_it_where_that_was_asked_for(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask(wants_mail=True), asked.erik)
    follower.run_once()
    (link,) = links(portal)
    sent = mails(portal)
    assert sent["link-ready"].recipient == "anna@example.com"
    assert link.progress == "sent"
    assert f"The link {link.number} is ready and on its way to anna@example.com." in sent["approval-answered"].body_text


def test_no_link_is_made_where_none_was_wanted(portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask(wants_link=False), asked.erik)
    follower.run_once()
    assert links(portal) == []
    mail = mails(portal)["approval-answered"]
    assert f"{BASE_URL}/selections/{asked.selection.number}" in messaging.display_body(mail).text.splitlines()


def test_a_no_is_told_with_its_reason(portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval, erik = whole(portal, ask(), asked.erik)
    approvals.reject(portal, approval, reason="Too cheap", person=erik)
    portal.commit()
    follower.run_once()
    assert links(portal) == []
    mail = mails(portal)["approval-answered"]
    assert mail.title == f"Erik Holm said no to {approval.number}"
    assert "“Too cheap”" in mail.body_text
    assert "Change the price or ask again." in mail.body_text


def test_a_selection_changed_after_the_yes_makes_no_link_and_the_asker_is_told(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask(wants_mail=True), asked.erik)
    chair = read_basket(portal, asked.selection).rows[0].line_id
    selections.set_quantity(portal, asked.selection, chair, 2, by=SYSTEM)
    portal.commit()
    follower.run_once()
    assert links(portal) == []
    assert set(mails(portal)) == {"approval-answered"}
    assert "The selection was changed after you had asked" in mails(portal)["approval-answered"].body_text


def test_a_note_written_meanwhile_does_not_keep_the_link_back(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval = ask()
    selections.set_notes(portal, asked.selection, customer_note="See you", by=SYSTEM)
    approve(portal, approval, asked.erik)
    follower.run_once()
    assert [link.customer_note for link in links(portal)] == ["See you"]


def test_what_cannot_be_linked_any_more_is_told_and_not_tried_again(
        portal: Session, shop: make.Shop, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask(), asked.erik)
    portal.scalars(select(Stock).where(Stock.variant_id == shop.bag.id)).one().on_hand = 0
    portal.commit()
    follower.run_once()
    assert links(portal) == []
    assert "The link was not created: 1 thing to fix" in mails(portal)["approval-answered"].body_text
    assert all(job.done_at for job in portal.scalars(select(Job).where(Job.topic.startswith("approval"))))


def test_terms_that_are_over_meanwhile_make_no_link(
        portal: Session, asked: Asked, ask: Ask, follower: Loop, clock: Clock) -> None:
    approve(portal, ask(), asked.erik)
    clock.advance(days=60)
    follower.run_once()
    assert links(portal) == []
    assert "The end must be in the future" in mails(portal)["approval-answered"].body_text


def test_a_yes_taken_back_before_the_worker_came_makes_no_link(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval = ask()
    approve(portal, approval, asked.erik)
    approvals.withdraw(portal, approval, by=SYSTEM)
    portal.commit()
    follower.run_once()
    assert links(portal) == []
    assert "approval-answered" not in mails(portal)


def test_the_job_done_twice_makes_one_link(portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approval = ask(wants_mail=True)
    approve(portal, approval, asked.erik)
    follower.run_once()
    outbox.put(portal, approvals.ANSWERED, (Approval.__tablename__, approval.id), dedupe="again")
    portal.commit()
    follower.run_once()
    assert len(links(portal)) == 1
    assert [mail.template for mail in portal.scalars(select(Delivery))].count("link-ready") == 1


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_makes_all(
        portal: Session, asked: Asked, ask: Ask, engine: Engine, follower: Loop) -> None:
    approve(portal, ask(wants_mail=True), asked.erik)
    with Session(engine) as dying:
        job = dying.scalars(select(Job).where(Job.topic == approvals.ANSWERED)).one()
        following.handlers(Addresses(BASE_URL))[approvals.ANSWERED](dying, job)
        dying.rollback()
    assert links(portal) == []
    portal.rollback()
    follower.run_once()
    assert len(links(portal)) == 1
    assert {"link-ready", "approval-answered"} <= set(mails(portal))


def test_somebody_who_has_left_gets_neither_link_nor_mail(
        portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask(), asked.erik)
    portal.get_one(Staff, asked.selection.agent_id).is_active = False
    portal.commit()
    follower.run_once()
    assert links(portal) == []
    assert "approval-answered" not in mails(portal)


def test_terms_of_any_link_wait_as_they_are(portal: Session, asked: Asked, ask: Ask, follower: Loop) -> None:
    approve(portal, ask({"policy": "reusable", "max_orders": 5, "metadata": {"campaign": "spring"}}), asked.erik)
    follower.run_once()
    (link,) = links(portal)
    assert (link.policy, link.max_orders, link.link_metadata["campaign"]) == ("reusable", 5, "spring")
    assert LinkTerms().policy == "single"
