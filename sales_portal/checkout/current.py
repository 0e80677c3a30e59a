"""Links that follow the pricelist: what their lines cost at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.pricing.models import Price

Offered = CheckoutLinkLine | Row[Any]
"""A line of a link, or the row it is stored as."""

_PRICES = select(Price.variant_id, Price.amount).where(
    Price.pricelist_id == bindparam("pricelist_id"), Price.variant_id.in_(bindparam("variant_ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one of a line costs at the checkout, and what it costs otherwise, in minor units."""

    unit: int
    usual: int


def amounts_of(session: Session, link: CheckoutLink, lines: Iterable[Offered]) -> dict[int, Amounts]:
    """Unit amounts by line number; one statement where the link follows its pricelist, none where prices are frozen.

    What was agreed on a line stays, and so does what the pricelist no longer names.
    """
    lines = list(lines)
    amounts = {line.line_no: Amounts(line.unit_amount, line.list_amount) for line in lines}
    followed = [line for line in lines if link.price_mode == "current" and _follows(line)]
    if not followed:
        return amounts
    found = session.execute(_PRICES, {
        "pricelist_id": link.pricelist_id, "variant_ids": [line.variant_id for line in followed]}).all()
    now: dict[int | None, int] = {row.variant_id: row.amount for row in found}
    for line in followed:
        price = now.get(line.variant_id, line.list_amount)
        amounts[line.line_no] = Amounts(price if line.unit_amount else line.unit_amount, price)
    return amounts


def _follows(line: Offered) -> bool:
    """Whether the line costs what the pricelist says: nothing agreed, no amount of the customer's own choice."""
    is_trial = line.offer_version_id is not None and not line.unit_amount
    is_plain = not line.is_special_price and line.minimum_amount is None
    return line.variant_id is not None and is_plain and (is_trial or line.unit_amount == line.list_amount)
