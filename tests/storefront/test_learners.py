"""Learners: who takes the seats the agent left open is asked, kept, bought, and shown to the buyer and to the house."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.checkout.models import CheckoutSessionLine
from sales_portal.orders.models import Order, OrderLine
from sales_portal.selections.models import SelectionLine
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter

BUYER = {"email": "anna@example.com", "name": "Anna Svensson"}
ANNA = {"name": "Anna Svensson", "email": "anna@example.com"}
BO = {"name": "Bo Berg", "email": ""}


@pytest.fixture
def course(session: Session, shop: Shop) -> Variant:
    """A course with seats enough."""
    return make.training(session, "Wood care", at=shop.warehouse, seats=40, prices={shop.pricelist: 250_000})


def of_seats(session: Session, shop: Shop, course: Variant, seats: int = 2, *learners: dict[str, str],
             **terms: object) -> Linked:
    """A link for so many seats, on which the agent named these learners."""
    selection = make.selection(session, shop, {course: seats}, for_anyone=True)
    session.scalars(select(SelectionLine).where(SelectionLine.selection_id == selection.id)).one().learners = [
        *learners]
    session.flush()
    return make.link(session, selection, **terms)


def kept(session: Session) -> list[dict[str, str]]:
    session.rollback()
    return session.scalars(select(CheckoutSessionLine.learners)).one()


def asked(customer: Customer) -> list[str]:
    """The names of the fields about seats on the page it shows."""
    assert customer.page is not None
    return [str(field["name"]) for field in customer.page.page.select("#learners [name]")]


def test_each_open_seat_has_a_name_and_an_email_and_the_first_may_be_the_buyers(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    """A-04: one group for each seat."""
    anna = enter(of_seats(session, shop, course))
    shown = anna.go_on()
    assert asked(anna) == ["learner-1-1-buyer", "learner-1-1-name", "learner-1-1-email", "learner-1-2-name",
                           "learner-1-2-email"]
    assert shown.words("#learners legend") == "Who takes part in Wood care?"
    anna.submit(shown, "#details-form", **BUYER, **{"learner-1-1-buyer": "1", "learner-1-2-name": " Bo  Berg "})
    assert anna.where == "/delivery"
    assert kept(session) == [ANNA, BO]
    again = anna.look("/details")
    assert again.one("[name=learner-1-1-buyer]").has_attr("checked")
    assert again.one("[name=learner-1-2-name]")["value"] == "Bo Berg"


def test_a_name_is_needed_and_an_email_only_right_and_all_that_was_typed_stays(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    anna = enter(of_seats(session, shop, course))
    shown = anna.submit(anna.go_on(), "#details-form", email="anna@", name="Anna Svensson",
                        **{"learner-1-1-name": "Ada Lind", "learner-1-2-email": "bo@"})
    assert shown.status_code == 422
    assert [(link["href"], link.get_text()) for link in shown.page.select("#error-summary a")] == [
        ("#field-email", "Enter an e-mail address like name@example.com"),
        ("#field-learner-1-2-name", "Seat 2: enter the name of who takes this seat"),
        ("#field-learner-1-2-email", "Seat 2: enter an e-mail address like name@example.com")]
    assert shown.words("#field-learner-1-2-name-error") == "Enter the name of who takes this seat"
    assert shown.one("#field-learner-1-1-name")["value"] == "Ada Lind"
    assert shown.one("#field-learner-1-2-email")["value"] == "bo@"
    assert kept(session) == []


def test_seats_the_agent_named_are_not_asked_about_and_cannot_be_taken(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    ada = {"name": "Ada Lind", "email": "ada@example.com"}
    linked = of_seats(session, shop, course, 2, ada)
    anna = enter(linked)
    assert "Ada" not in anna.look().text
    shown = anna.go_on()
    assert "Ada Lind : Maria filled this in." in shown.words("#learners")
    assert "ada@example.com" not in shown.text
    anna.post("/details", **BUYER, **{"learner-1-1-name": "Eve", "learner-1-2-name": "Bo Berg"})
    assert kept(session) == [ada, BO]


def test_where_everybody_is_named_nothing_is_asked(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    known = of_seats(session, shop, course, 1, ANNA, prefill=BUYER)
    anna = enter(known)
    anna.go_on()
    assert anna.where == "/delivery"
    open_seat = enter(of_seats(session, shop, course, 1, prefill=BUYER))
    open_seat.go_on()
    assert open_seat.where == "/details"


def test_learners_are_bought_and_shown_on_the_receipt_and_to_the_house(
        session: Session, shop: Shop, course: Variant, enter: Enter, client: Client) -> None:
    anna = enter(of_seats(session, shop, course))
    anna.submit(anna.go_on(), "#details-form", **BUYER,
                **{"learner-1-1-buyer": "1", "learner-1-2-name": "Bo Berg", "learner-1-2-email": "bo@example.com"})
    anna.decide("approve")
    anna.confirm()
    assert "For Anna Svensson , Bo Berg" in anna.page.words("#bought")
    session.rollback()
    bo = {"name": "Bo Berg", "email": "bo@example.com"}
    assert session.scalars(select(OrderLine.learners)).all() == [[ANNA, bo]]
    client.sign_in(shop.agent.email)
    order = session.scalars(select(Order)).one()
    assert "Bo Berg, bo@example.com" in client.get(f"/orders/{order.number}").words("#order-lines")


def test_other_seats_are_asked_about_before_paying(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    linked = of_seats(session, shop, course, 2, changes="more", may_change_quantities=True)
    anna = enter(linked)
    anna.submit(anna.go_on(), "#details-form", **BUYER,
                **{"learner-1-1-buyer": "1", "learner-1-2-name": "Bo Berg"})
    anna.post("/lines/1/quantity", "#offer-form", **{"quantity-1": "1"})
    assert kept(session) == [ANNA]
    anna.look("/delivery")
    assert anna.where == "/delivery"
    anna.post("/lines/1/quantity", "#offer-form", **{"quantity-1": "3"})
    anna.look("/delivery")
    assert anna.where == "/details"
    assert anna.page.one("[name=learner-1-1-buyer]").has_attr("checked")
    assert len(asked(anna)) == 7


def test_a_large_group_is_typed_as_a_list_and_names_may_follow(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    anna = enter(of_seats(session, shop, course, 25))
    shown = anna.go_on()
    assert asked(anna) == ["learners-1"]
    for wrong, message in (("\n".join(["Bo Berg"] * 26), "26 names are too many for 25 seats"),
                           ("Ada Lind\nBo Berg, bo@", "Line 2: enter an e-mail address like name@example.com")):
        shown = anna.submit(shown, "#details-form", **BUYER, **{"learners-1": wrong})
        assert shown.words("#field-learners-1-error") == message
        assert shown.one("#field-learners-1").get_text().strip() == wrong
    anna.submit(shown, "#details-form", **BUYER, **{"learners-1": "Ada Lind, ada@example.com\nBo Berg"})
    assert anna.where == "/delivery"
    assert kept(session)[:3] == [{"name": "Ada Lind", "email": "ada@example.com"}, BO, {"name": "", "email": ""}]
    assert anna.look("/details").one("#field-learners-1").get_text().strip() == "Ada Lind, ada@example.com\nBo Berg"


@pytest.mark.parametrize("typed", ["x" * 5000, "<script>alert(1)</script>", "\x00Ada"])
def test_hostile_names_are_text_or_refused(
        session: Session, shop: Shop, course: Variant, enter: Enter, typed: str) -> None:
    anna = enter(of_seats(session, shop, course, 1))
    anna.submit(anna.go_on(), "#details-form", **BUYER, **{"learner-1-1-name": typed})
    assert "<script>alert" not in anna.page.text
    session.rollback()
    named = session.scalars(select(CheckoutSessionLine.learners)).one()
    assert (named == []) == (len(typed) > 120)


def test_who_lost_the_copy_is_asked_all_the_same(
        session: Session, shop: Shop, course: Variant, enter: Enter) -> None:
    anna = enter(of_seats(session, shop, course, 1))
    refused = anna.post("/details", **BUYER)
    assert refused.words("#field-learner-1-1-name-error") == "Enter the name of who takes this seat"
    anna.submit(refused, "#details-form", **{"learner-1-1-buyer": "1"})
    assert anna.where == "/delivery"
    assert kept(session) == [ANNA]


def test_goods_ask_about_nobody(linked: Linked, enter: Enter) -> None:
    assert not enter(linked).go_on().page.select("#learners")
