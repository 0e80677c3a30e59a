"""What was agreed in one currency and what becomes of it in another: special prices typed anew, lines without a
product, and amounts customers chose."""

from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import RolePermission, Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.selections import ad_hoc
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building, switching
from tests.harness.app import Answer, Client
from tests.make import Shop


@pytest.fixture
def bargain(session: Session, shop: Shop, norway: Market) -> Selection:
    """A bag at 248,00 instead of 310,00, and an engraving at 100,00 that is in no catalogue."""
    draft = make.selection(session, shop)
    make.line(session, draft, shop.bag, special_price=24800, reason="loyal")
    ad_hoc.add_ad_hoc(session, draft, AdHoc("Engraving", 10000), by=shop.agent.actor)
    session.commit()
    return draft


def amounts(answer: Answer) -> dict[str, str]:
    """The fields for new amounts: label and value."""
    return {answer.words(f"label[for={field['id']}]"): str(field["value"])
            for field in answer.page.select("#switch-form [name^=amount_]")}


def test_new_amounts_are_typed_in_the_new_currency_and_the_reason_stays(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    """Brief §3.5: *type new amount*; each field begins with the price at the same discount."""
    bag, engraving = (building.line_of(maria, bargain, title) for title in ("Linen bag", "Engraving"))
    assert list(amounts(switching.trial(maria, bargain, norway))) == ["New price of Engraving (optional)"]
    shown = switching.trial(maria, bargain, norway, specials="type")
    assert amounts(shown) == {"New price of Linen bag": "256,00", "New price of Engraving (optional)": ""}
    typed = {"specials": "type", f"amount_{bag}": "1.250,50", f"amount_{engraving}": "120"}
    assert [row.split(" SEK ")[1] for row in switching.rows(switching.trial(maria, bargain, norway, **typed))] == [
        "1 250,50 NOK – 5", "120,00 NOK – –"]
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **typed))
    assert done.status_code == 200
    session.expire_all()
    assert [(line.special_price_amount, line.special_price_reason) for line in (
        session.get_one(SelectionLine, bag), session.get_one(SelectionLine, engraving))] == [
        (125050, "loyal"), (12000, "")]


def test_a_wrong_new_amount_is_refused_at_its_field_and_changes_nothing(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    bag, engraving = (building.line_of(maria, bargain, title) for title in ("Linen bag", "Engraving"))
    shown = switching.trial(maria, bargain, norway, specials="type")
    for text, said in (("cheap", "Enter an amount like 1080,50"), ("", "Enter a price"), ("-1", "Enter an amount from"),
                       ("10,555", "Enter an amount with at most 2 decimals"), ("9" * 20, "Enter a smaller amount")):
        wrong = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **{
            f"amount_{bag}": text, f"amount_{engraving}": "99"}))
        assert (wrong.status_code, wrong.headers["HX-Retarget"]) == (422, "#switch")
        assert wrong.words(f"#switch-amount-{bag}-error").startswith(said)
        assert [wrong.one(f"#switch-amount-{line}")["value"] for line in (bag, engraving)] == [text, "99"]
    plain = cast(Answer, maria.submit(shown, "#switch-form", **{f"amount_{bag}": "cheap"}))
    assert plain.one("#error-summary a")["href"] == f"#switch-amount-{bag}"
    session.expire_all()
    assert session.get_one(Selection, bargain.id).currency == "SEK"


def test_a_line_without_a_product_waits_for_its_price_there_and_is_never_kept_out(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    shown = switching.trial(maria, bargain, norway)
    assert not shown.page.select("#switch-missing")
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True))
    engraving = building.line_of(maria, bargain, "Engraving")
    assert "No price in NOK yet. Enter one or remove the line." in done.words(f"#line-{engraving}")
    [fix] = [link for link in done.page.select(f"#line-fixes-{engraving} a") if link.get_text() == "Enter a price"]
    form = cast(Answer, maria.get(str(fix["href"])))
    assert (form.one("#ad-hoc-title")["value"], form.one("#ad-hoc-amount")["value"]) == ("Engraving", "")
    undone = building.post(maria, bargain, "undo", htmx=True)
    assert "100,00" in undone.words(f"#line-{engraving}")


def test_who_may_write_no_lines_of_their_own_sets_no_price_of_one_by_a_switch(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, bargain: Selection,
        norway: Market) -> None:
    session.delete(session.get_one(RolePermission, (shop.agent.role_id, Permission.SELECTIONS_ADHOC.value)))
    session.commit()
    maria = signed_in(shop.agent)
    engraving = building.line_of(maria, bargain, "Engraving")
    shown = switching.trial(maria, bargain, norway)
    assert amounts(shown) == {}
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **{f"amount_{engraving}": "1"}))
    assert "No price in NOK yet." in done.words(f"#line-{engraving}")
    assert not done.page.select(f"#price-{engraving}, #line-fixes-{engraving} a")


def test_a_chosen_amount_goes_with_its_currency_and_comes_back_with_undo(
        maria: Client, session: Session, shop: Shop, norway: Market) -> None:
    """Issue 3, 2 and 3: what was agreed of a pay-what-you-want product is never taken for another currency."""
    fund = make.product(session, "Tree fund", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, fund, 10000, minimum=5000)
    make.price(session, pricing.list_pricelists(session, norway.id)[0], fund, 20000, minimum=8000)
    draft = make.selection(session, shop, {fund: 1})
    line = building.line_of(maria, draft, "Tree fund")
    building.post(maria, draft, f"lines/{line}/price", amount="75", shown_amount="100,00")
    assert switching.rows(switching.trial(maria, draft, norway)) == ["Tree fund 75,00 SEK 200,00 NOK – –"]
    maria.submit(switching.trial(maria, draft, norway), "#switch-form", htmx=True)
    session.expire_all()
    assert session.get_one(SelectionLine, line).chosen_amount is None
    building.post(maria, draft, "undo", htmx=True)
    session.expire_all()
    assert session.get_one(SelectionLine, line).chosen_amount == 7500
