"""Asking for a yes: what is asked, once, and who is told."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals import queries, service
from sales_portal.approvals.errors import NothingToAsk
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Terms
from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.outbox.models import Job
from sales_portal.selections import agreeing, discounts
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import SelectionClosed
from sales_portal.selections.models import Selection
from tests import make
from tests.approvals.conftest import People
from tests.make import Shop


@pytest.fixture
def selection(session: Session, shop: Shop, people: People) -> Selection:
    """Maria's: a bag 20 % off, which is more than she may give, a chair 10 % off, and a cap."""
    made = make.selection(session, shop, {shop.cap: 1})
    make.line(session, made, shop.bag, 2, special_price=24_800, reason="Loyal customer")
    make.line(session, made, shop.chair, special_price=108_000)
    return made


def test_only_what_goes_too_far_is_asked_for(session: Session, selection: Selection) -> None:
    approval = make.approval(session, selection, message="  She buys for the office.\r\nAll of it. ")
    (item,) = approval.items
    assert approval.number == f"P-{76 + approval.id}"
    assert (approval.status, approval.message) == ("waiting", "She buys for the office.\nAll of it.")
    assert (item.kind, item.asked["whys"]) == ("line", ["over_limit"])
    assert [item.asked[name] for name in ("title", "quantity", "list_amount", "unit_amount", "currency", "reason")] == [
        "Linen bag", 2, 31_000, 24_800, "SEK", "Loyal customer"]


def test_asking_is_a_fact_of_the_selection_and_tells_those_who_decide(session: Session, selection: Selection) -> None:
    approval = make.approval(session, selection)
    fact = session.scalars(select(Event).where(Event.name == "approval.asked")).one()
    assert (fact.subject_type, fact.subject_id) == ("approvals", approval.id)
    assert (fact.context_type, fact.context_id) == ("selections", selection.id)
    job = session.scalars(select(Job).where(Job.topic == service.ASKED)).one()
    assert (job.subject_type, job.subject_id) == ("approvals", approval.id)


def test_the_same_form_twice_asks_once(session: Session, selection: Selection) -> None:
    asked = [make.approval(session, selection, request_key="once") for _ in range(2)]
    assert asked[0].id == asked[1].id
    assert len(session.scalars(select(Approval)).all()) == 1


def test_asking_again_replaces_what_waits(session: Session, selection: Selection) -> None:
    first = make.approval(session, selection)
    second = make.approval(session, selection)
    assert (first.status, second.status) == ("withdrawn", "waiting")
    newest = queries.get_newest(session, selection.id)
    assert newest is not None
    assert newest.id == second.id


def test_what_nobody_needs_a_yes_for_cannot_be_asked(session: Session, shop: Shop, people: People) -> None:
    plain = make.selection(session, shop, {shop.chair: 1})
    make.line(session, plain, shop.bag, special_price=26_350)
    with pytest.raises(NothingToAsk):
        make.approval(session, plain)


def test_a_mail_needs_somebody_to_go_to(session: Session, shop: Shop, people: People) -> None:
    anyone = make.selection(session, shop, for_anyone=True)
    make.line(session, anyone, shop.bag, special_price=1)
    with pytest.raises(Invalid) as refused:
        make.approval(session, anyone, wants_mail=True)
    assert refused.value.field == "wants_mail"


def test_a_message_has_at_most_500_characters(session: Session, selection: Selection) -> None:
    assert make.approval(session, selection, message="x" * 500).message == "x" * 500
    with pytest.raises(Invalid):
        make.approval(session, selection, message="x" * 501)


def test_a_closed_selection_is_asked_about_no_more(session: Session, selection: Selection, people: People) -> None:
    selections.archive_selection(session, selection, by=people.maria.actor)
    with pytest.raises(SelectionClosed):
        make.approval(session, selection)


def test_a_person_s_own_limit_wins_over_that_of_the_role(session: Session, selection: Selection,
                                                         people: People) -> None:
    basket = read_basket(session, selection)
    for own, count in ((20_000, 0), (None, 1), (0, 2)):
        people.maria.discount_limit = own
        session.flush()
        assert len(service.list_needs(session, basket, Terms(), people.maria.id)) == count


