"""Discount codes a customer types: which are taken, why others are not, and that only an order counts them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout import codes, service
from sales_portal.checkout.codes import Code
from sales_portal.checkout.errors import CodeRefused, CodesNotAllowed, VisitEnded
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.orders.placing import Placing
from sales_portal.pricing.models import Discount
from tests import make
from tests.harness.time import Clock

BAG, TO_THE_DOOR = 31_000, 5_900
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def a_copy(session: Session, shop: make.Shop, *, discount: Discount | None = None,
           **terms: Any) -> tuple[make.Linked, CheckoutSession]:
    """A copy of a link for one bag that takes codes."""
    selection = make.selection(session, shop, {shop.bag: 1}, discount=discount)
    linked = make.link(session, selection, **({"allows_discount_codes": True} | terms))
    return linked, make.visit(session, linked)


def use(session: Session, found: tuple[make.Linked, CheckoutSession], code: str) -> CheckoutSession:
    linked, visit = found
    codes.use_code(session, visit, linked.link, code)
    return visit


def test_a_code_is_taken_off_in_any_case_and_kept_on_the_copy(session: Session, shop: make.Shop) -> None:
    ten = make.discount(session, 10000, code="TEN")
    visit = use(session, a_copy(session, shop), "  ten ")
    assert visit.total_amount == BAG - 3_100 + TO_THE_DOOR
    assert codes.code_of(visit) == Code("TEN", 3_100)
    kept = session.scalars(select(CheckoutSessionDiscount)).one()
    assert (kept.discount_id, kept.amount, kept.is_code) == (ten.id, 3_100, True)


def test_another_code_takes_the_place_of_the_first_and_removing_it_brings_the_price_back(
        session: Session, shop: make.Shop) -> None:
    make.discount(session, 10000, code="TEN")
    make.discount(session, 20000, code="TWENTY")
    linked, visit = found = a_copy(session, shop)
    for code, off in (("TEN", 3_100), ("TWENTY", 6_200), ("TWENTY", 6_200)):
        assert use(session, found, code).total_amount == BAG - off + TO_THE_DOOR
    codes.remove_code(session, visit, linked.link)
    assert (visit.total_amount, visit.has_discounts, codes.code_of(visit)) == (BAG + TO_THE_DOOR, False, None)
    codes.remove_code(session, visit, linked.link)


def test_a_link_without_room_for_codes_takes_none_however_it_is_asked(session: Session, shop: make.Shop) -> None:
    """P-08."""
    make.discount(session, 10000, code="TEN")
    found = a_copy(session, shop, allows_discount_codes=False)
    with pytest.raises(CodesNotAllowed):
        use(session, found, "TEN")
    assert found[1].total_amount == BAG + TO_THE_DOOR


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ends_at": NOW - timedelta(days=17)}, "This code ended on 3 Nov."),
    ({"starts_at": NOW + timedelta(days=3)}, "This code starts on 23 Nov."),
    ({"usage_limit": 2, "uses_count": 2}, "This code is used up."),
    ({"fixed_amount": 100, "currency": "EUR"}, "This code is not for SEK."),
    ({"minimum_amount": 50_000, "currency": "SEK"}, "This code needs items for at least 500,00\u00a0kr."),
]


@pytest.mark.parametrize(("rule", "why"), WRONG)
def test_a_code_that_does_not_do_says_why_and_changes_nothing(
        session: Session, shop: make.Shop, clock: Clock, rule: dict[str, Any], why: str) -> None:
    clock.set(NOW)
    make.discount(session, code="AUTUMN", **rule)
    found = a_copy(session, shop)
    with pytest.raises(CodeRefused) as refused:
        use(session, found, "autumn")
    assert refused.value.text == why
    assert (found[1].total_amount, found[1].has_discounts) == (BAG + TO_THE_DOOR, False)


def test_a_code_for_other_products_names_what_is_in_the_way(session: Session, shop: make.Shop) -> None:
    make.discount(session, code="CHAIRS", on=[shop.chair])
    found = a_copy(session, shop)
    with pytest.raises(CodeRefused, match=r"This code doesn't work with Linen bag\."):
        use(session, found, "CHAIRS")


@pytest.mark.parametrize("typed", ["NOPE", "%", "x" * 5000, "\x00", "ten\n"])
def test_an_unknown_code_is_no_reason_for_anything(session: Session, shop: make.Shop, typed: str) -> None:
    with pytest.raises(CodeRefused, match="We don't know this code"):
        use(session, a_copy(session, shop), typed)


def test_what_the_agent_gave_is_combined_where_both_allow_it(session: Session, shop: make.Shop) -> None:
    make.discount(session, 10000, code="TEN")
    visit = use(session, a_copy(session, shop, discount=make.discount(session, 5000, name="Loyal")), "TEN")
    assert visit.total_amount == BAG - 3_100 - 1_395 + TO_THE_DOOR


def test_what_the_agent_gave_stays_where_it_is_better_and_cannot_be_combined(
        session: Session, shop: make.Shop) -> None:
    make.discount(session, 10000, code="TEN")
    given = make.discount(session, 20000, name="Loyal", is_combinable=False)
    found = a_copy(session, shop, discount=given)
    with pytest.raises(CodeRefused, match=r"can't be combined with Loyal, which takes more off\."):
        use(session, found, "TEN")
    assert found[1].total_amount == BAG - 6_200 + TO_THE_DOOR


def test_a_code_that_is_part_of_the_offer_already_is_not_taken_twice(session: Session, shop: make.Shop) -> None:
    ten = make.discount(session, 10000, code="TEN")
    with pytest.raises(CodeRefused, match="already part of this offer"):
        use(session, a_copy(session, shop, discount=ten), "TEN")


def test_a_better_code_replaces_the_preset_discount_and_a_worse_one_does_not(
        session: Session, shop: make.Shop) -> None:
    """P-20 with P-09: one of the two counts, never both, and never the one that is worse for the customer."""
    make.discount(session, 20000, code="TWENTY")
    make.discount(session, 5000, code="FIVE")
    preset = make.discount(session, 10000, name="Preset")
    linked, visit = found = a_copy(session, shop, discount_id=preset.id)
    assert visit.total_amount == BAG - 3_100 + TO_THE_DOOR
    assert use(session, found, "TWENTY").total_amount == BAG - 6_200 + TO_THE_DOOR
    assert [one.amount for one in visit.discounts] == [None, 6_200]
    codes.remove_code(session, visit, linked.link)
    assert visit.total_amount == BAG - 3_100 + TO_THE_DOOR
    with pytest.raises(CodeRefused, match="takes less off than the discount you already have"):
        use(session, found, "FIVE")
    assert visit.total_amount == BAG - 3_100 + TO_THE_DOOR


def test_a_code_younger_than_the_link_is_judged_by_today(session: Session, shop: make.Shop, clock: Clock) -> None:
    found = a_copy(session, shop)
    clock.advance(hours=2)
    make.discount(session, 10000, code="NEW", starts_at=clock.now() - timedelta(hours=1))
    assert use(session, found, "NEW").total_amount == BAG - 3_100 + TO_THE_DOOR


def test_a_code_that_ends_on_the_way_takes_nothing_off_when_it_is_looked_at_again(
        session: Session, shop: make.Shop, clock: Clock) -> None:
    make.discount(session, 10000, code="TODAY", ends_at=clock.now() + timedelta(hours=1))
    linked, visit = found = a_copy(session, shop)
    use(session, found, "TODAY")
    clock.advance(hours=2)
    codes.look_again(session, visit, linked.link)
    assert (visit.total_amount, codes.code_of(visit)) == (BAG + TO_THE_DOOR, Code("TODAY", None))


def test_a_copy_that_has_ended_takes_no_code(session: Session, shop: make.Shop, clock: Clock) -> None:
    make.discount(session, 10000, code="TEN")
    found = a_copy(session, shop)
    clock.advance(hours=25)
    with pytest.raises(VisitEnded):
        use(session, found, "TEN")


def test_only_an_order_counts_a_code_and_the_last_use_goes_to_one_of_two(session: Session, shop: make.Shop) -> None:
    """C15: a payment that fails counts nothing; the limit is never passed."""
    once = make.discount(session, 10000, code="ONCE", usage_limit=1)
    found = [a_copy(session, shop) for _ in range(2)]
    for one in found:
        use(session, one, "ONCE")
    gateways = {"test": make.gateway(session)}
    declined = make.payment(session, found[0][1], "decline")
    assert placing.place_order(session, declined, gateways, source="customer").outcome == "declined"
    session.refresh(once)
    assert once.uses_count == 0
    keys = [make.payment(session, visit) for _, visit in found]
    assert [placing.place_order(session, key, gateways, source="customer") for key in keys] == [
        Placing("placed", 1), Placing("lost", reason="discount_used_up")]
    session.refresh(once)
    assert once.uses_count == 1
    order = session.scalars(select(Order)).one()
    assert (order.total_amount, order.discount_name) == (BAG - 3_100 + TO_THE_DOOR, "ONCE")


def test_another_country_keeps_the_code(session: Session, shop: make.Shop) -> None:
    make.discount(session, 10000, code="TEN")
    make.shipping(session, shop.market, {"NO": 9_900})
    linked, visit = found = a_copy(session, shop)
    use(session, found, "TEN")
    service.give_details(session, visit, linked.link, service.Details(
        email="anna@example.com", name="Anna", country="NO", street="Gate 1", postcode="0150", city="Oslo"))
    assert visit.total_amount == BAG - 3_100 + 9_900
