"""What goes into the engine and what comes out: plain values, no rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sales_portal.core.money import increment
from sales_portal.pricing.discounts import DiscountRule, Refused
from sales_portal.pricing.shipping import Parcel, Shipping, ShippingOption
from sales_portal.pricing.tax import TaxOnShipping

SHIPPING_KEY = 0
"""The key of shipping among the lines of a quote; lines of goods have keys of their own, above it."""


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
    product_id: int | None = None

    @property
    def items_amount(self) -> int:
        """Unit price times quantity."""
        return self.unit_amount * self.quantity


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything beside the lines that decides an amount. Rates are thousandths of a percent by tax class.

    Where tax is reversed onto the buyer none is charged, and what the prices hold of it is always taken out.
    """

    currency: str
    is_tax_included: bool
    tax_rates: Mapping[str, int]
    shipping: ShippingOption | None = None
    discounts: tuple[DiscountRule, ...] = ()
    ignores_shipping: bool = False
    ignores_tax: bool = False
    waives_included_tax: bool = True
    tax_on_shipping: TaxOnShipping = TaxOnShipping.STANDARD
    is_reverse_charged: bool = False

    @property
    def step(self) -> int:
        """What every amount is a multiple of, given that prices are."""
        return increment(self.currency)

    @property
    def charges_tax(self) -> bool:
        """Whether the customer pays tax here at all."""
        return not (self.ignores_tax or self.is_reverse_charged)

    @property
    def waives_tax(self) -> bool:
        """Whether the tax in the prices is taken out of them."""
        return self.is_reverse_charged or (self.ignores_tax and self.waives_included_tax)


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
        """Unit price times quantity, before any discount."""
        return self.unit_amount * self.quantity

    @property
    def taxed_amount(self) -> int:
        """What tax is computed of: the line after its discounts, with the tax in it where prices include it."""
        return self.items_amount - self.discount_amount


@dataclass(frozen=True, slots=True)
class Taken:
    """A discount that applies, and what it takes off each line by key; lines it does not reach are left out."""

    rule: DiscountRule
    parts: Mapping[int, int]

    @property
    def amount(self) -> int:
        """All it takes off."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket costs, part by part. `shipping_lines` are none where nothing is charged or known.

    Taxed in proportion to the goods, shipping is one line for each of their rates.
    """

    currency: str
    lines: tuple[QuoteLine, ...]
    shipping: Shipping
    parcel: Parcel
    shipping_lines: tuple[QuoteLine, ...] = ()
    shipping_ignored_amount: int = 0
    shipping_option: ShippingOption | None = None
    discounts: tuple[Taken, ...] = ()
    refused: tuple[Refused, ...] = ()
    taxes: Mapping[int, int] = field(default_factory=dict)
    is_tax_included: bool = True
    ignores_tax: bool = False
    is_reverse_charged: bool = False

    @property
    def all_lines(self) -> tuple[QuoteLine, ...]:
        """Items first, shipping last."""
        return (*self.lines, *self.shipping_lines)

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
        """What all discounts take off."""
        return sum(line.discount_amount for line in self.lines)

    @property
    def shipping_amount(self) -> int:
        """What shipping costs as shown, before tax where tax comes on top."""
        return sum(line.unit_amount for line in self.shipping_lines)

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
