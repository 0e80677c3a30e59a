"""Discounts: which of several apply, in which order, how much each takes off, and which line gives how much.

Those on products come before those on the order, and within each a percentage before a fixed amount; a percentage is
of what is left after the ones before it. So the order in which somebody added them changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sales_portal.core.money import ratio, share
from sales_portal.pricing.tax import WHOLE


class WhyNot(StrEnum):
    """Why a discount takes nothing off."""

    NOT_YET = "not_yet"
    ENDED = "ended"
    USED_UP = "used_up"
    OTHER_CURRENCY = "other_currency"
    OTHER_PRODUCTS = "other_products"
    BELOW_MINIMUM = "below_minimum"
    NOT_COMBINABLE = "not_combinable"


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """A discount as the engine sees it; either `percent` (thousandths) or `fixed_amount` (minor units) is set.

    With `product_ids` it is one on these products alone: its minimum, too, is what they cost together.
    """

    id: int
    name: str
    code: str | None = None
    percent: int | None = None
    fixed_amount: int | None = None
    currency: str | None = None
    minimum_amount: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    usage_limit: int | None = None
    uses_count: int = 0
    product_ids: frozenset[int] | None = None
    is_combinable: bool = True

    @property
    def label(self) -> str:
        """What people call it: its code, or its name where it has none."""
        return self.code or self.name

    def reaches(self, product_id: int | None) -> bool:
        """Whether it takes something off this product."""
        return self.product_ids is None or product_id in self.product_ids


@dataclass(frozen=True, slots=True)
class Good:
    """What a discount sees of a line: its amount, and the product; None for what is no product."""

    amount: int
    product_id: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A discount that takes nothing off, and why; `beside` are those taken instead where it cannot be combined."""

    rule: DiscountRule
    why: WhyNot
    beside: tuple[DiscountRule, ...] = ()


def in_order(rules: Sequence[DiscountRule]) -> tuple[DiscountRule, ...]:
    """Each of `rules` once, in the order in which they take off."""
    return tuple(sorted({rule.id: rule for rule in rules}.values(), key=_turn))


def judge(rules: Sequence[DiscountRule], goods: Sequence[Good], currency: str,
          at: datetime) -> tuple[tuple[DiscountRule, ...], tuple[Refused, ...]]:
    """Those of `rules` that apply by themselves, in order, and those that do not with the reason."""
    judged = [(rule, why_not(rule, goods, currency, at)) for rule in in_order(rules)]
    return (tuple(rule for rule, why in judged if why is None),
            tuple(Refused(rule, why) for rule, why in judged if why is not None))


def why_not(rule: DiscountRule, goods: Sequence[Good], currency: str, at: datetime) -> WhyNot | None:
    """The reason `rule` does not apply to `goods` at `at`; None where it does."""
    return why_never(rule, currency, at) or _why_not_these(
        rule, [good.amount for good in goods if rule.reaches(good.product_id)])


def why_never(rule: DiscountRule, currency: str, at: datetime) -> WhyNot | None:
    """The reason `rule` applies to nothing at all at `at`; None where it may."""
    if rule.starts_at is not None and at < rule.starts_at:
        return WhyNot.NOT_YET
    if rule.ends_at is not None and at >= rule.ends_at:
        return WhyNot.ENDED
    if rule.usage_limit is not None and rule.uses_count >= rule.usage_limit:
        return WhyNot.USED_UP
    if rule.currency is not None and rule.currency != currency:
        return WhyNot.OTHER_CURRENCY
    return None


def alternatives(rules: Sequence[DiscountRule]) -> list[tuple[DiscountRule, ...]]:
    """The ways to take `rules` that all apply: the combinable ones together, or one of the others alone."""
    together = tuple(rule for rule in rules if rule.is_combinable)
    alone = [(rule,) for rule in rules if not rule.is_combinable]
    return [together, *alone] if together or not alone else list(alone)


def left_out(rules: Sequence[DiscountRule], taken: tuple[DiscountRule, ...]) -> tuple[Refused, ...]:
    """Those of `rules` that apply but were not `taken`, since they do not combine with what was."""
    return tuple(Refused(rule, WhyNot.NOT_COMBINABLE, taken) for rule in rules if rule not in taken)


def apply(rules: Sequence[DiscountRule], goods: Sequence[Good], step: int = 1) -> list[list[int]]:
    """What each of `rules` takes off each of `goods` in a `step`, one by one; no line ever goes below zero."""
    left = [good.amount for good in goods]
    taken = []
    for rule in rules:
        places = [place for place, good in enumerate(goods) if rule.reaches(good.product_id)]
        off = [0] * len(goods)
        for place, part in zip(places, take_off(rule, [left[place] for place in places], step), strict=True):
            off[place] = part
            left[place] -= part
        taken.append(off)
    return taken


def take_off(rule: DiscountRule, amounts: Sequence[int], step: int = 1) -> list[int]:
    """How much of the discount each line of `amounts` carries; the parts add up to the whole, none above its line."""
    whole = sum(amounts)
    part = ratio(whole * rule.percent, WHOLE, step) if rule.percent is not None else rule.fixed_amount or 0
    return share(min(part, whole), list(amounts), step)


def _turn(rule: DiscountRule) -> tuple[bool, bool, int, int]:
    return rule.product_ids is None, rule.percent is None, -(rule.percent or 0), rule.id


def _why_not_these(rule: DiscountRule, amounts: Sequence[int]) -> WhyNot | None:
    if rule.product_ids is not None and not amounts:
        return WhyNot.OTHER_PRODUCTS
    if rule.minimum_amount is not None and sum(amounts) < rule.minimum_amount:
        return WhyNot.BELOW_MINIMUM
    return None
