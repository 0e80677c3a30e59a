"""Giving a selection discounts: by code or by picking, several at once, and taking them away."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.selections import discounts
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.time import Clock
from tests.make import Shop

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def selection(session: Session, shop: Shop, clock: Clock) -> Selection:
    """Two bags and a chair, for 1 820,00."""
    clock.set(NOON)
    return make.selection(session, shop, {shop.chair: 1, shop.bag: 2})


def _labels(session: Session, selection: Selection) -> list[str]:
    return [rule.label for rule in discounts.list_rules(session, selection)]


def test_a_code_is_given_in_any_case_and_counts_at_once(session: Session, shop: Shop, selection: Selection) -> None:
    make.discount(session, 10000, code="SUMMER10")
    rule = discounts.add_by_code(session, selection, " summer10 ", by=shop.agent.actor)
    assert rule.label == "SUMMER10"
    assert read_basket(session, selection).quote.discount_amount == 18200
    assert selection.version == 2


def test_a_05_several_discounts_stand_side_by_side_in_the_order_given(
        session: Session, shop: Shop, selection: Selection) -> None:
    for code, percent in (("FIVE", 5000), ("TEN", 10000)):
        make.discount(session, percent, code=code)
        discounts.add_by_code(session, selection, code, by=shop.agent.actor)
    bags = make.discount(session, 50000, name="Bags", on=[shop.bag])
    discounts.add_discount(session, selection, bags.id, by=shop.agent.actor)
    assert _labels(session, selection) == ["FIVE", "TEN", "Bags"]
    quote = read_basket(session, selection).quote
    assert [(taken.rule.label, taken.amount) for taken in quote.discounts] == [
        ("Bags", 31000), ("TEN", 15100), ("FIVE", 6795)]


def test_the_same_discount_twice_is_one(session: Session, shop: Shop, selection: Selection) -> None:
    made = make.discount(session, code="TEN")
    for _ in range(2):
        discounts.add_discount(session, selection, made.id, by=shop.agent.actor)
    assert (_labels(session, selection), selection.version) == (["TEN"], 2)


def test_one_taken_away_counts_no_more_and_one_that_is_not_there_is_not_found(
        session: Session, shop: Shop, selection: Selection) -> None:
    made, other = make.discount(session, code="TEN"), make.discount(session, code="FIVE")
    make.give(session, selection, made, other)
    for wanted, left in ((made, ["FIVE"]), (other, [])):
        discounts.remove_discount(session, selection, wanted.id, by=shop.agent.actor)
        assert _labels(session, selection) == left
    assert not selection.has_discounts
    with pytest.raises(NotFound):
        discounts.remove_discount(session, selection, made.id, by=shop.agent.actor)


@pytest.mark.parametrize(("values", "said"), [
    ({"ends_at": NOON}, "This code ended on 20 Nov."),
    ({"starts_at": NOON + timedelta(days=1)}, "This code starts on 21 Nov."),
    ({"usage_limit": 1, "uses_count": 1}, "This code is used up."),
    ({"fixed_amount": 100, "currency": "EUR"}, "This code is not for SEK."),
])
def test_a_code_that_can_never_apply_is_refused_in_words(
        session: Session, shop: Shop, selection: Selection, values: dict[str, object], said: str) -> None:
    made = make.discount(session, **{"code": "X", **values})
    with pytest.raises(Invalid) as refused:
        discounts.add_by_code(session, selection, "X", by=shop.agent.actor)
    assert (refused.value.field, refused.value.text) == ("code", said)
    with pytest.raises(Invalid, match=r"^X "):
        discounts.add_discount(session, selection, made.id, by=shop.agent.actor)
    assert _labels(session, selection) == []


@pytest.mark.parametrize(("typed", "said"), [
    ("", "Enter a discount code"), ("  ", "Enter a discount code"),
    ("NOPE", "There is no discount with this code. Check how it is written")])
def test_a_code_nobody_made_is_refused(
        session: Session, shop: Shop, selection: Selection, typed: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        discounts.add_by_code(session, selection, typed, by=shop.agent.actor)
    assert (refused.value.field, refused.value.text) == ("code", said)


def test_one_that_waits_for_another_basket_may_be_given_and_says_what_it_waits_for(
        session: Session, shop: Shop, selection: Selection) -> None:
    for code, values in (("BIG", {"minimum_amount": 500_000, "currency": "SEK"}), ("CAPS", {"on": [shop.cap]}),
                         ("ALONE", {"percent": 1000, "is_combinable": False}), ("TEN", {})):
        make.discount(session, code=code, **values)
        discounts.add_by_code(session, selection, code, by=shop.agent.actor)
    said = [check.text for check in read_basket(session, selection).checks]
    assert said == ["CAPS is not for these products.", "BIG needs items for at least 5\u00a0000,00\u00a0kr.",
                    "ALONE can't be combined with TEN. What is best for the customer is counted."]


def test_a_selection_holds_so_many_discounts(session: Session, shop: Shop, selection: Selection) -> None:
    make.give(session, selection, *(make.discount(session, code=f"C{number}") for number in range(discounts.MOST)))
    make.discount(session, code="ONE-MORE")
    with pytest.raises(Invalid, match="holds at most 10 discounts"):
        discounts.add_by_code(session, selection, "ONE-MORE", by=shop.agent.actor)


def test_those_to_pick_from_are_the_others_the_newest_first_with_what_speaks_against_them(
        session: Session, shop: Shop, selection: Selection) -> None:
    given, ended = make.discount(session, code="TEN"), make.discount(session, name="Old", ends_at=NOON)
    make.discount(session, name="New")
    make.give(session, selection, given)
    offered = discounts.list_offered(session, selection)
    assert [(one.rule.label, one.reason) for one in offered] == [("New", ""), ("Old", "Old ended on 20 Nov.")]
    assert offered[1].rule.id == ended.id
    with pytest.raises(NotFound):
        discounts.add_discount(session, selection, 10**12, by=shop.agent.actor)


def test_a_company_registered_abroad_pays_no_tax_here(session: Session, shop: Shop) -> None:
    """Issue 3, 5: reverse charge with a valid VAT id; the country delivered to decides."""
    shop.site.country = "DE"
    shop.customer.account = make.account(session)
    shop.customer.account.vat_number = "SE556012579001"
    selection = make.selection(session, shop, {shop.chair: 1})
    quote = read_basket(session, selection).quote
    assert (quote.is_reverse_charged, quote.tax_waived_amount, quote.total_amount) == (True, 25180, 125900 - 25180)
    shop.site.country = "SE"
    assert read_basket(session, selection).quote.total_amount == 125900
