"""What is agreed on one line: notes, learners on seats, custom fields, another warehouse for once, an amount."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import queries as stocks
from sales_portal.inventory import service as inventory
from sales_portal.selections import agreeing, cloning, undoing
from sales_portal.selections import service as selections
from sales_portal.selections.agreeing import Details, Learner
from sales_portal.selections.basket import BasketRow, read_basket
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.make import Shop


@pytest.fixture
def selection(session: Session, shop: Shop) -> Selection:
    """Two chairs."""
    return make.selection(session, shop, {shop.chair: 2})


def _row(session: Session, selection: Selection, place: int = 0) -> BasketRow:
    session.flush()
    return read_basket(session, selection).rows[place]


def _say(session: Session, selection: Selection, shop: Shop, **details: Any) -> list[str]:
    line_id = _row(session, selection).line_id
    return agreeing.set_details(session, selection, line_id, Details(**details), by=shop.agent.actor)


def test_notes_are_kept_and_recorded_as_one_act(session: Session, shop: Shop, selection: Selection) -> None:
    version = selection.version
    assert _say(session, selection, shop, customer_note=" Matches your table ", internal_note="Show room piece") == [
        "customer_note", "internal_note"]
    row = _row(session, selection)
    assert (row.customer_note, row.internal_note) == ("Matches your table", "Show room piece")
    assert selection.version == version + 1
    assert _say(session, selection, shop, customer_note="Matches your table", internal_note="Show room piece") == []
    assert selection.version == version + 1


def test_a_note_has_a_length(session: Session, shop: Shop, selection: Selection) -> None:
    with pytest.raises(Invalid, match="Use at most 300 characters") as refusal:
        _say(session, selection, shop, customer_note="x" * 301)
    assert refusal.value.field == "customer_note"


def test_c_03_one_product_is_taken_from_another_warehouse_once(session: Session, shop: Shop) -> None:
    """C-03: the line takes from Oslo; the next one of the same product from the market's own warehouse again."""
    oslo = make.warehouse(session, "Oslo")
    inventory.set_on_hand(session, shop.chair.id, oslo.id, 5, by=SYSTEM)
    selection = make.selection(session, shop, {shop.chair: 3})
    _say(session, selection, shop, warehouse_id=oslo.id)
    row = _row(session, selection)
    assert (row.warehouse_name, row.available) == ("Oslo", 5)
    frozen = make.link(session, selection).link
    added = selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert (added.before, added.after, added.is_beside_special) == (0, 1, False)
    assert _row(session, selection, 1).available == 14
    session.refresh(frozen, ["lines"])
    assert frozen.lines[0].stock_id == row.stock_id


def test_an_order_takes_the_stock_of_the_warehouse_that_was_chosen(session: Session, shop: Shop) -> None:
    oslo = make.warehouse(session, "Oslo")
    inventory.set_on_hand(session, shop.chair.id, oslo.id, 5, by=SYSTEM)
    selection = make.selection(session, shop, {shop.chair: 2})
    _say(session, selection, shop, warehouse_id=oslo.id)
    make.order(session, make.link(session, selection))
    session.expire_all()
    held = {stock.warehouse_id: stock.on_hand for stock in stocks.list_stock(session, shop.chair.id)}
    assert held == {oslo.id: 3, shop.warehouse.id: 14}


def test_stock_of_the_chosen_warehouse_decides_what_the_line_says(session: Session, shop: Shop) -> None:
    oslo = make.warehouse(session, "Oslo")
    inventory.set_on_hand(session, shop.chair.id, oslo.id, 1, by=SYSTEM)
    selection = make.selection(session, shop, {shop.chair: 2})
    _say(session, selection, shop, warehouse_id=oslo.id)
    assert [check.text for check in read_basket(session, selection).checks] == ["You asked for 2, 1 in stock in Oslo."]


def test_a_warehouse_that_does_not_keep_it_is_refused(session: Session, shop: Shop, selection: Selection) -> None:
    for warehouse_id in (make.warehouse(session, "Oslo").id, 10**12):
        with pytest.raises(Invalid, match="Oak chair, natural is not kept there"):
            _say(session, selection, shop, warehouse_id=warehouse_id)


