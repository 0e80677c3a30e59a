"""M159: in currencies of thousandths every sum ends in 0, rounded once and before anybody is shown it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.core.money import increment, parse, ratio, refuse_odd, share
from sales_portal.payments.stripe import to_stripe
from sales_portal.pricing import engine, special
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Quote, QuoteLine, Rules, ShippingOption
from sales_portal.selections.basket import read_basket
from tests import make
from tests.pricing.baskets import AT, baskets


def _in_kuwait(lines: list[Line], rules: Rules) -> tuple[list[Line], Rules]:
    """The same basket with ten fils for each minor unit."""
    return [replace(line, unit_amount=line.unit_amount * 10, list_amount=line.list_amount * 10) for line in lines], (
        replace(rules, currency="KWD", discounts=tuple(map(_discount, rules.discounts)), shipping=(
            None if rules.shipping is None else _shipping(rules.shipping))))


def _discount(rule: DiscountRule) -> DiscountRule:
    return replace(rule, currency=rule.currency and "KWD", fixed_amount=_ten(rule.fixed_amount),
                   minimum_amount=_ten(rule.minimum_amount))


def _shipping(option: ShippingOption) -> ShippingOption:
    return replace(option, tiers=tuple(
        replace(tier, amount=tier.amount * 10, free_over_amount=_ten(tier.free_over_amount),
                from_amount=tier.from_amount * 10) for tier in option.tiers))


def _ten(amount: int | None) -> int | None:
    return None if amount is None else amount * 10


def _amounts(quote: Quote) -> list[int]:
    return [quote.total_amount, *quote.taxes.values(), quote.shipping_amount, quote.shipping_ignored_amount,
            *(part for taken in quote.discounts for part in taken.parts.values()),
            *(amount for line in quote.all_lines for amount in _of(line))]


def _of(line: QuoteLine) -> tuple[int, ...]:
    return line.unit_amount, line.discount_amount, line.tax_amount, line.tax_waived_amount, line.line_amount


@given(baskets())
def test_a_basket_costs_in_tens_of_fils_what_it_costs_in_minor_units(basket: tuple[list[Line], Rules]) -> None:
    plain, tens = engine.quote(*basket, AT), engine.quote(*_in_kuwait(*basket), AT)
    assert _amounts(tens) == [10 * amount for amount in _amounts(plain)]
    assert [one.rule.id for one in tens.discounts] == [one.rule.id for one in plain.discounts]


@pytest.mark.parametrize(("currency", "smallest"), [("SEK", 1), ("JPY", 1), ("KWD", 10), ("TND", 10), ("CLF", 1)])
def test_only_thousandths_have_a_smallest_sum_of_ten(currency: str, smallest: int) -> None:
    assert increment(currency) == smallest


@pytest.mark.parametrize("typed", ["1.235", "0.001", "-1.231"])
def test_an_amount_nobody_can_pay_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(Invalid, match=r"^Enter an amount whose last digit is 0$") as refused:
        parse(typed, "KWD", field="price")
    assert refused.value.field == "price"
    refuse_odd(1235, "SEK", "price")
    assert parse("1.23", "KWD").minor == parse("1.230", "KWD").minor == 1230


@given(st.integers(-10**9, 10**9), st.integers(1, 10**6))
def test_a_ratio_in_tens_is_the_nearest_ten_with_halves_away_from_zero(above: int, below: int) -> None:
    rounded = ratio(above, below, 10)
    assert rounded % 10 == 0
    assert abs(rounded * below - above) * 2 <= 10 * below
    assert ratio(15, 3, 10) == -ratio(-15, 3, 10) == 10


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_shares_in_tens_lose_nothing(tens: int, weights: list[int]) -> None:
    parts = share(tens * 10, weights, 10)
    assert sum(parts) == tens * 10
    assert all(part % 10 == 0 for part in parts)
    assert parts == [10 * part for part in share(tens, weights)]


def test_a_special_price_is_a_sum_that_can_be_paid() -> None:
    assert special.price_at(1230, 33_333, 10) == 820
    assert (special.each_of(3690, 3, 10), special.each_of(1230, 2, 10)) == (1230, None)
    assert special.nearest_wholes(1230, 2, 10) == (1220, 1240)


def test_what_the_customer_is_shown_is_what_the_provider_is_asked_for(session: Session) -> None:
    shop = make.shop(session)
    shop.market.currency = shop.pricelist.currency = "KWD"
    shop.pricelist.is_tax_included = False
    session.commit()
    selection = make.selection(session, shop, {shop.chair: 3})
    make.give(session, selection, make.discount(session, percent=33_333))
    shown = read_basket(session, selection).quote
    linked = make.link(session, selection, deposit_percent=12_345)
    order = make.order(session, linked)
    assert linked.link.total_amount == order.total_amount == shown.total_amount
    paid = order.total_amount - order.outstanding_amount
    assert 0 < paid < order.total_amount
    assert [to_stripe(amount, "KWD") for amount in (paid, order.total_amount)] == [paid, order.total_amount]
    assert to_stripe(shown.tax_amount, "KWD") == shown.tax_amount > 0
