"""Random baskets and rules for the properties of the engine."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Rules, ShippingOption, ShippingTier
from sales_portal.pricing.tax import TaxOnShipping

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CLASSES = ("standard", "reduced", "zero")
RATES = st.fixed_dictionaries({
    "standard": st.sampled_from((25000, 19000, 8875, 10000, 100000, 1)),
    "reduced": st.sampled_from((12000, 7000, 8000)), "zero": st.just(0)})
PRODUCTS = st.none() | st.integers(1, 4)
LARGEST_PRICE = st.sampled_from((3, 300, 10_000_000))


@st.composite
def line_lists(draw: st.DrawFn, max_size: int = 20) -> list[Line]:
    """Lines with keys of their own in no order."""
    keys = draw(st.lists(st.integers(1, 10**6), max_size=max_size, unique=True))
    prices = st.integers(0, draw(LARGEST_PRICE))
    quantities = st.integers(1, draw(st.sampled_from((1, 40))))
    return [Line(key, draw(quantities), unit := draw(prices), unit, draw(st.sampled_from(CLASSES)),
                 draw(st.booleans()), draw(st.integers(0, 9000)), draw(PRODUCTS)) for key in keys]


@st.composite
def discounts(draw: st.DrawFn) -> DiscountRule:
    """Discounts that apply, and some that do not."""
    is_percent = draw(st.booleans())
    return DiscountRule(
        1, "Summer", percent=draw(st.integers(1, 100_000)) if is_percent else None,
        fixed_amount=None if is_percent else draw(st.integers(0, 20_000)), currency=None if is_percent else "SEK",
        minimum_amount=draw(st.none() | st.integers(0, 5000)), is_combinable=draw(st.booleans()),
        product_ids=draw(st.none() | st.frozensets(st.integers(1, 4), max_size=3)))


@st.composite
def discount_lists(draw: st.DrawFn) -> tuple[DiscountRule, ...]:
    """None to five discounts, each with an id of its own."""
    return tuple(replace(rule, id=key) for key, rule in enumerate(draw(st.lists(discounts(), max_size=5)), 1))


@st.composite
def shipping_options(draw: st.DrawFn) -> ShippingOption:
    """One to three tiers, some of them free above an amount."""
    weights = draw(st.lists(st.integers(1, 400_000), min_size=1, max_size=3, unique=True))
    return ShippingOption(1, "Parcel", tuple(
        ShippingTier(grams, draw(st.integers(0, 50_000)), draw(st.none() | st.integers(0, 100_000)),
                     draw(st.sampled_from((0, 0, 10_000))))
        for grams in weights))


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    """Everything beside the lines."""
    return Rules(
        currency="SEK", is_tax_included=draw(st.booleans()), tax_rates=draw(RATES),
        shipping=draw(st.none() | shipping_options()), discounts=draw(discount_lists()),
        ignores_shipping=draw(st.booleans()), ignores_tax=draw(st.booleans()), waives_included_tax=draw(st.booleans()),
        tax_on_shipping=draw(st.sampled_from(TaxOnShipping)), is_reverse_charged=draw(st.booleans()))


@st.composite
def ties(draw: st.DrawFn) -> tuple[list[Line], Rules]:
    """Cheap lines under a small discount: its last minor unit could go to either of two lines of different tax."""
    units = draw(st.lists(st.integers(1, 3), min_size=2, max_size=6))
    lines = [Line(key, 1, unit, unit, draw(st.sampled_from(("standard", "zero")))) for key, unit in enumerate(units, 1)]
    discount = DiscountRule(1, "Some", fixed_amount=draw(st.integers(1, sum(units))), currency="SEK")
    return lines, Rules("SEK", draw(st.booleans()), {"standard": 100_000, "zero": 0}, discounts=(discount,))


def baskets() -> st.SearchStrategy[tuple[list[Line], Rules]]:
    """Any basket under any rules, ties among them."""
    return st.one_of(ties(), st.tuples(line_lists(), rule_sets()))