def test_a_margin_below_the_minimum_is_asked_for_too(session: Session, shop: Shop, people: People) -> None:
    people.maria.minimum_margin = 30_000
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, special_price=28_000)
    make.cost(session, shop.pricelist, shop.bag, 16_000)
    (need,) = service.list_needs(session, read_basket(session, selection), Terms(), people.maria.id)
    assert [why.value for why in need.whys] == ["below_margin"]


def test_a_discount_counts_against_the_limit_with_the_special_prices(session: Session, shop: Shop,
                                                                     people: People) -> None:
    draft = make.selection(session, shop, {shop.cap: 1})
    chair = make.line(session, draft, shop.chair, special_price=108_000)
    summer = make.discount(session, 10_000, code="SUMMER10")
    discounts.add_discount(session, draft, summer.id, by=people.maria.actor)
    assert service.list_needs(session, read_basket(session, draft), Terms(), people.maria.id) == ()
    selections.set_special_price(session, draft, chair.id, 104_000, "Loyal", by=people.maria.actor)
    (need,) = service.list_needs(session, read_basket(session, draft), Terms(), people.maria.id)
    whole = need.whole
    assert whole is not None
    # The cap costs 960 and the chair 1 200 by the list; 1 040 for it and 10 % off both leave 1 800.
    assert (whole.list_amount, whole.asked_amount, whole.percent) == (216_000, 180_000, 16_667)
    approval = make.approval(session, draft)
    assert [item.kind for item in approval.items] == ["whole"]
    assert service.approve(session, approval, read_basket(session, draft), person=people.erik)
    assert service.list_needs(session, read_basket(session, draft), Terms(), people.maria.id) == ()
    selections.set_quantity(session, draft, chair.id, 2, by=people.maria.actor)
    assert len(service.list_needs(session, read_basket(session, draft), Terms(), people.maria.id)) == 1


def test_a_trial_and_an_amount_of_the_customer_s_choice_are_no_discount(session: Session, shop: Shop,
                                                                         people: People) -> None:
    gift = make.product(session, "Gift card", kind="service", prices={shop.pricelist: 50_000},
                        is_pay_what_you_want=True)
    draft = make.selection(session, shop, {shop.chair: 1})
    line = make.line(session, draft, gift)
    agreeing.set_chosen_amount(session, draft, line.id, 100, by=people.maria.actor)
    discounts.add_discount(session, draft, make.discount(session, 15_000).id, by=people.maria.actor)
    assert service.list_needs(session, read_basket(session, draft), Terms(), people.maria.id) == ()


def test_what_has_a_yes_is_not_asked_again_and_an_edit_is(session: Session, selection: Selection,
                                                          people: People) -> None:
    approval, basket = make.approval(session, selection), read_basket(session, selection)
    assert service.approve(session, approval, basket, person=people.erik)
    assert service.list_needs(session, basket, Terms(), people.maria.id) == ()
    chair = basket.rows[2].line_id
    selections.set_special_price(session, selection, chair, 90_000, "Scratched", by=people.maria.actor)
    again = make.approval(session, selection)
    assert [item.asked["line_id"] for item in again.items] == [chair]


def test_each_line_and_each_term_is_a_part_of_its_own(session: Session, shop: Shop, selection: Selection) -> None:
    shop.site.asks_for = ["ignore_tax"]
    session.flush()
    basket = read_basket(session, selection)
    approval = service.ask(session, basket, Terms(ignores_tax=True), {"label": "x"}, person=shop.agent,
                           request_key="both", by=shop.agent.actor)
    found = session.scalars(select(ApprovalItem).where(ApprovalItem.approval_id == approval.id)).all()
    assert sorted(item.kind for item in found) == ["line", "terms"]
    assert approval.terms == {"label": "x"}
    assert replace(Terms(), ignores_tax=True) == Terms(ignores_tax=True)
