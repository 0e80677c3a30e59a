"""How a quote came about: every amount unfolded into the steps it was computed by, as values without words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sales_portal.pricing.quotes import SHIPPING_KEY, Quote, QuoteLine, Taken
from sales_portal.pricing.shipping import Shipping


class What(StrEnum):
    """What an amount is. The rows come in this order; the last five are steps within them."""

    ITEMS = "items"
    PRODUCT_DISCOUNT = "product_discount"
    ORDER_DISCOUNT = "order_discount"
    SHIPPING = "shipping"
    TAX = "tax"
    TAX_WAIVED = "tax_waived"
    TOTAL = "total"
    LINE = "line"
    SHARE = "share"
    TIER = "tier"
    TAX_OF_LINE = "tax_of_line"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Row:
    """One amount in minor units, the values its formula has, and the steps that add up to it.

    Included tax is part of the amounts above it; all other rows before the total add up to it.
    """

    what: What
    amount: int
    values: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple["Row", ...] = ()


def explain(quote: Quote) -> tuple[Row, ...]:
    """The rows of `quote` in the order people read them, the total last."""
    rows = (_items(quote), *map(_discount, quote.discounts), *_shipping(quote), *_taxes(quote), *_waived(quote))
    parts = tuple(Row(What.PART, row.amount, {"of": row.what.value} | dict(row.values)) for row in adding_up(rows))
    return (*rows, Row(What.TOTAL, quote.total_amount, {}, parts))


def _items(quote: Quote) -> Row:
    steps = tuple(Row(What.LINE, line.items_amount, {
        "key": line.key, "quantity": line.quantity, "unit": line.unit_amount, "list": line.list_amount,
    }) for line in quote.lines)
    return Row(What.ITEMS, quote.items_amount, {"count": quote.items_count}, steps)


def _discount(taken: Taken) -> Row:
    rule = taken.rule
    what = What.ORDER_DISCOUNT if rule.product_ids is None else What.PRODUCT_DISCOUNT
    steps = tuple(Row(What.SHARE, -part, {"key": key}) for key, part in sorted(taken.parts.items()) if part)
    return Row(what, -taken.amount, {
        "id": rule.id, "label": rule.label, "percent": rule.percent, "fixed": rule.fixed_amount}, steps)


def _shipping(quote: Quote) -> Iterator[Row]:
    if quote.shipping is Shipping.NOT_NEEDED:
        return
    option, parcel = quote.shipping_option, quote.parcel
    tier = option.tier(parcel.grams, parcel.items_amount) if option is not None else None
    values: dict[str, Any] = {
        "state": quote.shipping.value, "grams": parcel.grams, "items": parcel.items_amount,
        "method": option.name if option is not None else None, "saved": quote.shipping_ignored_amount}
    if tier is not None:
        values |= {"up_to_grams": tier.up_to_grams, "from": tier.from_amount, "free_over": tier.free_over_amount,
                   "usual": tier.amount}
    steps = tuple(Row(What.TIER, line.unit_amount, {"rate": line.tax_rate}) for line in quote.shipping_lines)
    yield Row(What.SHIPPING, quote.shipping_amount, values, steps)


def _taxes(quote: Quote) -> Iterator[Row]:
    for rate, amount in quote.taxes.items():
        steps = tuple(_tax(line, line.tax_amount) for line in quote.all_lines
                      if line.tax_rate == rate and line.tax_amount)
        yield Row(What.TAX, amount, {"rate": rate, "included": int(quote.is_tax_included)}, steps)


def _waived(quote: Quote) -> Iterator[Row]:
    if not (quote.ignores_tax or quote.is_reverse_charged):
        return
    why = "reverse_charge" if quote.is_reverse_charged else "ignored"
    steps = tuple(_tax(line, -line.tax_waived_amount) for line in quote.all_lines if line.tax_waived_amount)
    yield Row(What.TAX_WAIVED, -quote.tax_waived_amount, {"why": why}, steps)


def _tax(line: QuoteLine, amount: int) -> Row:
    key = None if line.key == SHIPPING_KEY else line.key
    return Row(What.TAX_OF_LINE, amount, {"key": key, "of": line.taxed_amount, "rate": line.tax_rate})


def adding_up(rows: Sequence[Row]) -> list[Row]:
    """Those of `rows` that add up to the total: all but the total itself and tax that is in the prices."""
    return [row for row in rows if row.what is not What.TOTAL
            and not (row.what is What.TAX and row.values["included"])]
