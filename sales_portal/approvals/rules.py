"""Which parts of an offer need another's yes: values in, values out. Percentages are thousandths of a percent."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

WHOLE = 100_000
"""A hundred percent."""


class Why(StrEnum):
    """What makes a part need a yes; the last three are what a site may ask for."""

    OVER_LIMIT = "over_limit"
    NO_LIST_PRICE = "no_list_price"
    BELOW_MARGIN = "below_margin"
    IGNORES_SHIPPING = "ignore_shipping"
    IGNORES_TAX = "ignore_tax"
    SELLS_MANY = "multi_use"


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest discount a person may give and the smallest margin they must keep; None is no limit."""

    discount: int | None = None
    margin: int | None = None


STRICTEST = Limits(0, WHOLE)
"""What needs no yes under these needs none at all."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One line at the price somebody agreed on it. Amounts are minor units for one; `cost_amount` is without tax.

    `tax_rate` is what its prices hold, 0 where tax comes on top. `list_amount` None: the pricelist knows no price.
    """

    line_id: int
    variant_id: int | None
    title: str
    quantity: int
    unit_amount: int
    list_amount: int | None
    cost_amount: int | None
    tax_rate: int
    currency: str
    reason: str = ""

    @property
    def percent(self) -> int | None:
        """How far below the list price it is, half up; None without a list price."""
        if not self.list_amount:
            return None
        return _half_up((self.list_amount - self.unit_amount) * WHOLE, self.list_amount)

    @property
    def margin(self) -> int | None:
        """What is left of the price before tax when the cost is paid; None where nobody said what it costs."""
        return self._margin_at(self.unit_amount)

    @property
    def list_margin(self) -> int | None:
        """The margin at the list price."""
        return self._margin_at(self.list_amount) if self.list_amount else None

    @property
    def unit_net(self) -> int:
        """The price of one without the tax in it, half up."""
        return _half_up(self.unit_amount * WHOLE, WHOLE + self.tax_rate)

    def is_over(self, limit: int | None) -> bool:
        """Whether the discount is larger than `limit`, without rounding."""
        if limit is None or self.list_amount is None:
            return False
        return (self.list_amount - self.unit_amount) * WHOLE > limit * self.list_amount

    def is_below(self, margin: int | None) -> bool:
        """Whether less than `margin` is left, without rounding; a price that is not lowered never is."""
        if margin is None or self.cost_amount is None or not self._is_lowered:
            return False
        return self.unit_amount * (WHOLE - margin) < self.cost_amount * (WHOLE + self.tax_rate)

    @property
    def _is_lowered(self) -> bool:
        return self.list_amount is None or self.unit_amount < self.list_amount

    def _margin_at(self, amount: int) -> int | None:
        if self.cost_amount is None or amount <= 0:
            return None
        return _half_up((amount * WHOLE - self.cost_amount * (WHOLE + self.tax_rate)) * WHOLE, amount * WHOLE)


