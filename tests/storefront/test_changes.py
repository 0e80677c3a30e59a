"""What the customer may change: quantities within limits, one of several products, and nothing where it is locked."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.selections.models import MAX_QUANTITY
from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter


@pytest.fixture
def changeable(session: Session, shop: Shop) -> Linked:
    """Two chairs, up to four; two bags at a special price."""
    selection = make.selection(session, shop, {shop.chair: 2})
    make.line(session, selection, shop.bag, 2, special_price=25000)
    return make.link(session, selection, changes="more", may_change_quantities=True, max_per_line=4)


@pytest.fixture
def choice(session: Session, shop: Shop) -> Linked:
    """A chair, a bag or a cap."""
    selection = make.selection(session, shop, {shop.chair: 1, shop.bag: 2, shop.cap: 1})
    return make.link(session, selection, changes="pick_one")


def items(session: Session) -> dict[str, int]:
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    session.refresh(visit, ["lines"])
    return {line.title: line.quantity for line in visit.lines if line.kind == "item"}


def quantity(customer: Customer, line_no: int, typed: str) -> object:
    return customer.post(f"/lines/{line_no}/quantity", "#offer-form", **{f"quantity-{line_no}": typed})


def test_limits_are_stated_first_and_a_special_price_is_fixed(changeable: Linked, enter: Enter) -> None:
    """C12."""
    shown = enter(changeable).look()
    assert shown.words("#field-quantity-1-note") == "Up to 4"
    assert shown.one("#field-quantity-1")["data-max"] == "4"
    lines = [" ".join(line.get_text(" ").split()) for line in shown.page.select(".offer-line")]
    assert lines[1].endswith("Fixed at 2 for this price 500,00")
    assert len(shown.page.select(".stepper-input")) == 1


def test_a_new_quantity_changes_line_total_and_button(session: Session, changeable: Linked, enter: Enter) -> None:
    anna = enter(changeable)
    answer = quantity(anna, 1, "3")
    assert answer.status_code == 303
    shown = anna.look()
    assert shown.one("#field-quantity-1")["value"] == "3"
    assert "3 × 1 200,00 Up to 4 Update 3 600,00" in shown.words(".offer").replace("\u00a0", " ")
    assert shown.words("#continue").replace("\u00a0", " ") == "Continue to payment — 4 159,00 kr"
    assert items(session) == {"Oak chair, natural": 3, "Linen bag": 2}


def test_a_quantity_typed_and_not_updated_goes_along_with_continue(
        session: Session, changeable: Linked, enter: Enter) -> None:
    anna = enter(changeable)
    anna.go_on(**{"quantity-1": "4"})
    assert anna.where == "/details"
    assert items(session)["Oak chair, natural"] == 4


WRONG = [
    ("0", "Enter a quantity from 1 to 4"), ("-1", "Enter a quantity from 1 to 4"),
    ("5", "Enter a quantity from 1 to 4"), ("1000000000", "Enter a quantity from 1 to 4"),
    ("9" * 5000, "Enter a quantity from 1 to 4"), ("1.5", "Enter a whole number"), ("", "Enter a whole number"),
    ("two", "Enter a whole number"), ("1e3", "Enter a whole number"), ("<script>", "Enter a whole number"),
]


@pytest.mark.parametrize("path", ["/lines/1/quantity", "/visit"])
def test_a_wrong_quantity_is_refused_in_words_and_stays(
        session: Session, changeable: Linked, enter: Enter, path: str) -> None:
    anna = enter(changeable)
    for typed, message in WRONG:
        answer = anna.post(path, "#offer-form", **{"quantity-1": typed})
        assert answer.status_code == 422
        assert answer.words("#field-quantity-1-note") == message
        assert answer.one("#field-quantity-1")["value"] == typed
    session.rollback()
    assert session.scalars(select(CheckoutSession)).all() == []


STALE = "This page was open for too long. Nothing was lost: reload it and press the button again."


@pytest.mark.parametrize("path", ["/lines/1/quantity", "/visit"])
def test_a_page_open_for_too_long_keeps_the_quantity_typed(
        session: Session, changeable: Linked, enter: Enter, path: str) -> None:
    anna = enter(changeable)
    shown = anna.post(path, "#offer-form", **{"form_token": "stale", "quantity-1": "4"})
    assert (shown.status_code, shown.words("#stale")) == (400, STALE)
    assert shown.one("#field-quantity-1")["value"] == "4"
    session.rollback()
    assert session.scalars(select(CheckoutSession)).all() == []
    anna.submit(shown, "#offer-form")
    assert items(session)["Oak chair, natural"] == 4


@pytest.mark.parametrize("path", ["/choice", "/visit"])
def test_a_page_open_for_too_long_keeps_the_choice(session: Session, choice: Linked, enter: Enter, path: str) -> None:
    anna = enter(choice)
    shown = anna.post(path, "#offer-form", form_token="stale", line_no="2")
    assert (shown.status_code, shown.words("#stale")) == (400, STALE)
    assert [field["value"] for field in shown.page.select("[name=line_no][checked]")] == ["2"]
    anna.submit(shown, "#offer-form")
    assert items(session) == {"Linen bag": 2}


@pytest.mark.parametrize("line_no", ["9" * 40, "x", "-1", "²", ""])
def test_a_choice_that_is_none_breaks_nothing_on_a_stale_page(choice: Linked, enter: Enter, line_no: str) -> None:
    assert enter(choice).post("/choice", "#offer-form", form_token="stale", line_no=line_no).status_code == 400


def test_without_a_limit_of_the_agents_the_houses_own_holds(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), changes="more",
                       may_change_quantities=True)
    answer = quantity(enter(linked), 1, "1000000000")
    assert answer.words("#field-quantity-1-note") == f"Enter a quantity from 1 to {MAX_QUANTITY}"


def test_a_special_price_never_grows_whatever_is_posted(session: Session, changeable: Linked, enter: Enter) -> None:
    """C-27, C-28: the agent says how many pieces there are at that price."""
    anna = enter(changeable)
    anna.go_on()
    assert quantity(anna, 2, "3").status_code == 422
    assert items(session)["Linen bag"] == 2


def test_a_locked_link_has_no_control_and_takes_no_change(session: Session, linked: Linked, enter: Enter) -> None:
    """B20, C-15: locked, the products named and only those."""
    anna = enter(linked)
    shown = anna.look()
    assert not shown.page.select(".stepper, [data-auto-submit], [type=radio]")
    anna.go_on()
    before = items(session)
    assert quantity(anna, 1, "9").status_code == 409
    assert anna.post("/choice", "#offer-form", line_no="9").status_code == 409
    assert items(session) == before


def test_what_is_short_can_be_lowered_where_quantities_may_change(
        session: Session, shop: Shop, changeable: Linked, enter: Enter) -> None:
    anna = enter(changeable)
    anna.give_details()
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 1, by=SYSTEM)
    shown = anna.look("/delivery")
    assert shown.words("#sold-out-1") == "Only 1 left of Oak chair, natural. Change the quantity"
    assert shown.words(".public-bar .button") == "Change the quantity"
    quantity(anna, 1, "1")
    assert "Pay" in anna.look("/delivery").words("#pay")


def test_one_of_several_is_picked_and_priced(session: Session, choice: Linked, enter: Enter) -> None:
    anna = enter(choice)
    shown = anna.look()
    labels = [" ".join(card.get_text(" ").split()).replace("\u00a0", " ")
              for card in shown.page.select(".radio-card-label")]
    assert labels == ["Oak chair, natural 1 200,00", "Linen bag 2 × 310,00 620,00", "Wool cap 960,00"]
    assert shown.one("[name=line_no][checked]")["value"] == "1"
    assert "1 259,00" in shown.words("#continue").replace("\u00a0", " ")
    assert anna.post("/choice", "#offer-form", line_no="2").status_code == 303
    shown = anna.look()
    assert shown.one("[name=line_no][checked]")["value"] == "2"
    assert "679,00" in shown.words("#continue")
    assert "679,00" in shown.words("#totals")
    assert items(session) == {"Linen bag": 2}


def test_without_script_continue_submits_the_choice(session: Session, choice: Linked, enter: Enter) -> None:
    anna = enter(choice)
    anna.go_on(line_no="3")
    assert items(session) == {"Wool cap": 1}
    anna.go_on(line_no="1")
    assert items(session) == {"Oak chair, natural": 1}


@pytest.mark.parametrize(("typed", "status"), [("9", 409), ("0", 409), ("-1", 303), ("abc", 303), ("", 303),
                                               ("9" * 50, 303)])
def test_a_choice_that_is_none_of_them_changes_nothing(
        session: Session, choice: Linked, enter: Enter, typed: str, status: int) -> None:
    anna = enter(choice)
    anna.go_on(line_no="2")
    assert anna.post("/choice", "#offer-form", line_no=typed).status_code == status
    assert items(session) == {"Linen bag": 2}


def test_a_product_that_sold_out_cannot_be_picked_and_the_next_one_stands_ready(
        session: Session, shop: Shop, choice: Linked, enter: Enter) -> None:
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 0, by=SYSTEM)
    anna = enter(choice)
    shown = anna.look()
    assert shown.one("[name=line_no][disabled]")["value"] == "1"
    assert shown.words("#field-line_no-1-hint") == "Sold out just now"
    assert shown.one("[name=line_no][checked]")["value"] == "2"
    assert shown.words("#continue") == "Continue to payment"
    anna.go_on()
    assert items(session) == {"Linen bag": 2}
