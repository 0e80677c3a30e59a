"""Taking back: what was asked for, by hand or by an edit, and a yes no link was made of."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.approvals import service
from sales_portal.approvals.errors import AlreadyAnswered
from sales_portal.approvals.models import Approval
from sales_portal.approvals.rules import Terms
from sales_portal.history.service import SYSTEM
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from tests import make
from tests.approvals.conftest import People
from tests.make import Shop


@pytest.fixture
def approval(session: Session, shop: Shop, people: People) -> Approval:
    """Maria's request for a bag 20 % off, beside a chair."""
    selection = make.selection(session, shop, {shop.chair: 1})
    make.line(session, selection, shop.bag, special_price=24_800)
    return make.approval(session, selection)


def settle(session: Session, approval: Approval) -> Approval | None:
    return service.withdraw_changed(session, read_basket(session, approval.selection), by=SYSTEM)


def test_a_change_to_an_asked_line_withdraws_it(session: Session, approval: Approval, people: People) -> None:
    line = read_basket(session, approval.selection).rows[1].line_id
    selections.drop_special_price(session, approval.selection, line, by=people.maria.actor)
    assert settle(session, approval) is approval
    assert (approval.status, approval.decided_by_id) == ("withdrawn", None)
    assert settle(session, approval) is None


def test_a_change_to_another_line_leaves_it_waiting(session: Session, approval: Approval, people: People) -> None:
    line = read_basket(session, approval.selection).rows[0].line_id
    selections.set_quantity(session, approval.selection, line, 2, by=people.maria.actor)
    assert settle(session, approval) is None
    assert approval.status == "waiting"


def test_a_yes_taken_back_covers_nothing_any_more(session: Session, approval: Approval, people: People) -> None:
    basket = read_basket(session, approval.selection)
    service.approve(session, approval, basket, person=people.erik)
    service.withdraw(session, approval, by=people.erik.actor)
    assert (approval.status, approval.decided_by_id) == ("withdrawn", people.erik.id)
    assert len(service.list_needs(session, basket, Terms(), people.maria.id)) == 1


def test_a_yes_a_link_was_made_of_stays(session: Session, approval: Approval, people: People) -> None:
    service.approve(session, approval, read_basket(session, approval.selection), person=people.erik)
    approval.link_id = 1
    session.flush()
    with pytest.raises(AlreadyAnswered):
        service.withdraw(session, approval, by=people.erik.actor)
    assert approval.status == "approved"


def test_what_was_rejected_cannot_be_withdrawn(session: Session, approval: Approval, people: People) -> None:
    service.reject(session, approval, reason="No", person=people.erik)
    with pytest.raises(AlreadyAnswered):
        service.withdraw(session, approval, by=people.maria.actor)
