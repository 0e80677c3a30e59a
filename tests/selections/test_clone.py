"""A copy has the lines, notes and options of its original at today's prices, and says which of them are new (B33)."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.pricing.models import Price
from sales_portal.selections import cloning, revisions
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.cloning import Repriced
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.counting import count_on
from tests.make import Shop


def original(session: Session, shop: Shop) -> Selection:
    """Chairs, a bag at a special price, a cap; notes and options."""
    selection = selections.create_selection(
        session, agent=shop.agent, customer=shop.customer, lines={shop.chair.id: 2, shop.cap.id: 1},
        by=shop.agent.actor)
    line = selections.add_line(session, selection, shop.bag.id, 3, by=shop.agent.actor).line
    selections.set_special_price(session, selection, line.id, 25000, "Loyal", by=shop.agent.actor)
    selections.set_notes(session, selection, customer_note="Hello", internal_note="Psst", by=shop.agent.actor)
    selections.set_terms(session, selection, ignores_shipping=True, ignores_tax=False, by=shop.agent.actor)
    return selection


def reprice(session: Session, shop: Shop, variant_id: int, amount: int) -> None:
    """The pricelist changes."""
    session.execute(update(Price).where(Price.variant_id == variant_id, Price.pricelist_id == shop.pricelist.id)
                    .values(amount=amount))


def test_a_copy_is_a_draft_of_its_own_with_everything_in_it(session: Session, shop: Shop) -> None:
    source, ben = original(session, shop), make.staff(session, "Ben Okoro", site=shop.site)
    before = revisions.read_document(session, source)
    made, changes = cloning.clone_selection(session, source, agent=ben, by=ben.actor)
    after = revisions.read_document(session, made)
    assert after["header"] == before["header"]
    assert [{**row, "id": 0} for row in after["parts"]["selection_lines"]] == [
        {**row, "id": 0} for row in before["parts"]["selection_lines"]]
    assert (made.id != source.id, made.agent_id, made.status, made.version) == (True, ben.id, "draft", 1)
    assert changes == ()
    selections.remove_line(session, made, after["parts"]["selection_lines"][0]["id"], by=ben.actor)
    assert revisions.read_document(session, source) == before


def test_it_costs_what_the_pricelist_says_today_and_says_what_is_new(session: Session, shop: Shop) -> None:
    source = original(session, shop)
    reprice(session, shop, shop.chair.id, 110000)
    reprice(session, shop, shop.bag.id, 99900)
    made, changes = cloning.clone_selection(session, source, agent=shop.agent, by=shop.agent.actor)
    assert changes == (Repriced("Oak chair, natural", 2, 120000, 110000),)
    rows = read_basket(session, made).rows
    assert [row.unit_amount for row in rows] == [110000, 96000, 25000]
    assert cloning.list_repriced(session, made) == (source.number, changes)


def test_a_price_that_went_is_told(session: Session, shop: Shop) -> None:
    source = original(session, shop)
    session.delete(session.get_one(Price, (shop.pricelist.id, shop.cap.id)))
    session.flush()
    _, changes = cloning.clone_selection(session, source, agent=shop.agent, by=shop.agent.actor)
    assert changes == (Repriced("Wool cap", 1, 96000, None),)


def test_a_selection_nobody_copied_has_no_new_prices(session: Session, shop: Shop) -> None:
    assert cloning.list_repriced(session, original(session, shop)) == ("", ())


def test_won_and_archived_selections_can_be_copied(session: Session, shop: Shop) -> None:
    source = original(session, shop)
    selections.archive_selection(session, source, by=shop.agent.actor)
    made, _ = cloning.clone_selection(session, source, agent=shop.agent, by=shop.agent.actor)
    assert made.status == "draft"


def test_two_hundred_lines_are_copied_in_as_many_statements_as_three(session: Session, shop: Shop) -> None:
    counts = []
    for number in (3, 200):
        source = make.selection(session, shop)
        for index in range(number):
            make.line(session, source, (shop.bag, shop.cap)[index % 2])
        counts.append(len(count_on(session, lambda: cloning.clone_selection(
            session, source, agent=shop.agent, by=shop.agent.actor))))  # noqa: B023
    assert counts[0] == counts[1]