def test_a_04_learners_sit_on_the_seats_of_a_training(session: Session, shop: Shop) -> None:
    """A-02, A-03, A-04, A-35: training with dated events, a learner with name and e-mail for each seat."""
    course = make.training(session, at=shop.warehouse, prices={shop.pricelist: 90000}, seats=12)
    selection = make.selection(session, shop, {course: 2})
    row = _row(session, selection)
    assert row.dates is not None
    assert (row.available, row.dates.seats, row.dates.place) == (12, 12, "Stockholm")
    people = (Learner("Ada Lind", "ADA@Example.com"), Learner("", "bo@example.com"), Learner(), Learner())
    _say(session, selection, shop, learners=people)
    assert _row(session, selection).learners == (
        {"name": "Ada Lind", "email": "ada@example.com"}, {"name": "", "email": "bo@example.com"})
    linked = make.link(session, selection)
    order = make.order(session, linked)
    session.refresh(order, ["lines"])
    assert order.lines[0].learners == [
        {"name": "Ada Lind", "email": "ada@example.com"}, {"name": "", "email": "bo@example.com"}]


@pytest.mark.parametrize(("learners", "field", "said"), [
    ((Learner("A", "no address"),), "learner_email_1", "Enter an e-mail address like name@example.com"),
    ((Learner("A"), Learner("B"), Learner("C")), "learners",
     "3 learners can't take 2 seats. Raise the quantity first."),
    ((Learner("x" * 121),), "learner_name_1", "Use at most 120 characters")])
def test_learners_need_a_seat_and_an_address_that_works(
        session: Session, shop: Shop, learners: tuple[Learner, ...], field: str, said: str) -> None:
    course = make.training(session, at=shop.warehouse, prices={shop.pricelist: 90000})
    selection = make.selection(session, shop, {course: 2})
    with pytest.raises(Invalid) as refusal:
        _say(session, selection, shop, learners=learners)
    assert (refusal.value.field, refusal.value.text) == (field, said)


@pytest.mark.parametrize(("text", "learners"), [
    ("Ada Lind, ada@example.com\nBo;bo@example.com\r\nCy\tcy@example.com", (
        Learner("Ada Lind", "ada@example.com"), Learner("Bo", "bo@example.com"), Learner("Cy", "cy@example.com"))),
    ("Lind, Ada, ada@example.com", (Learner("Lind, Ada", "ada@example.com"),)),
    ("Ada <ada@example.com>\n<bo@example.com>", (Learner("Ada", "ada@example.com"), Learner("", "bo@example.com"))),
    ("ada@example.com\n\nBo, \n\n", (Learner("", "ada@example.com"), Learner(), Learner("Bo"))),
    ("Ada, ada@", (Learner("Ada", "ada@"),)), ("Ada ada@example.com", (Learner("", "Ada ada@example.com"),)),
    ("", ()), ("x," + " " * 200_000 + "y> z", (Learner("x," + " " * 200_000 + "y> z"),))])
def test_a_04_a_list_of_learners_is_read_line_by_line(text: str, learners: tuple[Learner, ...]) -> None:
    assert agreeing.read_learners(text) == learners


