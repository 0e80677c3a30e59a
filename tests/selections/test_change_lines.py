"""Quantities, special prices, removing and bringing back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import LARGEST
from sales_portal.history.models import Event
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import TooManyLines
from sales_portal.selections.models import MAX_LINES, SelectionLine
from tests import make
from tests.make import Shop


def _last_fact(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_a_quantity_is_set_and_recorded_before_and_after(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2})
    line = make.line(session, selection, shop.bag)
    changed = selections.set_quantity(session, selection, line.id, 7, by=shop.agent.actor)
    assert (changed.title, changed.before, changed.after, line.quantity) == ("Linen bag", 1, 7, 7)
    assert selection.version == 2
    fact = _last_fact(session)
    assert (fact.name, fact.data["line_id"], fact.data["before"], fact.data["after"]) == (
        "selection.line_changed", line.id, 1, 7)


def test_setting_what_stands_there_changes_and_records_nothing(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.bag, 7)
    before = _last_fact(session).id
    selections.set_quantity(session, selection, line.id, 7, by=shop.agent.actor)
    assert selection.version == 1
    assert _last_fact(session).id == before


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 10**9])
def test_a_quantity_out_of_range_is_refused_and_the_line_stays(session: Session, shop: Shop, quantity: int) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.bag, 7)
    with pytest.raises(Invalid, match=r"^Enter a quantity from 1 to 10000$") as refused:
        selections.set_quantity(session, selection, line.id, quantity, by=shop.agent.actor)
    assert refused.value.field == "quantity"
    assert (line.quantity, selection.version) == (7, 1)


def test_a_line_of_another_selection_is_not_found(session: Session, shop: Shop) -> None:
    mine, other = make.selection(session, shop), make.selection(session, shop)
    line = make.line(session, other, shop.bag)
    for line_id in (line.id, 10**6, 0, -1, 2**63):
        for act in (lambda key: selections.set_quantity(session, mine, key, 2, by=shop.agent.actor),
                    lambda key: selections.remove_line(session, mine, key, by=shop.agent.actor),
                    lambda key: selections.restore_line(session, mine, key, by=shop.agent.actor),
                    lambda key: selections.set_special_price(session, mine, key, 1, "why", by=shop.agent.actor)):
            with pytest.raises(NotFound, match=r"^We can't find this line\."):
                act(line_id)
    assert line.quantity == 1


def test_a_special_price_needs_a_reason_and_shows_beside_the_list_price(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    for reason in ("", "  ", "\x00"):
        with pytest.raises(Invalid, match=r"^Give a reason for the special price$") as refused:
            selections.set_special_price(session, selection, line.id, 108000, reason, by=shop.agent.actor)
        assert refused.value.field == "special_price_reason"
    changed = selections.set_special_price(session, selection, line.id, 108000, " loyal customer ", by=shop.agent.actor)
    assert (changed.before, changed.after) == (None, 108000)
    row = read_basket(session, selection).rows[0]
    assert (row.unit_amount, row.list_amount, row.is_special_price, row.special_price_reason) == (
        108000, 120000, True, "loyal customer")
    assert _last_fact(session).data["reason"] == "loyal customer"


@pytest.mark.parametrize(("amount", "text"), [
    (-1, "Enter an amount from 0 up"), (LARGEST + 1, "Enter a smaller amount")])
def test_a_special_price_is_an_amount_a_line_can_hold(session: Session, shop: Shop, amount: int, text: str) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair)
    with pytest.raises(Invalid) as refused:
        selections.set_special_price(session, selection, line.id, amount, "why", by=shop.agent.actor)
    assert (refused.value.text, refused.value.field) == (text, "special_price")


def test_a_reason_has_at_most_200_characters(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair)
    selections.set_special_price(session, selection, line.id, 1, "🪑" * 200, by=shop.agent.actor)
    with pytest.raises(Invalid, match=r"^Use at most 200 characters$"):
        selections.set_special_price(session, selection, line.id, 1, "x" * 201, by=shop.agent.actor)


def test_a_product_may_be_given_away(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair)
    selections.set_special_price(session, selection, line.id, 0, "a gift", by=shop.agent.actor)
    assert read_basket(session, selection).quote.items_amount == 0


def test_dropping_a_special_price_brings_the_pricelists_back(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, special_price=1)
    changed = selections.drop_special_price(session, selection, line.id, by=shop.agent.actor)
    assert (changed.before, changed.after) == (1, None)
    row = read_basket(session, selection).rows[0]
    assert (row.unit_amount, row.is_special_price, row.special_price_reason) == (120000, False, "")


def test_a_removed_line_is_gone_and_the_others_keep_their_places(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1, shop.cap: 1})
    chair, bag, cap = read_basket(session, selection).rows
    removed = selections.remove_line(session, selection, bag.line_id, by=shop.agent.actor)
    assert (removed.line_id, removed.title) == (bag.line_id, "Linen bag")
    assert [(row.line_id, row.position) for row in read_basket(session, selection).rows] == [
        (chair.line_id, 1), (cap.line_id, 3)]
    assert selection.version == 2
    with pytest.raises(NotFound):
        selections.remove_line(session, selection, bag.line_id, by=shop.agent.actor)


def test_a_removed_line_comes_back_as_it_was_and_where_it_stood(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2})
    line = make.line(session, selection, shop.bag, 3, special_price=25000, reason="loyal customer")
    make.line(session, selection, shop.cap)
    before = read_basket(session, selection).rows
    selections.remove_line(session, selection, line.id, by=shop.agent.actor)
    added = selections.restore_line(session, selection, line.id, by=shop.agent.actor)
    assert (added.title, added.before, added.after) == ("Linen bag", 0, 3)
    assert read_basket(session, selection).rows == before
    assert selection.version == 3


def test_bringing_back_a_line_twice_makes_one(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.bag)
    selections.remove_line(session, selection, line.id, by=shop.agent.actor)
    for _ in range(2):
        selections.restore_line(session, selection, line.id, by=shop.agent.actor)
    assert len(read_basket(session, selection).rows) == 1


def test_a_line_whose_place_was_taken_meanwhile_comes_back_at_the_end(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.bag)
    selections.remove_line(session, selection, line.id, by=shop.agent.actor)
    selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    selections.restore_line(session, selection, line.id, by=shop.agent.actor)
    assert [row.title for row in read_basket(session, selection).rows] == ["Oak chair, natural", "Linen bag"]


def test_the_latest_removal_counts(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line_id = make.line(session, selection, shop.bag).id
    selections.remove_line(session, selection, line_id, by=shop.agent.actor)
    selections.restore_line(session, selection, line_id, by=shop.agent.actor)
    selections.set_quantity(session, selection, line_id, 9, by=shop.agent.actor)
    selections.remove_line(session, selection, line_id, by=shop.agent.actor)
    assert selections.restore_line(session, selection, line_id, by=shop.agent.actor).after == 9


def test_a_full_selection_takes_no_line_back(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line_id = make.line(session, selection, shop.bag).id
    selections.remove_line(session, selection, line_id, by=shop.agent.actor)
    for _ in range(MAX_LINES):
        make.line(session, selection, shop.chair)
    with pytest.raises(TooManyLines):
        selections.restore_line(session, selection, line_id, by=shop.agent.actor)


def test_the_id_of_a_removed_line_is_never_given_to_another(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    gone = make.line(session, selection, shop.bag).id
    selections.remove_line(session, selection, gone, by=shop.agent.actor)
    session.commit()
    assert make.line(session, selection, shop.chair).id > gone
    assert session.get(SelectionLine, gone) is None