@dataclass(frozen=True, slots=True)
class Whole:
    """All lines together where a discount takes something off them. Amounts are minor units; `cost_amount` is without
    tax, None where it is not known of every line.

    `asked_amount` is what is left of `list_amount` after special prices and discounts, `net_amount` of that without
    tax. `digest` changes with every line.
    """

    list_amount: int
    asked_amount: int
    net_amount: int
    cost_amount: int | None
    currency: str
    labels: str
    digest: str

    @property
    def percent(self) -> int | None:
        """How far below the list prices it is, half up; None where these come to nothing."""
        if not self.list_amount:
            return None
        return _half_up((self.list_amount - self.asked_amount) * WHOLE, self.list_amount)

    @property
    def margin(self) -> int | None:
        """What is left before tax when the cost is paid; None where nobody said what it costs."""
        return None if self.cost_amount is None else margin_of(self.net_amount, self.cost_amount)

    def is_over(self, limit: int | None) -> bool:
        """Whether more than `limit` is taken off, without rounding."""
        return limit is not None and (self.list_amount - self.asked_amount) * WHOLE > limit * self.list_amount

    def is_below(self, margin: int | None) -> bool:
        """Whether less than `margin` is left, without rounding."""
        if margin is None or self.cost_amount is None:
            return False
        return self.net_amount * (WHOLE - margin) < self.cost_amount * WHOLE


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link would waive or allow. `max_orders` None is any number."""

    ignores_shipping: bool = False
    ignores_tax: bool = False
    sells_many: bool = False
    max_orders: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """One part that needs a yes, why, and the fingerprint a yes would cover: a `line`, the `whole`, else a term."""

    fingerprint: str
    whys: tuple[Why, ...]
    line: Offered | None = None
    whole: Whole | None = None
    max_orders: int | None = None

    @property
    def kind(self) -> str:
        """`line`, `whole` or `terms`."""
        if self.line is not None:
            return "line"
        return "terms" if self.whole is None else "whole"


def needs(lines: Iterable[Offered], terms: Terms, asks_for: Collection[str], limits: Limits,
          covered: Collection[str] = (), *, whole: Whole | None = None) -> tuple[Need, ...]:
    """The parts somebody with `limits` needs a yes for, at a site that `asks_for` terms; `covered` ones have it."""
    found = (*_of_lines(lines, limits), *_of_whole(whole, limits), *_of_terms(terms, asks_for))
    return tuple(need for need in found if need.fingerprint not in covered)


def margin_of(net_amount: int, cost_amount: int) -> int | None:
    """What is left of an amount before tax when its cost is paid; None of nothing."""
    return _half_up((net_amount - cost_amount) * WHOLE, net_amount) if net_amount > 0 else None


def reasons_of(line: Offered, limits: Limits) -> tuple[Why, ...]:
    """Why this line needs a yes from somebody with `limits`; empty where it needs none.

    A product the pricelist has no price for has no percentage: only who may give any discount may price it. A line
    without a product has its price from nobody else, so it is never asked about.
    """
    unknown = line.variant_id is not None and line.list_amount is None and limits.discount is not None
    found = ((line.is_over(limits.discount), Why.OVER_LIMIT), (unknown, Why.NO_LIST_PRICE),
             (line.is_below(limits.margin), Why.BELOW_MARGIN))
    return tuple(why for holds, why in found if holds)


def reasons_of_whole(whole: Whole, limits: Limits) -> tuple[Why, ...]:
    """Why all lines together need a yes from somebody with `limits`; empty where they need none."""
    found = ((whole.is_over(limits.discount), Why.OVER_LIMIT), (whole.is_below(limits.margin), Why.BELOW_MARGIN))
    return tuple(why for holds, why in found if holds)


def fingerprint_of_whole(whole: Whole) -> str:
    """What a yes to the whole covers: any other line, and any other amount taken off, is another whole."""
    return _digest("whole", whole.digest, whole.list_amount, whole.asked_amount, whole.currency)


def digest_of(lines: Iterable[tuple[object, ...]]) -> str:
    """What tells these lines from any others, whatever their order."""
    return _digest("lines", *sorted((list(line) for line in lines), key=json.dumps))


def fingerprint_of_line(line: Offered) -> str:
    """What a yes to this line covers: any other product, price, quantity or currency is another one."""
    return _digest("line", line.line_id, line.variant_id, line.title if line.variant_id is None else "",
                   line.unit_amount, line.quantity, line.currency)


def fingerprint_of_offer(lines: Iterable[tuple[object, ...]], *whole: object) -> str:
    """What a whole selection was when somebody asked: its lines, and what else decides what the customer pays."""
    return _digest("offer", *whole, *(list(line) for line in lines))


def _of_lines(lines: Iterable[Offered], limits: Limits) -> Iterator[Need]:
    for line in lines:
        whys = reasons_of(line, limits)
        if whys:
            yield Need(fingerprint_of_line(line), whys, line)


def _of_whole(whole: Whole | None, limits: Limits) -> Iterator[Need]:
    whys = reasons_of_whole(whole, limits) if whole is not None else ()
    if whole is not None and whys:
        yield Need(fingerprint_of_whole(whole), whys, whole=whole)


def _of_terms(terms: Terms, asks_for: Collection[str]) -> Iterator[Need]:
    asked = ((terms.ignores_shipping, Why.IGNORES_SHIPPING, None), (terms.ignores_tax, Why.IGNORES_TAX, None),
             (terms.sells_many, Why.SELLS_MANY, terms.max_orders))
    for holds, why, most in asked:
        if holds and why.value in asks_for:
            yield Need(_digest("terms", why.value, most), (why,), max_orders=most)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def _half_up(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)
