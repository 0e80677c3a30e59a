"""Adding a product raises its line or makes one; what cannot be sold is refused with the reason."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.history.models import Event
from sales_portal.selections import service as selections
from sales_portal.selections.errors import NoLongerSold, NoPrice, NotSoldYet, SoldOut, TooManyLines
from sales_portal.selections.models import MAX_LINES, Selection, SelectionLine
from tests import make
from tests.harness.time import Clock
from tests.make import Shop


def _lines(session: Session, selection: Selection) -> list[tuple[int, int, int | None]]:
    rows = session.scalars(select(SelectionLine).where(SelectionLine.selection_id == selection.id)
                           .order_by(SelectionLine.position))
    return [(line.variant_id, line.quantity, line.special_price_amount) for line in rows]


def _facts(session: Session, selection: Selection) -> list[Event]:
    return list(session.scalars(select(Event).where(
        Event.subject_type == "selections", Event.subject_id == selection.id).order_by(Event.id)))


def test_a_new_product_gets_a_line_at_the_end(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    added = selections.add_line(session, selection, shop.bag.id, 3, by=shop.agent.actor)
    assert (added.title, added.before, added.after, added.is_beside_special) == ("Linen bag", 0, 3, False)
    assert _lines(session, selection) == [(shop.chair.id, 1, None), (shop.bag.id, 3, None)]
    assert added.line.position == 2


def test_a_product_already_there_is_raised(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    added = selections.add_line(session, selection, shop.chair.id, 3, by=shop.agent.actor)
    assert (added.title, added.before, added.after) == ("Oak chair, natural", 2, 5)
    assert _lines(session, selection) == [(shop.chair.id, 5, None), (shop.bag.id, 1, None)]


def test_a_line_with_a_special_price_is_never_raised(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.line(session, selection, shop.chair, 2, special_price=100000)
    added = selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert (added.before, added.after, added.is_beside_special) == (0, 1, True)
    assert _lines(session, selection) == [(shop.chair.id, 2, 100000), (shop.chair.id, 1, None)]
    again = selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert (again.before, again.after, again.is_beside_special) == (1, 2, False)


def test_each_act_raises_the_version_and_is_recorded(session: Session, shop: Shop, clock: Clock) -> None:
    selection = make.selection(session, shop)
    later = clock.advance(minutes=5)
    selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    added = selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert (selection.version, selection.changed_at) == (3, later)
    first, second = _facts(session, selection)
    assert (first.name, second.name) == ("selection.line_added", "selection.line_changed")
    assert (first.actor_kind, first.actor_id, first.actor_name) == ("staff", shop.agent.id, "Maria Lind")
    assert (first.data["version"], first.data["line_id"], first.data["quantity"]) == (2, added.line.id, 1)
    assert (second.data["fields"], second.data["before"], second.data["after"]) == (["quantity"], 1, 2)
    assert second.data["title"] == "Oak chair, natural"


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 10**9])
def test_a_quantity_out_of_range_is_refused_and_nothing_happens(session: Session, shop: Shop, quantity: int) -> None:
    selection = make.selection(session, shop)
    with pytest.raises(Invalid, match=r"^Enter a quantity from 1 to 10000$"):
        selections.add_line(session, selection, shop.chair.id, quantity, by=shop.agent.actor)
    assert (selection.version, _lines(session, selection), _facts(session, selection)) == (1, [], [])


def test_raising_a_line_over_the_largest_quantity_is_refused(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 9_999})
    selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    with pytest.raises(Invalid, match=r"^Enter a quantity from 1 to 10000$"):
        selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert _lines(session, selection) == [(shop.chair.id, 10_000, None)]


def test_more_than_is_in_stock_is_kept(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    assert selections.add_line(session, selection, shop.cap.id, 5, by=shop.agent.actor).after == 5


@pytest.mark.parametrize("variant_id", [10**6, 0, -1, 2**63, 10**40])
def test_an_unknown_product_is_not_found(session: Session, shop: Shop, variant_id: int) -> None:
    selection = make.selection(session, shop)
    with pytest.raises(NotFound, match=r"^We can't find this product\."):
        selections.add_line(session, selection, variant_id, 1, by=shop.agent.actor)


def test_what_cannot_be_sold_is_refused_with_the_reason(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    draft = make.product(session, "Draft", is_published=False, prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    old = make.product(session, "Old", prices={shop.pricelist: 1}, stock={shop.warehouse: 9},
                       unpublished_at=clock.now())
    unpriced = make.product(session, "Rug", stock={shop.warehouse: 9})
    gone = make.product(session, "Gone", prices={shop.pricelist: 1}, stock={shop.warehouse: 0})
    nowhere = make.product(session, "Nowhere", prices={shop.pricelist: 1})
    for variant, refusal, text in (
            (draft, NotSoldYet, "Draft is not for sale yet."), (old, NoLongerSold, "Old is no longer sold."),
            (unpriced, NoPrice, "Rug has no price in Retail SEK."), (gone, SoldOut, "Gone is sold out in Sweden."),
            (nowhere, SoldOut, "Nowhere is sold out in Sweden.")):
        with pytest.raises(refusal) as refused:
            selections.add_line(session, selection, variant.id, 1, by=shop.agent.actor)
        assert (refused.value.text, refused.value.status) == (text, 409)
    assert _lines(session, selection) == []


def test_a_selection_holds_200_lines_and_no_more(session: Session, shop: Shop) -> None:
    variants = make.many_products(session, MAX_LINES, pricelist=shop.pricelist, warehouse=shop.warehouse)
    selection = selections.create_selection(session, agent=shop.agent, lines=dict.fromkeys(variants, 1),
                                            by=shop.agent.actor)
    with pytest.raises(TooManyLines, match=r"^A selection holds at most 200 lines\."):
        selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert selections.add_line(session, selection, variants[7], 1, by=shop.agent.actor).after == 2
