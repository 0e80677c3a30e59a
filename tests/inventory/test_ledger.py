"""Every change of stock leaves a move, and the moves add up to the stock."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, Variant
from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.history.service import Actor
from sales_portal.inventory import ledger, queries, service
from sales_portal.inventory.errors import StockIsHeld, StockTooLow
from sales_portal.inventory.models import Stock, StockMove, Warehouse
from tests.harness.counting import count_on

MARIA = Actor("staff", "Maria Lind", 3)


def a_warehouse(session: Session, slug: str = "stockholm") -> Warehouse:
    warehouse = Warehouse(slug=slug, name=slug.title(), country="SE")
    session.add(warehouse)
    session.flush()
    return warehouse


def variants(session: Session, count: int = 1) -> list[int]:
    product = Product(slug="oak-chair", title="Oak chair",
                      variants=[Variant(sku=f"TSH-{number:04}") for number in range(count)])
    session.add(product)
    session.flush()
    return [variant.id for variant in product.variants]


def moves(session: Session, stock: Stock) -> list[tuple[str, int]]:
    return [(move.reason, move.delta) for move in session.scalars(queries.list_moves(stock))][::-1]


def facts(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).order_by(Event.id)))


def test_the_first_goods_start_the_stock_and_later_ones_adjust_it(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    service.receive(session, chair, warehouse.id, 14, by=MARIA)
    stock = service.receive(session, chair, warehouse.id, 6, by=MARIA)
    assert stock.on_hand == 20
    assert moves(session, stock) == [("initial", 14), ("adjust", 6)]


def test_receiving_nothing_is_refused(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    for quantity in (0, -1):
        with pytest.raises(Invalid, match="whole number from 1 up"):
            service.receive(session, chair, warehouse.id, quantity, by=MARIA)


def test_a_correction_takes_out_what_is_there_and_no_more(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    service.receive(session, chair, warehouse.id, 3, by=MARIA)
    with pytest.raises(StockTooLow, match="Only 3 in stock: 4 can't be taken out"):
        service.adjust(session, chair, warehouse.id, -4, by=MARIA)
    stock = service.adjust(session, chair, warehouse.id, -3, by=MARIA)
    assert stock.on_hand == 0
    assert moves(session, stock) == [("initial", 3), ("adjust", -3)]


def test_a_count_writes_the_difference(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    service.set_on_hand(session, chair, warehouse.id, 14, by=MARIA)
    stock = service.set_on_hand(session, chair, warehouse.id, 9, by=MARIA)
    assert moves(session, stock) == [("initial", 14), ("adjust", -5)]
    assert [(fact.name, fact.actor_name, fact.data) for fact in facts(session)] == [
        ("stock.changed", "Maria Lind", {"before": 0, "after": 14}),
        ("stock.changed", "Maria Lind", {"before": 14, "after": 9})]


def test_the_same_count_again_leaves_no_trace(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    stock = service.set_on_hand(session, chair, warehouse.id, 14, by=MARIA)
    service.set_on_hand(session, chair, warehouse.id, 14, by=MARIA)
    assert moves(session, stock) == [("initial", 14)]
    assert len(facts(session)) == 1


def test_a_count_of_nothing_makes_the_variant_sold_out_without_a_move(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    stock = service.set_on_hand(session, chair, warehouse.id, 0, by=MARIA)
    assert (stock.on_hand, moves(session, stock)) == (0, [])


@pytest.mark.parametrize("quantity", [-1, ledger.MOST + 1])
def test_a_count_no_warehouse_can_have_is_refused(session: Session, quantity: int) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    with pytest.raises((StockTooLow, Invalid)):
        service.set_on_hand(session, chair, warehouse.id, quantity, by=MARIA)
    assert queries.get_stock(session, chair, warehouse.id) is None


def test_stock_never_falls_below_what_payments_hold(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    stock = service.set_on_hand(session, chair, warehouse.id, 5, by=MARIA)
    stock.held = 2
    session.flush()
    with pytest.raises(StockIsHeld, match="2 of these are held by payments under way, so stock can't go down to 1"):
        service.set_on_hand(session, chair, warehouse.id, 1, by=MARIA)
    assert service.set_on_hand(session, chair, warehouse.id, 2, by=MARIA).available == 0


def test_many_counts_change_what_differs_and_name_what_they_could_not(session: Session) -> None:
    warehouse, (first, second, third) = a_warehouse(session), variants(session, 3)
    service.set_on_hand(session, first, warehouse.id, 5, by=MARIA)
    outcome = service.set_many(session, warehouse.id, {first: 5, second: 7, third: -1})
    assert outcome.before == {second: 0}
    assert {key: refusal.text for key, refusal in outcome.refused.items()} == {
        third: "Only 0 in stock: 1 can't be taken out."}
    assert moves(session, outcome.stock[second]) == [("initial", 7)]


def test_one_warehouse_does_not_touch_another(session: Session) -> None:
    here, there, [chair] = a_warehouse(session), a_warehouse(session, "gothenburg"), variants(session)
    service.set_on_hand(session, chair, there.id, 12, by=MARIA)
    service.set_on_hand(session, chair, here.id, 0, by=MARIA)
    found = queries.get_stock(session, chair, there.id)
    assert found is not None
    assert found.on_hand == 12


def test_a_thousand_counts_take_ten_statements(session: Session) -> None:
    warehouse, ids = a_warehouse(session), variants(session, 1000)
    service.set_many(session, warehouse.id, dict.fromkeys(ids[:750], 1))
    sent = count_on(session, lambda: service.set_many(session, warehouse.id, dict.fromkeys(ids, 2)))
    assert len(sent) <= 10
    assert session.scalar(select(func.sum(Stock.on_hand))) == 2000
    assert session.scalar(select(func.sum(StockMove.delta))) == 2000


def test_a_row_the_database_cannot_hold_is_refused_by_it_too(session: Session) -> None:
    warehouse, [chair] = a_warehouse(session), variants(session)
    session.add(Stock(variant_id=chair, warehouse_id=warehouse.id, on_hand=-1, held=0))
    with pytest.raises(IntegrityError):
        session.flush()
