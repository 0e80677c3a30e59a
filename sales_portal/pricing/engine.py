"""The one place where money is computed: lines and rules in, a quote out; no database, no clock.

A line's amount is `unit * quantity - discounts - waived tax`, plus its tax where tax comes on top. Each line is
rounded once, half-up, to what can be paid in its currency; the total is the sum of the lines, shipping among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sales_portal.core.money import share
from sales_portal.pricing import discounts
from sales_portal.pricing.discounts import DiscountRule, Good, Refused
from sales_portal.pricing.quotes import SHIPPING_KEY, Line, Quote, QuoteLine, Rules, Taken
from sales_portal.pricing.shipping import Parcel, Shipping, ShippingOption, ShippingTier
from sales_portal.pricing.tax import TaxOnShipping, tax_in, tax_on

__all__ = [
    "Line", "Parcel", "Quote", "QuoteLine", "Rules", "Shipping", "ShippingOption", "ShippingTier", "parcel", "quote",
]


Choice = Callable[[int, int], ShippingOption | None]


@dataclass(frozen=True, slots=True)
class _Goods:
    """The lines priced with the discounts that were chosen for them."""

    lines: tuple[QuoteLine, ...]
    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]

    @property
    def amount(self) -> int:
        return sum(line.line_amount for line in self.lines)


def quote(lines: Sequence[Line], rules: Rules, at: datetime, *, choose: Choice | None = None) -> Quote:
    """Price `lines` under `rules` at the instant `at`; the same values always give the same quote.

    `choose` picks the shipping option by what the parcel weighs and its items are worth, in place of that of `rules`.
    """
    goods = _cheapest(lines, rules, at)
    to_send = _parcel(lines, goods)
    option = choose(to_send.grams, to_send.items_amount) if choose is not None else rules.shipping
    state, charge = _shipping(to_send, rules, option)
    shipping = _shipping_lines(charge, lines, goods, rules) if state is Shipping.CHARGED else ()
    return Quote(
        currency=rules.currency, lines=goods.lines, shipping=state, parcel=to_send, shipping_lines=shipping,
        shipping_ignored_amount=charge if state is Shipping.IGNORED else 0, shipping_option=option,
        discounts=goods.taken, refused=goods.refused, taxes=_taxes((*goods.lines, *shipping)),
        is_tax_included=rules.is_tax_included, ignores_tax=rules.ignores_tax,
        is_reverse_charged=rules.is_reverse_charged)


def parcel(lines: Sequence[Line], rules: Rules, at: datetime) -> Parcel:
    """What would be shipped of `lines`, so that a caller can choose among shipping options before the quote."""
    return _parcel(lines, _cheapest(lines, rules, at))


def _cheapest(lines: Sequence[Line], rules: Rules, at: datetime) -> _Goods:
    # Where a minor unit could go to either of two lines, their values decide and never their order.
    turn = sorted(lines, key=lambda line: _precedence(line, rules))
    goods = [Good(line.items_amount, line.product_id) for line in turn]
    valid, invalid = discounts.judge(rules.discounts, goods, rules.currency, at)
    ways = [_priced(lines, turn, goods, way, rules) for way in discounts.alternatives(valid)]
    best = min(ways, key=lambda way: way.amount)
    refused = (*invalid, *discounts.left_out(valid, tuple(taken.rule for taken in best.taken)))
    return _Goods(best.lines, best.taken, refused)


def _priced(lines: Sequence[Line], turn: Sequence[Line], goods: Sequence[Good], way: Sequence[DiscountRule],
            rules: Rules) -> _Goods:
    taken = tuple(
        Taken(rule, {line.key: part for line, part in zip(turn, parts, strict=True) if rule.reaches(line.product_id)})
        for rule, parts in zip(way, discounts.apply(way, goods, rules.step), strict=True))
    off = {line.key: sum(one.parts.get(line.key, 0) for one in taken) for line in lines}
    return _Goods(tuple(_price(line, off[line.key], _rate(line.tax_class, rules), rules) for line in lines), taken, ())


def _precedence(line: Line, rules: Rules) -> tuple[int, int, int, int]:
    return -line.items_amount, -_rate(line.tax_class, rules), line.product_id or 0, line.key


def _rate(tax_class: str, rules: Rules) -> int:
    return rules.tax_rates.get(tax_class, 0)


def _price(line: Line, off: int, rate: int, rules: Rules) -> QuoteLine:
    amount = line.items_amount - off
    included = tax_in(amount, rate, rules.step) if rules.is_tax_included else 0
    waived = included if rules.waives_tax else 0
    on_top = tax_on(amount, rate, rules.step) if rules.charges_tax and not rules.is_tax_included else 0
    tax = included + on_top if rules.charges_tax else 0
    return QuoteLine(line.key, line.quantity, line.unit_amount, line.list_amount, off, rate, tax, waived,
                     rules.is_tax_included, amount - waived + on_top)


def _parcel(lines: Sequence[Line], goods: _Goods) -> Parcel:
    shipped = [line for line in lines if line.ships]
    return Parcel(bool(shipped), sum(line.weight_grams * line.quantity for line in shipped),
                  sum(line.taxed_amount for line in goods.lines))


def _shipping(parcel: Parcel, rules: Rules, option: ShippingOption | None) -> tuple[Shipping, int]:
    if not parcel.ships:
        return Shipping.NOT_NEEDED, 0
    charge = option.price(parcel.grams, parcel.items_amount) if option is not None else None
    if rules.ignores_shipping:
        return Shipping.IGNORED, charge or 0
    if charge is None:
        return Shipping.NOT_CHOSEN, 0
    return (Shipping.CHARGED, charge) if charge else (Shipping.FREE, 0)


def _shipping_lines(charge: int, lines: Sequence[Line], goods: _Goods, rules: Rules) -> tuple[QuoteLine, ...]:
    return tuple(_price(Line(SHIPPING_KEY, 1, part, part, ships=False), 0, rate, rules)
                 for rate, part in _shipping_parts(charge, lines, goods, rules) if part)


def _shipping_parts(charge: int, lines: Sequence[Line], goods: _Goods, rules: Rules) -> list[tuple[int, int]]:
    worth: dict[int, int] = {}
    for line, priced in zip(lines, goods.lines, strict=True):
        if line.ships:
            worth[priced.tax_rate] = worth.get(priced.tax_rate, 0) + priced.taxed_amount
    if rules.tax_on_shipping is TaxOnShipping.STANDARD or not any(worth.values()):
        return [(_rate("standard", rules), charge)]
    rates = sorted(worth, reverse=True)
    return list(zip(rates, share(charge, [worth[rate] for rate in rates], rules.step), strict=True))


def _taxes(lines: Sequence[QuoteLine]) -> dict[int, int]:
    taxes: dict[int, int] = {}
    for line in lines:
        if line.tax_amount:
            taxes[line.tax_rate] = taxes.get(line.tax_rate, 0) + line.tax_amount
    return dict(sorted(taxes.items(), reverse=True))
