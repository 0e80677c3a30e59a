"""A discount code on the pages: Enter, leaving the field and the main button all use it, with scripts and without."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.payments.models import Payment
from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


@pytest.fixture
def coded(session: Session, shop: Shop) -> Linked:
    """A link for one bag that takes codes; TEN takes ten percent off."""
    make.discount(session, 10000, code="TEN")
    return make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)


def total(session: Session) -> int:
    session.rollback()
    return session.scalars(select(CheckoutSession.total_amount)).one()


def test_the_field_waits_behind_a_question_and_only_where_the_link_takes_codes(
        linked: Linked, coded: Linked, enter: Enter) -> None:
    """P-08."""
    for path, go in (("", "look"), ("/delivery", "give_details")):
        with_codes, without = enter(coded), enter(linked)
        shown = getattr(with_codes, go)()
        assert shown.words("#code summary") == "Have a code?", path
        assert not shown.page.select("#code details[open]")
        assert shown.one("#field-code")["autocomplete"] == "off"
        assert not getattr(without, go)().page.select("#code, [name=code]")


def test_use_code_on_the_first_page_lowers_total_and_button(session: Session, coded: Linked, enter: Enter) -> None:
    anna = enter(coded)
    answer = anna.post("/code", "#offer-form", code="ten")
    assert (answer.status_code, answer.location) == (303, f"{coded.path}#code")
    shown = anna.look()
    assert shown.words("#code p") == "You use the code TEN ."
    assert "Discount TEN −31,00" in shown.words("#totals")
    assert shown.words("#continue").replace("\u00a0", " ") == "Continue to payment — 338,00 kr"
    assert total(session) == 33_800


def test_a_code_typed_and_not_used_goes_along_with_continue(session: Session, coded: Linked, enter: Enter) -> None:
    """C15: the main button uses it."""
    anna = enter(coded)
    anna.go_on(code="TEN")
    assert anna.where == "/details"
    assert total(session) == 33_800


def test_continue_with_a_wrong_code_stays_and_says_why(session: Session, coded: Linked, enter: Enter) -> None:
    anna = enter(coded)
    shown = anna.go_on(code="TENN")
    assert shown.words("#field-code-error") == "We don't know this code. Check how it is written."
    assert shown.one("#field-code")["value"] == "TENN"
    assert [link["href"] for link in shown.page.select("#error-summary a")] == ["#field-code"]
    assert shown.page.select("#code details[open]")
    anna.submit(shown, "#offer-form", code="")
    assert anna.where == "/details"


def test_a_wrong_code_loses_no_other_change_of_the_page(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True,
                       changes="more", may_change_quantities=True)
    anna = enter(linked)
    shown = anna.post("/code", "#offer-form", code="NOPE", **{"quantity-1": "3"})
    assert shown.words("#field-code-error")
    assert shown.one("#field-quantity-1")["value"] == "3"
    assert total(session) == 3 * 31_000 + 5_900


def test_on_the_payment_page_a_code_keeps_the_way_to_deliver(session: Session, shop: Shop, enter: Enter) -> None:
    courier = make.shipping(session, shop.market, {"SE": 14_900}, name="Courier")
    make.discount(session, 10000, code="TEN")
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)
    anna = enter(linked)
    anna.give_details()
    for code, expected in (("NOPE", 45_900), ("TEN", 42_800)):
        token = str(anna.page.one("[name=form_token]")["value"])
        answer = anna.client.post(f"{linked.path}/delivery", data={
            "form_token": token, "method": str(courier.id), "code": code})
        assert answer.status_code == (200 if code == "NOPE" else 303)
        assert total(session) == expected


def test_pay_with_a_code_shows_the_new_total_before_anything_is_charged(
        session: Session, coded: Linked, enter: Enter) -> None:
    anna = enter(coded)
    anna.give_details()
    shown = anna.submit(anna.page, "#pay-form", code="TEN")
    assert shown.words("#total-changed").replace("\u00a0", " ") == (
        "The total has changed It was 369,00 kr and is now 338,00 kr . Look at it once more before you pay.")
    assert shown.words("#pay .button-label").replace("\u00a0", " ") == "Accept new total and pay 338,00 kr"
    session.rollback()
    assert session.scalars(select(Payment)).all() == []
    anna.buy()
    assert "Discount TEN −31,00" in anna.page.words("#totals")


def test_pay_with_a_wrong_code_starts_nothing_and_keeps_the_text(
        session: Session, coded: Linked, enter: Enter) -> None:
    anna = enter(coded)
    anna.give_details()
    shown = anna.submit(anna.page, "#pay-form", code="NOPE")
    assert shown.status_code == 422
    assert shown.one("#field-code")["value"] == "NOPE"
    session.rollback()
    assert session.scalars(select(Payment)).all() == []


def test_a_code_that_was_used_up_meanwhile_is_not_charged_with(session: Session, shop: Shop, enter: Enter) -> None:
    once = make.discount(session, 10000, code="ONCE", usage_limit=1)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)
    anna = enter(linked)
    anna.go_on(code="ONCE")
    anna.give_details()
    once.uses_count = 1
    shown = anna.submit(anna.page, "#pay-form")
    assert shown.words("#code p") == "The code ONCE takes nothing off any more."
    assert shown.words("#pay .button-label").replace("\u00a0", " ") == "Accept new total and pay 369,00 kr"
    session.rollback()
    assert session.scalars(select(Payment)).all() == []


@pytest.mark.parametrize("at", ["landing", "delivery"])
def test_a_code_can_be_taken_away_again(session: Session, coded: Linked, enter: Enter, at: str) -> None:
    anna = enter(coded)
    anna.go_on(code="TEN")
    shown = anna.give_details() if at == "delivery" else anna.look()
    button = shown.one("#code-act")
    token = str(shown.one("#pay-form [name=form_token], #offer-form [name=form_token]")["value"])
    answer = anna.client.post(str(button["formaction"]), data={"form_token": token, "at": str(button["value"])})
    assert answer.location == coded.path + ("/delivery#code" if at == "delivery" else "#code")
    assert total(session) == 36_900


@pytest.mark.parametrize("path", ["/visit", "/code", "/lines/1/quantity", "/delivery", "/payment"])
def test_a_made_up_form_gives_a_code_to_no_link_that_takes_none(
        session: Session, shop: Shop, enter: Enter, path: str) -> None:
    """P-08."""
    make.discount(session, 10000, code="TEN")
    anna = enter(make.link(session, make.selection(session, shop, {shop.bag: 1})))
    anna.give_details()
    answer = anna.post(path, code="TEN", method=str(shop.shipping.id), shown_total="36900")
    assert answer.status_code == 409
    assert "This offer takes no discount codes." in answer.words()
    assert total(session) == 36_900


def test_nobody_tries_codes_without_end(coded: Linked, enter: Enter) -> None:
    anna = enter(coded)
    answers = [anna.post("/code", "#offer-form", code=f"GUESS{number}").status_code for number in range(32)]
    assert set(answers[:30]) == {200}
    assert answers[30:] == [429, 429]
