"""Answering: by whom, once, and never one's own."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import queries, service
from sales_portal.approvals.errors import AlreadyAnswered, BeyondYourLimit, OwnApproval
from sales_portal.approvals.models import Approval
from sales_portal.core.errors import Forbidden, Invalid
from sales_portal.history.models import Event
from sales_portal.links.terms import LinkTerms
from sales_portal.outbox.models import Job
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from tests import make
from tests.approvals.conftest import People
from tests.harness.time import Clock
from tests.make import Shop

Ask = Callable[..., Approval]


@pytest.fixture
def ask(session: Session, shop: Shop, people: People) -> Ask:
    """`ask(price)` is a request of Maria's for a bag (31000) at that price."""

    def asking(price: int = 24_800, agent: Staff | None = None) -> Approval:
        selection = make.selection(session, shop, agent=agent)
        make.line(session, selection, shop.bag, special_price=price)
        return make.approval(session, selection)

    return asking


def approve(session: Session, approval: Approval, person: Staff, comment: str = "") -> bool:
    selection = approval.selection
    return service.approve(session, approval, read_basket(session, selection), comment=comment, person=person)


def test_a_yes_is_kept_with_who_when_and_what_they_said(
        session: Session, ask: Ask, people: People, clock: Clock) -> None:
    approval = ask()
    clock.advance(minutes=6)
    assert approve(session, approval, people.erik, " ok for this one ")
    assert (approval.status, approval.decided_by_id) == ("approved", people.erik.id)
    assert approval.comment == "ok for this one"
    fact = session.scalars(select(Event).where(Event.name == "approval.approved")).one()
    assert (fact.actor_id, fact.data["minutes"], fact.data["comment"]) == (people.erik.id, 6, "ok for this one")
    assert session.scalars(select(Job).where(Job.topic == service.ANSWERED)).one().subject_id == approval.id


def test_a_no_needs_a_reason(session: Session, ask: Ask, people: People) -> None:
    approval = ask()
    with pytest.raises(Invalid):
        service.reject(session, approval, reason=" \n ", person=people.erik)
    service.reject(session, approval, reason="Too cheap", person=people.erik)
    assert (approval.status, approval.comment) == ("rejected", "Too cheap")
    assert session.scalars(select(Job).where(Job.topic == service.ANSWERED)).one().subject_id == approval.id


def test_nobody_answers_their_own(session: Session, ask: Ask, people: People) -> None:
    approval = ask(price=10_000, agent=people.erik)
    with pytest.raises(OwnApproval):
        approve(session, approval, people.erik)
    with pytest.raises(OwnApproval):
        service.reject(session, approval, reason="No", person=people.erik)
    assert approve(session, approval, people.astrid)


def test_who_may_not_decide_does_not(session: Session, ask: Ask, people: People) -> None:
    approval = ask()
    with pytest.raises(Forbidden):
        approve(session, approval, people.ingrid)
    assert approval.status == "waiting"


def test_nobody_says_yes_to_what_they_would_need_a_yes_for(session: Session, ask: Ask, people: People) -> None:
    approval = ask(price=18_599)
    with pytest.raises(BeyondYourLimit) as refused:
        approve(session, approval, people.erik)
    assert refused.value.text == (
        f"{approval.number} goes further than you may decide: the discount is over your limit. "
        "Astrid Berg can approve it.")
    service.reject(session, approval, reason="Too far", person=people.erik)
    assert approve(session, ask(price=18_600), people.erik)


def test_a_margin_below_the_minimum_needs_a_role_that_may(session: Session, shop: Shop, ask: Ask,
                                                          people: People) -> None:
    people.maria.minimum_margin = 30_000
    make.cost(session, shop.pricelist, shop.bag, 18_000)
    approval = ask(price=30_000)
    assert approval.items[0].asked["whys"] == ["below_margin"]
    people.ingrid.role.grants.append(make.grant("approvals.decide", "team"))
    session.flush()
    with pytest.raises(BeyondYourLimit):
        approve(session, approval, people.ingrid)
    assert approve(session, approval, people.erik)


def test_nobody_says_yes_to_a_term_their_own_role_may_not_choose(session: Session, shop: Shop, people: People) -> None:
    shop.site.asks_for = ["ignore_tax"]
    draft = make.selection(session, shop, {shop.chair: 1})
    approval = make.approval(session, draft, LinkTerms(ignores_tax=True, ignores_tax_reason="Export"))
    role = people.erik.role
    role.grants = [grant for grant in role.grants if grant.permission != "link.ignore_tax"]
    session.flush()
    with pytest.raises(BeyondYourLimit) as refused:
        approve(session, approval, people.erik)
    assert "than you may decide: tax is not charged. Astrid Berg can approve it." in refused.value.text
    assert approve(session, approval, people.astrid)


def test_it_is_answered_once(session: Session, ask: Ask, people: People) -> None:
    approval = ask()
    service.reject(session, approval, reason="No", person=people.erik)
    with pytest.raises(AlreadyAnswered) as refused:
        approve(session, approval, people.astrid)
    assert refused.value.text == f"{approval.number} is rejected already."
    assert (approval.status, approval.decided_by_id) == ("rejected", people.erik.id)


def test_a_selection_changed_meanwhile_is_not_approved(session: Session, ask: Ask, people: People) -> None:
    approval = ask()
    selection = approval.selection
    line = read_basket(session, selection).rows[0].line_id
    selections.set_quantity(session, selection, line, 3, by=people.maria.actor)
    assert not approve(session, approval, people.erik)
    assert approval.status == "withdrawn"
    assert session.scalars(select(Job).where(Job.topic == service.ANSWERED)).all() == []


def test_those_in_reach_are_asked_and_those_whom_it_goes_too_far_for_are_not(
        session: Session, ask: Ask, people: People) -> None:
    assert [person.name for person in service.list_able(session, ask())] == ["Astrid Berg", "Erik Holm"]
    assert [person.name for person in service.list_able(session, ask(price=1))] == ["Astrid Berg"]
    people.astrid.is_active = False
    session.flush()
    assert service.list_able(session, ask(price=1)) == []


def test_the_queue_of_each_holds_what_they_may_answer(session: Session, ask: Ask, people: People) -> None:
    marias, eriks = ask(), ask(price=1, agent=people.erik)
    expected = {people.erik: [marias], people.sven: [], people.astrid: [marias, eriks], people.maria: []}
    for person, queue in expected.items():
        found = session.scalars(queries.list_waiting(person).order_by(Approval.id)).all()
        assert found == queue, person.name
        assert queries.count_waiting(session, person) == len(queue)


def test_the_usual_answer_time_is_the_middle_of_the_last_ones(
        session: Session, ask: Ask, people: People, clock: Clock) -> None:
    ids = [people.erik.id]
    assert queries.usual_answer_time(session, ids) is None
    for minutes in (2, 50, 6):
        approval = ask()
        clock.advance(minutes=minutes)
        approve(session, approval, people.erik)
    usual = queries.usual_answer_time(session, ids)
    assert usual is not None
    assert usual.total_seconds() == 360


@pytest.mark.parametrize("number", ["P-0", "P-76", "X-1", "", "P-99999999999999", "p-77x"])
def test_a_number_that_is_none_finds_nothing(session: Session, number: str) -> None:
    assert queries.get_approval(session, number) is None
