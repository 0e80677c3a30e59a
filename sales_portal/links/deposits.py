"""What of a total a link asks at once, the rest being paid later; and which links may ask only a part."""

from typing import Protocol

from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money, increment, ratio
from sales_portal.links.models import CheckoutLink
from sales_portal.links.snapshot import Frozen
from sales_portal.links.terms import LinkTerms
from sales_portal.pricing.tax import WHOLE
from sales_portal.sites.methods import METHODS
from sales_portal.sites.models import Site


class Asking(Protocol):
    """A link or the terms of one."""

    @property
    def deposit_amount(self) -> int | None: ...
    @property
    def deposit_percent(self) -> int | None: ...


def deposit_of(asking: Asking, total: int, currency: str) -> int | None:
    """The part of `total` that is paid first, half up to what can be paid; None where all of it is paid at once."""
    part = asking.deposit_amount
    if asking.deposit_percent is not None:
        part = ratio(total * asking.deposit_percent, WHOLE, increment(currency))
    return part if part is not None and 0 < part < total else None


def due_now(asking: Asking, total: int, currency: str) -> int:
    """What of `total` is paid when the order is placed."""
    return deposit_of(asking, total, currency) or total


def has_deposit(asking: Asking) -> bool:
    """Whether only a part is paid first, as long as the total is more than that."""
    return asking.deposit_amount is not None or asking.deposit_percent is not None


def check(frozen: Frozen, terms: LinkTerms, site: Site) -> None:
    """Refuse a deposit that is no part of what the link costs, or that nobody could pay; names the field and the fix.

    A subscription is paid period by period, and an invoice once.
    """
    if not has_deposit(terms):
        return
    if any(row.offer_version_id is not None for row in frozen.rows):
        raise Invalid("deposit", "A subscription is paid whole. Take it out of the selection, or choose no deposit")
    ways = terms.payment_methods or site.ways_to_pay
    if ways and all(METHODS[slug].capture_mode == "by_hand" for slug in ways):
        raise Invalid("deposit", "An invoice is paid whole. Choose another way to pay too, or no deposit")
    totals = [quote.total_amount for quote in frozen.choices or (frozen.quote,)]
    if any(deposit_of(terms, total, frozen.quote.currency) is None for total in totals):
        field = "deposit_percent" if terms.deposit_percent is not None else "deposit_amount"
        least = Money(min(totals), frozen.quote.currency).format(site.locale.replace("-", "_"))
        raise Invalid(field, f"Enter more than nothing and less than the total, {least}, or choose no deposit")


def again(link: CheckoutLink, currency: str) -> dict[str, int | None]:
    """The deposit of `link` for an offer in `currency`: in another one, the same share of the total."""
    if link.deposit_amount is None or link.currency == currency or not link.total_amount:
        return {"deposit_amount": link.deposit_amount, "deposit_percent": link.deposit_percent}
    share = ratio(link.deposit_amount * WHOLE, link.total_amount)
    return {"deposit_amount": None, "deposit_percent": min(max(share, 1), WHOLE - 1)}
