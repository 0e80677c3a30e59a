"""A yes taken back while its link is being made: either the link is there or the yes is gone, never both ways round."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.accounts.models import Role, Staff
from sales_portal.approvals import queries, service
from sales_portal.approvals.errors import AlreadyAnswered, NeedsApproval
from sales_portal.approvals.models import Approval
from sales_portal.approvals.rules import Terms
from sales_portal.core import clock
from sales_portal.history.models import Event
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import default_terms
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.make import Shop

WAIT_SECONDS = 120
ROUNDS = 5


@pytest.fixture
def engine(portals_engine: Engine) -> Engine:
    """The database as the portal opens it."""
    return portals_engine


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop, and Erik who decides for her."""
    kept_shop.agent.team_id = make.team(session).id
    make.staff(session, "Erik Holm", site=kept_shop.site, role="manager", email="erik@demo.example",
               team_id=kept_shop.agent.team_id)
    session.commit()
    return kept_shop


def asked(session: Session, shop: Shop) -> Approval:
    """Maria's request for a bag 20 % off, committed."""
    selection = make.selection(session, shop, agent=make.whole(session, shop.agent))
    make.line(session, selection, shop.bag, special_price=24_800)
    approval = make.approval(session, selection)
    session.commit()
    return approval


def erik(session: Session) -> Staff:
    role = joinedload(Staff.role).joinedload(Role.grants)
    return session.scalars(select(Staff).where(Staff.email == "erik@demo.example").options(role)).unique().one()


def approve(session: Session, key: int) -> None:
    approval = queries.get_approval(session, key)
    assert approval is not None
    basket = read_basket(session, approval.selection, is_locked=True)
    service.approve(session, approval, basket, person=erik(session))


def create(session: Session, selection_id: int) -> None:
    selection = session.get_one(Selection, selection_id, options=[joinedload(Selection.agent)])
    basket = read_basket(session, selection, is_locked=True)
    links.create_link(session, basket, default_terms(basket, clock.now()), agent=selection.agent,
                      request_key=f"race-{selection_id}", by=selection.agent.actor)


def withdraw(session: Session, key: int) -> None:
    service.withdraw(session, session.get_one(Approval, key), by=erik(session).actor)


def at_once(engine: Engine, *acts: Callable[[Session], None]) -> list[type[Exception] | None]:
    """Each act in a transaction of its own, all starting together; what each was refused with."""
    start = threading.Barrier(len(acts))
    refused: list[type[Exception] | None] = [None] * len(acts)

    def run(index: int, act: Callable[[Session], None]) -> None:
        start.wait(WAIT_SECONDS)
        try:
            with Session(engine) as own, own.begin():
                act(own)
        except Exception as refusal:
            refused[index] = type(refusal)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    return refused


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_link_is_never_made_of_a_yes_that_was_gone_before(
        engine: Engine, session: Session, shop: Shop, turn: int) -> None:
    approval = asked(session, shop)
    key, selection_id = approval.id, approval.selection_id
    with Session(engine) as own, own.begin():
        approve(own, key)
    made, taken = at_once(engine, lambda own: create(own, selection_id), lambda own: withdraw(own, key))
    assert taken is None
    assert made in (None, NeedsApproval)
    session.rollback()
    facts = list(session.scalars(select(Event.name).where(
        Event.name.in_(("link.created", "approval.withdrawn"))).order_by(Event.id)))
    assert facts == (["approval.withdrawn"] if made else ["link.created", "approval.withdrawn"])


def test_making_waits_for_a_yes_that_is_being_taken_back(engine: Engine, session: Session, shop: Shop) -> None:
    approval = asked(session, shop)
    key, selection_id = approval.id, approval.selection_id
    with Session(engine) as own, own.begin():
        approve(own, key)
    refused: list[type[Exception] | None] = []
    with Session(engine) as taking, taking.begin():
        withdraw(taking, key)
        maker = threading.Thread(target=lambda: refused.extend(at_once(engine, lambda own: create(own, selection_id))))
        maker.start()
        maker.join(0.5)
        assert maker.is_alive(), "the link was made beside the withdrawal"
    maker.join(WAIT_SECONDS)
    assert refused == [NeedsApproval]
    session.rollback()
    assert session.scalars(select(CheckoutLink)).all() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_answers_at_once_are_one(engine: Engine, session: Session, shop: Shop, turn: int) -> None:
    key = asked(session, shop).id

    def reject(own: Session) -> None:
        approval = queries.get_approval(own, key)
        assert approval is not None
        service.reject(own, approval, reason="No", person=erik(own))

    outcomes = at_once(engine, lambda own: approve(own, key), reject)
    assert sorted(outcomes, key=str) == [AlreadyAnswered, None]
    session.rollback()
    status = session.scalars(select(Approval.status)).one()
    assert status == ("approved" if outcomes[0] is None else "rejected")


def test_two_requests_at_once_leave_one_waiting(engine: Engine, session: Session, shop: Shop) -> None:
    approval = asked(session, shop)
    selection_id = approval.selection_id

    def ask(own: Session, request_key: str) -> None:
        selection = own.get_one(Selection, selection_id)
        basket = read_basket(own, selection, is_locked=True)
        service.ask(own, basket, Terms(), {}, person=selection.agent, request_key=request_key,
                    by=selection.agent.actor)

    assert at_once(engine, lambda own: ask(own, "one"), lambda own: ask(own, "two")) == [None, None]
    session.rollback()
    assert sorted(session.scalars(select(Approval.status))) == ["waiting", "withdrawn", "withdrawn"]
