"""Order discounts: whether one applies, how much it takes off, and which line gives how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sales_portal.core.money import half_up, share
from sales_portal.pricing.tax import WHOLE


class WhyNot(StrEnum):
    """Why a discount takes nothing off."""

    NOT_YET = "not_yet"
    ENDED = "ended"
    USED_UP = "used_up"
    OTHER_CURRENCY = "other_currency"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """A discount as the engine sees it; either `percent` (thousandths) or `fixed_amount` (minor units) is set."""

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


def why_not(rule: DiscountRule, items_amount: int, currency: str, at: datetime) -> WhyNot | None:
    """The reason `rule` does not apply to items of `items_amount` at `at`; None where it does."""
    if rule.starts_at is not None and at < rule.starts_at:
        return WhyNot.NOT_YET
    if rule.ends_at is not None and at >= rule.ends_at:
        return WhyNot.ENDED
    if rule.usage_limit is not None and rule.uses_count >= rule.usage_limit:
        return WhyNot.USED_UP
    if rule.currency is not None and rule.currency != currency:
        return WhyNot.OTHER_CURRENCY
    if rule.minimum_amount is not None and items_amount < rule.minimum_amount:
        return WhyNot.BELOW_MINIMUM
    return None


def take_off(rule: DiscountRule, amounts: Sequence[int]) -> list[int]:
    """How much of the discount each line of `amounts` carries; the parts add up to the whole, none above its line."""
    whole = sum(amounts)
    if rule.percent is not None:
        off = half_up(Decimal(whole * rule.percent) / WHOLE)
    else:
        off = min(rule.fixed_amount or 0, whole)
    return share(off, list(amounts))
