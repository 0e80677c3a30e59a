"""The one place where money is computed: lines and rules in, a quote out; no database, no clock.

A line's amount is `unit * quantity - discount - waived tax`, plus its tax where tax comes on top. Each line is
rounded once, half-up; the total is the sum of the lines, shipping being one of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sales_portal.pricing import discounts
from sales_portal.pricing.discounts import DiscountRule, WhyNot
from sales_portal.pricing.tax import tax_in, tax_on


class Shipping(StrEnum):
    """What became of shipping in a quote."""

    NOT_NEEDED = "not_needed"
    CHARGED = "charged"
    FREE = "free"
    IGNORED = "ignored"
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked to be priced; amounts in minor units, `list_amount` being the pricelist's unit price."""

    key: int
    quantity: int
    unit_amount: int
    list_amount: int
    tax_class: str = "standard"
    ships: bool = True
    weight_grams: int = 0


@dataclass(frozen=True, slots=True)
class ShippingTier:
    """What a method costs up to a weight; free from `free_over_amount` of items."""

    up_to_grams: int
    amount: int
    free_over_amount: int | None = None


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """A way to deliver to one country."""

    id: int
    name: str
    tiers: tuple[ShippingTier, ...]
    min_days: int = 0
    max_days: int = 0
    needs_phone: bool = False

    def price(self, grams: int, items_amount: int) -> int | None:
        """The charge for a parcel of `grams` with items worth `items_amount`; None where it is too heavy."""
        for tier in sorted(self.tiers, key=lambda tier: tier.up_to_grams):
            if grams <= tier.up_to_grams:
                is_free = tier.free_over_amount is not None and items_amount >= tier.free_over_amount
                return 0 if is_free else tier.amount
        return None


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything beside the lines that decides an amount. Rates are thousandths of a percent by tax class."""

    currency: str
    is_tax_included: bool
    tax_rates: Mapping[str, int]
    shipping: ShippingOption | None = None
    discount: DiscountRule | None = None
    ignores_shipping: bool = False
    ignores_tax: bool = False
    waives_included_tax: bool = True


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One priced line; `line_amount` is what it adds to the total."""

    key: int
    quantity: int
    unit_amount: int
    list_amount: int
    discount_amount: int
    tax_rate: int
    tax_amount: int
    tax_waived_amount: int
    is_tax_included: bool
    line_amount: int

    @property
    def items_amount(self) -> int:
        """Unit price times quantity, before any order discount."""
        return self.unit_amount * self.quantity


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket costs, part by part. `shipping_line` is None where nothing is charged or known."""

    currency: str
    lines: tuple[QuoteLine, ...]
    shipping: Shipping
    shipping_line: QuoteLine | None = None
    shipping_ignored_amount: int = 0
    shipping_option: ShippingOption | None = None
    discount: DiscountRule | None = None
    discount_refused: WhyNot | None = None
    taxes: Mapping[int, int] = field(default_factory=dict)
    is_tax_included: bool = True
    ignores_tax: bool = False

    @property
    def all_lines(self) -> tuple[QuoteLine, ...]:
        """Items first, shipping last."""
        return self.lines if self.shipping_line is None else (*self.lines, self.shipping_line)

    @property
    def items_count(self) -> int:
        """How many pieces."""
        return sum(line.quantity for line in self.lines)

    @property
    def items_amount(self) -> int:
        """All items at their unit prices."""
        return sum(line.items_amount for line in self.lines)

    @property
    def discount_amount(self) -> int:
        """What the order discount takes off."""
        return sum(line.discount_amount for line in self.lines)

    @property
    def shipping_amount(self) -> int:
        """What shipping costs as shown, before tax where tax comes on top."""
        return self.shipping_line.unit_amount if self.shipping_line is not None else 0

    @property
    def tax_amount(self) -> int:
        """All tax, whether in the prices or on top."""
        return sum(line.tax_amount for line in self.all_lines)

    @property
    def tax_waived_amount(self) -> int:
        """The tax in the prices that is not charged."""
        return sum(line.tax_waived_amount for line in self.all_lines)

    @property
    def total_amount(self) -> int:
        """What the customer pays."""
        return sum(line.line_amount for line in self.all_lines)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a shipping method is priced by: the weight of all that ships, and the items after discount."""

    ships: bool
    grams: int
    items_amount: int


