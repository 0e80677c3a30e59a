"""Every act can be undone and redone, 50 steps back, with order, price and reason as they were (B11)."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core.errors import NotFound
from sales_portal.history.service import Actor
from sales_portal.selections import queries, revisions, undoing
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import (
    ActedMeanwhile,
    ChangedMeanwhile,
    NothingToRedo,
    NothingToUndo,
    SelectionClosed,
)
from sales_portal.selections.models import Selection, SelectionLine, SelectionRevision
from tests import make
from tests.harness.counting import count_on
from tests.make import Shop

ERIK = Actor("staff", "Erik Berg", 900)


@pytest.fixture
def three(session: Session, shop: Shop) -> Selection:
    """Chair, bag at a special price, cap."""
    selection = make.selection(session, shop, {shop.chair: 2})
    make.line(session, selection, shop.bag, 3, special_price=25000, reason="Loyal since 2019")
    make.line(session, selection, shop.cap)
    return selection


def whole(session: Session, selection: Selection) -> dict[str, object]:
    """All that undo must bring back."""
    session.flush()
    return revisions.read_document(session, selection)


def line_id(session: Session, selection: Selection, position: int) -> int:
    """The id of the line at this position."""
    return session.scalars(select(SelectionLine.id).where(
        SelectionLine.selection_id == selection.id, SelectionLine.position == position)).one()


def now_at(session: Session, selection: Selection) -> int:
    """The id of the version it stands at."""
    return queries.get_revision_at(session, selection, selection.stands_at).id


def test_what_a_selection_was_at_its_start_is_kept_with_its_first_lines_and_their_list_prices(
        session: Session, shop: Shop) -> None:
    maria = shop.agent.actor
    made = selections.create_selection(session, agent=shop.agent, lines={shop.cap.id: 4, shop.chair.id: 1}, by=maria)
    first = queries.get_revision_at(session, made, 1)
    assert (first.label, first.actor_name, first.previous_version) == ("Started", maria.name, None)
    assert first.document == whole(session, made)
    assert None not in first.document["listed"].values()
    session.expire(made)
    assert (made.stands_at, made.steps_back) == (1, 0)


def test_undo_brings_a_removed_line_back_with_order_price_and_reason(
        session: Session, three: Selection, shop: Shop) -> None:
    before, bag = whole(session, three), line_id(session, three, 2)
    selections.remove_line(session, three, bag, by=shop.agent.actor)
    step = undoing.undo(session, three, by=shop.agent.actor)
    assert step.label == "Linen bag removed"
    assert whole(session, three) == before
    rows = read_basket(session, three).rows
    assert [row.title for row in rows] == ["Oak chair, natural", "Linen bag", "Wool cap"]
    assert (rows[1].line_id, rows[1].unit_amount, rows[1].special_price_reason) == (bag, 25000, "Loyal since 2019")


def test_the_undo_button_of_a_removal_brings_back_the_whole_line(
        session: Session, three: Selection, shop: Shop) -> None:
    before, bag = whole(session, three), line_id(session, three, 2)
    session.get_one(SelectionLine, bag).learners = [{"name": "Bo Ek", "email": "bo@firma.example"}]
    before["parts"]["selection_lines"][1]["learners"] = [{"name": "Bo Ek", "email": "bo@firma.example"}]  # type: ignore[index]
    selections.remove_line(session, three, bag, by=shop.agent.actor)
    selections.set_notes(session, three, label="Something else meanwhile", by=shop.agent.actor)
    selections.restore_line(session, three, bag, by=shop.agent.actor)
    after = whole(session, three)
    assert after["parts"] == before["parts"]


def test_undo_says_what_it_undid_and_redo_what_it_did_again(session: Session, three: Selection, shop: Shop) -> None:
    chair = line_id(session, three, 1)
    selections.set_quantity(session, three, chair, 3, by=shop.agent.actor)
    assert undoing.undo(session, three, by=shop.agent.actor).label == "Oak chair, natural 2 → 3"
    assert session.get_one(SelectionLine, chair).quantity == 2
    assert undoing.redo(session, three, by=shop.agent.actor).label == "Oak chair, natural 2 → 3"
    assert session.get_one(SelectionLine, chair).quantity == 3


def test_every_kind_of_act_is_undone_and_redone_exactly(session: Session, three: Selection, shop: Shop) -> None:
    maria, chair = shop.agent.actor, line_id(session, three, 1)
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", warehouses=[shop.warehouse], position=2)
    make.pricelist(session, norway, "Retail NOK")
    states = [whole(session, three)]
    for act in (
        lambda: selections.add_line(session, three, shop.bag.id, 1, by=maria),
        lambda: selections.set_quantity(session, three, chair, 7, by=maria),
        lambda: selections.set_special_price(session, three, chair, 100000, "VIP", by=maria),
        lambda: selections.drop_special_price(session, three, chair, by=maria),
        lambda: selections.set_customer(session, three, None, by=maria),
        lambda: selections.set_notes(session, three, customer_note="Hello", internal_note="Psst", by=maria),
        lambda: selections.set_terms(session, three, ignores_shipping=True, ignores_tax=True, reason="x", by=maria),
        lambda: selections.switch_market(session, three, norway.id, by=maria),
        lambda: selections.remove_line(session, three, chair, by=maria),
    ):
        act()
        states.append(whole(session, three))
    for expected in reversed(states[:-1]):
        undoing.undo(session, three, by=maria)
        assert whole(session, three) == expected
    assert three.steps_back == 0
    for expected in states[1:]:
        undoing.redo(session, three, by=maria)
        assert whole(session, three) == expected
    assert three.steps_ahead == 0


def test_undoing_a_switch_of_market_brings_prices_and_special_prices_back(
        session: Session, three: Selection, shop: Shop) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", warehouses=[shop.warehouse], position=2)
    make.pricelist(session, norway, "Retail NOK")
    before = read_basket(session, three)
    selections.switch_market(session, three, norway.id, by=shop.agent.actor)
    undoing.undo(session, three, by=shop.agent.actor)
    after = read_basket(session, three)
    assert after.rows == before.rows
    assert after.quote == before.quote
    assert (three.market.name, three.pricelist.name, three.currency) == ("Sweden", "Retail SEK", "SEK")


def test_a_new_act_after_an_undo_leaves_the_undone_one_behind_and_deletes_nothing(
        session: Session, three: Selection, shop: Shop) -> None:
    maria, chair = shop.agent.actor, line_id(session, three, 1)
    selections.set_quantity(session, three, chair, 5, by=maria)
    undoing.undo(session, three, by=maria)
    selections.set_quantity(session, three, chair, 9, by=maria)
    with pytest.raises(NothingToRedo):
        undoing.redo(session, three, by=maria)
    undoing.undo(session, three, by=maria)
    assert session.get_one(SelectionLine, chair).quantity == 2
    undoing.redo(session, three, by=maria)
    assert session.get_one(SelectionLine, chair).quantity == 9
    assert session.scalar(select(func.count()).select_from(SelectionRevision)) == 3


def test_fifty_steps_can_be_taken_back_and_not_one_more(session: Session, three: Selection, shop: Shop) -> None:
    maria, chair = shop.agent.actor, line_id(session, three, 1)
    for quantity in range(3, 55):
        selections.set_quantity(session, three, chair, quantity, by=maria)
    for _ in range(50):
        undoing.undo(session, three, by=maria)
    assert session.get_one(SelectionLine, chair).quantity == 4
    assert three.steps_back == 0
    with pytest.raises(NothingToUndo):
        undoing.undo(session, three, by=maria)
    for _ in range(50):
        undoing.redo(session, three, by=maria)
    assert session.get_one(SelectionLine, chair).quantity == 54


def test_nothing_was_done_yet(session: Session, three: Selection, shop: Shop) -> None:
    assert three.steps_back == 0
    with pytest.raises(NothingToUndo):
        undoing.undo(session, three, by=shop.agent.actor)
    with pytest.raises(NothingToRedo):
        undoing.redo(session, three, by=shop.agent.actor)


def test_an_archived_selection_is_not_undone(session: Session, three: Selection, shop: Shop) -> None:
    selections.archive_selection(session, three, by=shop.agent.actor)
    with pytest.raises(SelectionClosed):
        undoing.undo(session, three, by=shop.agent.actor)


def test_an_earlier_version_is_restored_as_a_new_act(session: Session, three: Selection, shop: Shop) -> None:
    maria, chair = shop.agent.actor, line_id(session, three, 1)
    selections.set_quantity(session, three, chair, 5, by=maria)
    wanted, expected = now_at(session, three), whole(session, three)
    selections.set_quantity(session, three, chair, 6, by=maria)
    selections.remove_line(session, three, chair, by=maria)
    before, version = whole(session, three), three.version
    assert undoing.restore(session, three, wanted, by=maria).label == "Oak chair, natural 2 → 5"
    assert (whole(session, three), three.version) == (expected, version + 1)
    undoing.undo(session, three, by=maria)
    assert whole(session, three) == before


def test_the_version_of_another_selection_is_not_found(session: Session, three: Selection, shop: Shop) -> None:
    other = make.selection(session, shop)
    selections.add_line(session, other, shop.chair.id, 1, by=shop.agent.actor)
    for key in (now_at(session, other), 0, 2**70):
        with pytest.raises(NotFound):
            undoing.restore(session, three, key, by=shop.agent.actor)


def test_an_act_of_somebody_else_is_not_undone_unseen(session: Session, three: Selection, shop: Shop) -> None:
    seen = three.version
    selections.add_line(session, three, shop.bag.id, 1, by=ERIK)
    with pytest.raises(ActedMeanwhile, match=r"^Erik Berg was quicker: Linen bag added\."):
        undoing.undo(session, three, by=shop.agent.actor, version=seen)
    assert undoing.undo(session, three, by=shop.agent.actor, version=three.version).label == "Linen bag added"


def test_an_undo_counts_as_a_change_of_the_fields_it_touched(session: Session, three: Selection, shop: Shop) -> None:
    maria, chair = shop.agent.actor, line_id(session, three, 1)
    selections.set_quantity(session, three, chair, 5, by=maria)
    selections.set_notes(session, three, customer_note="Hello", by=maria)
    seen = three.version
    undoing.undo(session, three, by=ERIK)
    undoing.undo(session, three, by=ERIK)
    with pytest.raises(ChangedMeanwhile):
        selections.set_quantity(session, three, chair, 8, by=maria, version=seen)
    with pytest.raises(ChangedMeanwhile):
        selections.set_notes(session, three, customer_note="Mine", by=maria, version=seen)
    selections.set_quantity(session, three, line_id(session, three, 3), 8, by=maria, version=seen)


def test_every_column_is_in_the_document(session: Session, three: Selection) -> None:
    document = whole(session, three)
    assert {column.name for column in Selection.__table__.columns} == set(
        document["header"]) | revisions.BOOKKEEPING  # type: ignore[call-overload]
    lines = document["parts"]["selection_lines"]  # type: ignore[index]
    assert set(lines[0]) == {column.name for column in SelectionLine.__table__.columns} - {"selection_id"}
    parts = {name for name, table in Selection.metadata.tables.items()
             if any(key.references(Selection.__table__.c.id) for key in table.columns)
             and name.startswith("selection")}
    assert parts - set(revisions.MARKS) == set(revisions.PARTS)


def test_an_act_takes_as_many_statements_for_200_lines_as_for_3(
        session: Session, three: Selection, shop: Shop) -> None:
    large = make.selection(session, shop, {shop.chair: 1})
    for number in range(199):
        make.line(session, large, (shop.bag, shop.cap)[number % 2])
    for selection in (three, large):
        selections.set_notes(session, selection, label="First", by=shop.agent.actor)
    maria = shop.agent.actor
    counted = {}
    for selection in (three, large):
        chair = line_id(session, selection, 1)
        counted[selection.id] = [
            len(count_on(session, lambda: selections.set_quantity(session, selection, chair, 9, by=maria))),  # noqa: B023
            len(count_on(session, lambda: undoing.undo(session, selection, by=maria))),  # noqa: B023
            len(count_on(session, lambda: undoing.redo(session, selection, by=maria)))]  # noqa: B023
    assert counted[three.id] == counted[large.id]
