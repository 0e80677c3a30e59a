"""Two people edit one selection: different fields both survive, the same field is asked about with both values."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import db
from sales_portal.history.service import Actor
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import ChangedMeanwhile
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.databases import Database
from tests.harness.time import Clock
from tests.make import Shop

ERIK = Actor("staff", "Erik Berg", 900)


def test_changes_to_different_lines_and_fields_are_all_kept(session: Session, shop: Shop) -> None:
    maria, selection = shop.agent.actor, make.selection(session, shop)
    chair, bag = make.line(session, selection, shop.chair), make.line(session, selection, shop.bag)
    seen = selection.version
    selections.set_quantity(session, selection, chair.id, 5, by=ERIK, version=seen)
    selections.set_special_price(session, selection, chair.id, 100000, "loyal", by=maria, version=seen)
    selections.set_quantity(session, selection, bag.id, 7, by=maria, version=seen)
    selections.set_notes(session, selection, customer_note="Hello", by=ERIK, version=seen)
    selections.set_notes(session, selection, internal_note="Psst", by=maria, version=seen)
    selections.set_customer(session, selection, None, by=maria, version=seen)
    selections.add_line(session, selection, shop.cap.id, 1, by=ERIK)
    assert (chair.quantity, chair.special_price_amount, bag.quantity) == (5, 100000, 7)
    assert (selection.customer_note, selection.internal_note, selection.customer_id) == ("Hello", "Psst", None)
    assert selection.version == seen + 7


def test_the_same_field_of_the_same_line_is_refused_with_both_values(
        session: Session, shop: Shop, clock: Clock) -> None:
    at = clock.advance(minutes=1)
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    seen = selection.version
    selections.set_quantity(session, selection, line.id, 3, by=ERIK, version=seen)
    with pytest.raises(ChangedMeanwhile) as refused:
        selections.set_quantity(session, selection, line.id, 4, by=shop.agent.actor, version=seen)
    assert (refused.value.text, refused.value.status) == ("Erik Berg changed this while you were typing", 409)
    details = dict(refused.value.details)
    assert details.pop("at") == at.isoformat()
    assert details == {"who": "Erik Berg", "field": "quantity", "line_id": line.id, "thing": "Oak chair, natural",
                       "theirs": 3, "yours": 4}
    assert (line.quantity, selection.version) == (3, seen + 1)


def test_the_last_one_to_change_it_is_named(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    selections.set_quantity(session, selection, line.id, 3, by=ERIK)
    selections.set_quantity(session, selection, line.id, 5, by=Actor("staff", "Ben Ek", 901))
    selections.set_notes(session, selection, label="unrelated", by=ERIK)
    with pytest.raises(ChangedMeanwhile, match=r"^Ben Ek changed") as refused:
        selections.set_quantity(session, selection, line.id, 4, by=shop.agent.actor, version=1)
    assert refused.value.details["theirs"] == 5


def test_looking_again_settles_it(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    selections.set_quantity(session, selection, line.id, 3, by=ERIK)
    selections.set_quantity(session, selection, line.id, 4, by=shop.agent.actor, version=selection.version)
    assert line.quantity == 4


def test_typing_what_the_other_typed_is_no_conflict(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    selections.set_quantity(session, selection, line.id, 3, by=ERIK)
    selections.set_quantity(session, selection, line.id, 3, by=shop.agent.actor, version=1)
    assert selection.version == 2


@pytest.mark.parametrize("version", [None, 10**9])
def test_a_caller_that_saw_no_older_version_is_never_refused(
        session: Session, shop: Shop, version: int | None) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    selections.set_quantity(session, selection, line.id, 3, by=ERIK)
    selections.set_quantity(session, selection, line.id, 4, by=shop.agent.actor, version=version)
    assert line.quantity == 4


@pytest.mark.parametrize("version", [0, -(10**9)])
def test_a_version_that_never_was_counts_as_the_oldest(session: Session, shop: Shop, version: int) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair, 2)
    selections.set_quantity(session, selection, line.id, 3, by=ERIK)
    with pytest.raises(ChangedMeanwhile):
        selections.set_quantity(session, selection, line.id, 4, by=shop.agent.actor, version=version)


def test_prices_notes_customers_and_markets_are_asked_about_too(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.chair)
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    outlet = make.pricelist(session, shop.market, "Outlet SEK", position=3)
    other = make.customer(session, "Bo Ek")
    acts: list[tuple[str, Callable[[Actor, int], object]]] = [
        ("special_price", lambda by, take: selections.set_special_price(
            session, selection, line.id, (100, 200)[take], "why", by=by, version=1)),
        ("customer_note", lambda by, take: selections.set_notes(
            session, selection, customer_note=("A", "B")[take], by=by, version=1)),
        ("customer_id", lambda by, take: selections.set_customer(
            session, selection, (other, None)[take], by=by, version=1)),
        ("market", lambda by, take: selections.switch_market(
            session, selection, shop.market.id, (vip, outlet)[take].id, by=by, version=1))]
    for field, act in acts:
        act(ERIK, 0)
        with pytest.raises(ChangedMeanwhile) as refused:
            act(shop.agent.actor, 1)
        assert refused.value.details["field"] == field
    assert refused.value.details["theirs"] == "Sweden / VIP SEK"
    assert refused.value.details["yours"] == "Sweden / Outlet SEK"


def test_one_note_refused_leaves_the_other_unwritten_too(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    selections.set_notes(session, selection, internal_note="Erik's", by=ERIK)
    with pytest.raises(ChangedMeanwhile):
        selections.set_notes(session, selection, label="Mine", internal_note="Mine", by=shop.agent.actor, version=1)
    assert (selection.label, selection.internal_note) == ("", "Erik's")


def test_people_adding_at_the_same_moment_all_get_their_lines(
        session: Session, shop: Shop, database: Database) -> None:
    selection = make.selection(session, shop)
    variants = [make.product(session, f"Chair {n}", prices={shop.pricelist: 1}, stock={shop.warehouse: 9}).id
                for n in range(4)]
    session.commit()
    selection_id = selection.id
    engine = db.engine_for(database.url)
    start = threading.Barrier(8)

    def add(variant_id: int) -> None:
        with Session(engine) as own:
            start.wait(timeout=60)
            selections.add_line(own, own.get_one(Selection, selection_id), variant_id, 1, by=ERIK)
            own.commit()

    threads = [threading.Thread(target=add, args=(variant_id,)) for variant_id in variants * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    session.rollback()
    basket = read_basket(session, selection)
    assert sorted(row.variant_id for row in basket.rows) == sorted(variants)
    assert [row.quantity for row in basket.rows] == [2, 2, 2, 2]
    assert [row.position for row in basket.rows] == [1, 2, 3, 4]
    assert selection.version == 9