def quote(lines: Sequence[Line], rules: Rules, at: datetime) -> Quote:
    """Price `lines` under `rules` at the instant `at`; the same values always give the same quote."""
    refused = _refused(lines, rules, at)
    taken = rules.discount if refused is None else None
    off = _take_off(lines, rules, taken)
    priced = tuple(_price(line, part, rules) for line, part in zip(lines, off, strict=True))
    state, charge = _shipping(_parcel(lines, off), rules)
    shipping_line = _price(_shipping_line(charge), 0, rules) if state is Shipping.CHARGED else None
    return Quote(
        currency=rules.currency, lines=priced, shipping=state, shipping_line=shipping_line,
        shipping_ignored_amount=charge if state is Shipping.IGNORED else 0, shipping_option=rules.shipping,
        discount=taken, discount_refused=refused,
        taxes=_taxes((*priced, shipping_line) if shipping_line is not None else priced),
        is_tax_included=rules.is_tax_included, ignores_tax=rules.ignores_tax,
    )


def parcel(lines: Sequence[Line], rules: Rules, at: datetime) -> Parcel:
    """What would be shipped of `lines`, so that a caller can choose among shipping options before the quote."""
    taken = rules.discount if _refused(lines, rules, at) is None else None
    return _parcel(lines, _take_off(lines, rules, taken))


def _refused(lines: Sequence[Line], rules: Rules, at: datetime) -> WhyNot | None:
    if rules.discount is None:
        return None
    return discounts.why_not(rules.discount, sum(map(_items_amount, lines)), rules.currency, at)


def _take_off(lines: Sequence[Line], rules: Rules, discount: DiscountRule | None) -> list[int]:
    off = [0] * len(lines)
    if discount is None:
        return off
    # Where a minor unit could go to either of two lines, their values decide and never their order.
    places = sorted(range(len(lines)), key=lambda place: _precedence(lines[place], rules))
    parts = discounts.take_off(discount, [_items_amount(lines[place]) for place in places])
    for place, part in zip(places, parts, strict=True):
        off[place] = part
    return off


def _precedence(line: Line, rules: Rules) -> tuple[int, int, int]:
    return -_items_amount(line), -rules.tax_rates.get(line.tax_class, 0), line.key


def _items_amount(line: Line) -> int:
    return line.unit_amount * line.quantity


def _price(line: Line, off: int, rules: Rules) -> QuoteLine:
    rate = rules.tax_rates.get(line.tax_class, 0)
    amount = _items_amount(line) - off
    included = tax_in(amount, rate) if rules.is_tax_included else 0
    waived = included if rules.ignores_tax and rules.waives_included_tax else 0
    tax = 0 if rules.ignores_tax else (included if rules.is_tax_included else tax_on(amount, rate))
    on_top = 0 if rules.is_tax_included else tax
    return QuoteLine(line.key, line.quantity, line.unit_amount, line.list_amount, off, rate, tax, waived,
                     rules.is_tax_included, amount - waived + on_top)


def _parcel(lines: Sequence[Line], off: Sequence[int]) -> Parcel:
    shipped = [line for line in lines if line.ships]
    return Parcel(bool(shipped), sum(line.weight_grams * line.quantity for line in shipped),
                  sum(map(_items_amount, lines)) - sum(off))


def _shipping(parcel: Parcel, rules: Rules) -> tuple[Shipping, int]:
    if not parcel.ships:
        return Shipping.NOT_NEEDED, 0
    charge = rules.shipping.price(parcel.grams, parcel.items_amount) if rules.shipping is not None else None
    if rules.ignores_shipping:
        return Shipping.IGNORED, charge or 0
    if charge is None:
        return Shipping.NOT_CHOSEN, 0
    return (Shipping.CHARGED, charge) if charge else (Shipping.FREE, 0)


def _shipping_line(charge: int) -> Line:
    return Line(key=0, quantity=1, unit_amount=charge, list_amount=charge, ships=False)


def _taxes(lines: Sequence[QuoteLine]) -> dict[int, int]:
    taxes: dict[int, int] = {}
    for line in lines:
        if line.tax_amount:
            taxes[line.tax_rate] = taxes.get(line.tax_rate, 0) + line.tax_amount
    return dict(sorted(taxes.items(), reverse=True))