@given(st.lists(st.builds(
    Learner, st.from_regex(r"[a-zåäö]{1,8}( [a-z]{1,8})?(, [a-z]{1,8})?", fullmatch=True) | st.just(""),
    st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.se", fullmatch=True) | st.just("")), max_size=6))
def test_a_04_a_list_of_learners_reads_back_as_it_was_written(learners: list[Learner]) -> None:
    while learners and learners[-1] == Learner():
        learners.pop()
    assert agreeing.read_learners(agreeing.list_learners(learners)) == tuple(learners)


def test_training_without_a_date_never_runs_out(session: Session, shop: Shop) -> None:
    course = make.product(session, "Home course", kind="training", prices={shop.pricelist: 50000})
    selection = make.selection(session, shop)
    selections.add_line(session, selection, course.id, 400, by=shop.agent.actor)
    row = _row(session, selection)
    assert (row.dates, row.available) == (None, None)
    assert read_basket(session, selection).checks == ()
    assert make.order(session, make.link(session, selection)).total_amount == 400 * 50000


def test_an_offer_says_its_version_and_interval(session: Session, shop: Shop) -> None:
    plan = make.offer(session, versions=3, prices={shop.pricelist: 19900})
    row = _row(session, make.selection(session, shop, {plan: 1}))
    assert row.plan is not None
    assert (row.plan.number, row.plan.interval, row.plan.interval_count) == (3, "month", 1)


@pytest.fixture
def fund(session: Session, shop: Shop) -> SelectionLine:
    """A pay-what-you-want product: 100,00 suggested, 50,00 at least."""
    gift = make.product(session, "Tree fund", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10000, minimum=5000)
    return make.line(session, make.selection(session, shop), gift, 2)


@pytest.mark.parametrize("amount", [5000, 7500, 10000, 1_000_000])
def test_any_amount_from_the_minimum_up_can_be_agreed(
        session: Session, shop: Shop, fund: SelectionLine, amount: int) -> None:
    selection = session.get_one(Selection, fund.selection_id)
    assert _row(session, selection).unit_amount == 10000
    agreeing.set_chosen_amount(session, selection, fund.id, amount, by=shop.agent.actor)
    row = _row(session, selection)
    assert (row.unit_amount, row.is_special_price, row.list_amount) == (amount, False, 10000)
    assert make.link(session, selection).link.total_amount == 2 * amount


@pytest.mark.parametrize(("amount", "said"), [
    (4999, "Enter at least 50,00"), (-1, "Enter at least 50,00"), (2**60, "Enter a smaller amount")])
def test_less_than_the_minimum_is_refused(
        session: Session, shop: Shop, fund: SelectionLine, amount: int, said: str) -> None:
    selection = session.get_one(Selection, fund.selection_id)
    with pytest.raises(Invalid) as refusal:
        agreeing.set_chosen_amount(session, selection, fund.id, amount, by=shop.agent.actor)
    assert (refusal.value.field, refusal.value.text) == ("amount", said)


def test_a_fixed_price_is_no_open_one(session: Session, shop: Shop, selection: Selection) -> None:
    with pytest.raises(Invalid, match="The price of Oak chair, natural is fixed"):
        agreeing.set_chosen_amount(session, selection, _row(session, selection).line_id, 1, by=shop.agent.actor)
    with pytest.raises(NotFound):
        agreeing.set_chosen_amount(session, selection, 10**9, 1, by=shop.agent.actor)


ANNA = {"slug": "engraving", "label": "Engraving", "answer": "Anna", "unit": 1}
BO = {"slug": "engraving", "label": "Engraving", "answer": "Bo", "unit": 2}


def test_answers_are_kept_by_unit_with_what_the_question_was_called(
        session: Session, shop: Shop, selection: Selection) -> None:
    make.line_field(session, shop.chair, is_required=True)
    make.line_field(session, shop.chair, slug="font", label="Font", kind="choice", choices=["Plain", "Script"])
    typed = {1: {"engraving": " Anna ", "font": "", "unknown": "x"}, 2: {"engraving": "Bo"}, 3: {"engraving": "Eve"}}
    assert _say(session, selection, shop, answers=typed) == ["answers"]
    assert _row(session, selection).answers == (ANNA, BO), "there are two units"
    assert _say(session, selection, shop, answers={1: {"engraving": "Anna"}, 2: {"engraving": "Bo"}}) == []
    assert _say(session, selection, shop) == ["answers"], "what is left open the customer is asked"
    assert _row(session, selection).answers == ()


def test_an_answer_that_is_none_names_its_field(session: Session, shop: Shop, selection: Selection) -> None:
    make.line_field(session, shop.chair, slug="font", label="Font", kind="choice", choices=["Plain", "Script"])
    with pytest.raises(Invalid, match="Choose the font") as refusal:
        _say(session, selection, shop, answers={2: {"font": "Gothic"}})
    assert refusal.value.field == "answer_2_font"


def test_only_lines_with_its_product_are_asked(session: Session, shop: Shop, selection: Selection) -> None:
    make.line_field(session, shop.bag)
    assert _say(session, selection, shop, answers={1: {"engraving": "Anna"}}) == []
    selections.add_line(session, selection, shop.bag.id, 1, by=shop.agent.actor)
    assert [_row(session, selection, place).has_fields for place in (0, 1)] == [False, True]


def test_one_more_of_an_answered_product_leaves_its_answers(
        session: Session, shop: Shop, selection: Selection) -> None:
    make.line_field(session, shop.chair)
    _say(session, selection, shop, answers={1: {"engraving": "Anna"}})
    added = selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    assert (added.before, added.after) == (2, 3)
    assert _row(session, selection).answers == (ANNA,)


def test_answers_go_back_come_again_and_are_copied(session: Session, shop: Shop, selection: Selection) -> None:
    make.line_field(session, shop.chair)
    _say(session, selection, shop, answers={1: {"engraving": "Anna"}})
    undoing.undo(session, selection, by=shop.agent.actor)
    assert _row(session, selection).answers == ()
    undoing.redo(session, selection, by=shop.agent.actor)
    copy, _ = cloning.clone_selection(session, selection, agent=shop.agent, by=shop.agent.actor)
    assert _row(session, copy).answers == (ANNA,)
