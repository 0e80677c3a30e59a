"""Custom fields of a line: what the agent left open is asked of the customer, kept, bought, and shown to both."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField, Variant
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.orders.models import OrderLine
from sales_portal.selections.models import SelectionLine
from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter

ANNA = [{"slug": "engraving", "label": "Engraving", "answer": "Anna", "unit": 1}]
BO = [{"slug": "engraving", "label": "Engraving", "answer": "Bo", "unit": 2}]


@pytest.fixture
def board(session: Session, shop: Shop) -> Variant:
    """A board that may be engraved, in a choice of fonts."""
    made = make.product(session, "Oak board", prices={shop.pricelist: 40_000}, stock={shop.warehouse: 40})
    make.line_field(session, made, is_required=True)
    make.line_field(session, made, slug="font", label="Font", kind="choice", choices=["Plain", "Script"], position=2)
    return made


def linked(session: Session, shop: Shop, lines: dict[Variant, int], *answers: dict[str, object],
           **terms: object) -> Linked:
    """A link for `lines`, of whose first the agent answered so much."""
    selection = make.selection(session, shop, lines, for_anyone=True)
    first = session.scalars(select(SelectionLine).where(SelectionLine.selection_id == selection.id)
                            .order_by(SelectionLine.position)).first()
    assert first is not None
    first.answers = [*answers] or None
    session.flush()
    return make.link(session, selection, **terms)


def kept(session: Session) -> list[list[dict[str, object]] | None]:
    session.rollback()
    return list(session.scalars(select(CheckoutSessionLine.answers).where(CheckoutSessionLine.kind == "item")
                                .order_by(CheckoutSessionLine.line_no)))


def asked(customer: Customer) -> list[str]:
    """The names of the fields of lines on the page it shows."""
    assert customer.page is not None
    return [str(field["name"]) for field in customer.page.page.select("#line-fields [name]")]


def test_what_the_agent_left_open_is_asked_of_each_unit_of_each_line_with_its_product(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {shop.bag: 1, board: 2}))
    shown = anna.go_on()
    assert asked(anna) == ["line-2-1-engraving", "line-2-1-font", "line-2-2-engraving", "line-2-2-font"]
    assert shown.words("#fields-of-2-1 legend") == "Oak board (1 of 2)"
    anna.give_details(**{"line-2-1-engraving": " Anna  ", "line-2-2-engraving": "Bo"})
    assert anna.where == "/delivery"
    assert kept(session) == [None, [*ANNA, *BO]]
    assert anna.look("/details").one("[name=line-2-2-engraving]")["value"] == "Bo"


def test_of_many_units_the_first_answers_for_all(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {board: 21}))
    shown = anna.go_on()
    assert asked(anna) == ["line-1-1-engraving", "line-1-1-font"]
    assert shown.words("#fields-of-1-1 legend") == "Oak board"
    anna.give_details(**{"line-1-1-engraving": "Anna"})
    assert anna.where == "/delivery"


def test_one_more_unit_asks_for_the_details_again(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {board: 1}, changes="more", may_change_quantities=True))
    anna.give_details(**{"line-1-1-engraving": "Anna"})
    anna.post("/lines/1/quantity", token_of="#offer-form", **{"quantity-1": "2"})
    anna.go_on(**{"quantity-1": "2"})
    assert anna.where == "/details"
    assert anna.look("/details").one("[name=line-1-1-engraving]")["value"] == "Anna"
    anna.give_details(**{"line-1-1-engraving": "Anna", "line-1-2-engraving": "Bo"})
    assert kept(session) == [[*ANNA, *BO]]


def test_a_wrong_answer_names_its_line_and_all_that_was_typed_stays(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {board: 1}))
    shown = anna.give_details(**{"line-1-1-engraving": " ", "line-1-1-font": "Gothic", "name": "Anna Svensson"})
    assert shown.status_code == 422
    assert [(link["href"], link.get_text()) for link in shown.page.select("#error-summary a")] == [
        ("#field-line-1-1-engraving", "Oak board: enter the engraving"),
        ("#field-line-1-1-font", "Oak board: choose the font")]
    assert shown.words("#field-line-1-1-engraving-error") == "Enter the engraving"
    assert shown.one("#field-name")["value"] == "Anna Svensson"
    assert kept(session) == [None]


def test_what_the_agent_answered_is_shown_and_neither_asked_nor_changed(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {board: 1}, *ANNA))
    assert "Engraving: Anna" in anna.look().words("#offer-row-1")
    anna.go_on()
    assert asked(anna) == ["line-1-1-font"]
    anna.give_details(**{"line-1-1-engraving": "Eve", "line-1-1-font": "Script"})
    assert kept(session) == [[*ANNA, {"slug": "font", "label": "Font", "answer": "Script", "unit": 1}]]


def test_a_link_with_all_that_is_required_asks_nothing_of_who_is_known(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    known = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1", "postcode": "111 22",
             "city": "Stockholm", "country": "SE"}
    anna = enter(linked(session, shop, {board: 1}, *ANNA, prefill=known))
    anna.go_on()
    assert anna.where == "/delivery"
    other = enter(linked(session, shop, {board: 1}, prefill=known))
    other.go_on()
    assert other.where == "/details"


def test_the_order_the_receipt_and_the_mail_say_what_was_answered(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    anna = enter(linked(session, shop, {board: 1}))
    anna.give_details(**{"line-1-1-engraving": "Anna <3"})
    shown = anna.buy()
    assert "Engraving: Anna <3" in shown.words("#bought")
    session.rollback()
    assert session.scalars(select(OrderLine.answers).where(OrderLine.kind == "item")).one() == [
        {"slug": "engraving", "label": "Engraving", "answer": "Anna <3", "unit": 1}]


def test_a_later_change_of_the_question_changes_no_answer(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    made = linked(session, shop, {board: 1}, *ANNA)
    session.execute(update(CustomField).values(label="Words on it"))
    session.flush()
    assert "Engraving: Anna" in enter(made).look().words("#offer-row-1")


def test_a_product_added_later_that_must_be_asked_asks_for_the_details_again(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    link = linked(session, shop, {shop.bag: 1}, changes="more", may_add_products=True)
    anna = enter(link)
    anna.give_details()
    assert anna.where == "/delivery"
    anna.post("/additions", variant=str(board.id))
    session.rollback()
    assert session.scalars(select(CheckoutSession.details_at)).one() is None
    anna.go_on()
    assert asked(anna) == ["line-501-1-engraving", "line-501-1-font"]


def test_two_lines_of_one_product_keep_their_own_answers(
        session: Session, shop: Shop, board: Variant, enter: Enter) -> None:
    selection = make.selection(session, shop, {board: 1}, for_anyone=True)
    make.line(session, selection, board, 1)
    anna = enter(make.link(session, selection))
    anna.give_details(**{"line-1-1-engraving": "Anna", "line-2-1-engraving": "Bo"})
    assert [[one["answer"] for one in answers or ()] for answers in kept(session)] == [["Anna"], ["Bo"]]


def test_a_plain_checkout_reads_no_questions(session: Session, shop: Shop, enter: Enter) -> None:
    anna = enter(make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True)))
    anna.go_on()
    assert anna.page is not None
    assert not anna.page.page.select("#line-fields")
