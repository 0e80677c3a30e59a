"""What whoever opens a link brings along in its address, filled into a new copy: never over what the agent fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from sales_portal.checkout import amounts, fixed, pricing
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount
from sales_portal.core.money import increment
from sales_portal.links import prefill as prefills
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import MAX_METADATA
from sales_portal.pricing import discounts
from sales_portal.pricing import queries as price_rules


@dataclass(frozen=True, slots=True)
class Brought:
    """Values of an address, checked as if typed; `amount` in minor units, `answers` by slug, `metadata` by key."""

    email: str = ""
    name: str = ""
    discount_code: str = ""
    amount: int | None = None
    product_id: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes_price(self) -> bool:
        """Whether the offer may cost something else with it."""
        return bool(self.discount_code) or self.amount is not None or self.product_id is not None


NOTHING = Brought()


def left_open(brought: Brought, link: CheckoutLink) -> Brought:
    """What of `brought` this link leaves to its customers; the one address that may pay is typed, never brought."""
    locked = fixed.values_of(link)
    keeps_email = link.only_email_may_pay or "email" in locked
    return replace(
        brought, email="" if keeps_email else brought.email, name="" if "name" in locked else brought.name,
        discount_code=brought.discount_code if link.allows_discount_codes else "",
        product_id=brought.product_id if link.changes == "pick_one" else None,
        answers={slug: text for slug, text in brought.answers.items() if prefills.CUSTOM + slug not in locked},
        metadata={key: text for key, text in brought.metadata.items() if key not in link.link_metadata})


def choice_of(session: Session, link: CheckoutLink, product_id: int | None) -> int | None:
    """The line of the product that was asked for, where it can be picked and is not sold out; None elsewhere."""
    if product_id is None or link.changes != "pick_one":
        return None
    lines = links.list_lines_with_stock(session, link.id)
    return next((line.line_no for line, left in lines if line.product_id == product_id
                 and (left is None or left > 0 or line.backorder_weeks is not None)), None)


def fill_in(session: Session, visit: CheckoutSession, link: CheckoutLink, brought: Brought,
            at: datetime) -> CheckoutSessionDiscount | None:
    """Put what was brought into a copy that is not stored and not priced yet; what won't do is left out.

    Answers the discount of the code, for `drop_idle` once the copy is priced.
    """
    brought = left_open(brought, link)
    known = {name: text for name, text in (("email", brought.email), ("name", brought.name)) if text}
    room = max(0, MAX_METADATA - len(visit.session_metadata))
    visit.__dict__.update(
        known, custom_fields=visit.custom_fields | dict(brought.answers),
        session_metadata=visit.session_metadata | dict(list(brought.metadata.items())[:room]))
    if brought.amount is not None:
        _name_price(visit, link, brought.amount)
    return _use_code(session, visit, brought.discount_code, at) if brought.discount_code else None


def drop_idle(visit: CheckoutSession, code: CheckoutSessionDiscount | None) -> None:
    """Let go of a code that takes nothing off a copy priced just now."""
    if code is not None and code.amount is None:
        visit.discounts.remove(code)
        visit.__dict__["has_discounts"] = bool(visit.discounts)


def _name_price(visit: CheckoutSession, link: CheckoutLink, amount: int) -> None:
    """Take `amount` for the one product whose price the customer names, from its minimum on."""
    line = next((line for line in visit.lines if amounts.may_name(link, line)), None)
    if line is None or amount % increment(link.currency):
        return
    if (line.minimum_amount or 0) <= amount and not amounts.is_too_much(line, amount):
        line.__dict__["unit_amount"] = amount


def _use_code(session: Session, visit: CheckoutSession, code: str, at: datetime) -> CheckoutSessionDiscount | None:
    """Add the discount with this code as if it had been typed: it stands in the place of the preset one (P-20)."""
    known = price_rules.get_rule_by_code(session, code)
    if known is None or discounts.why_never(known[1], visit.currency, at) is not None:
        return None
    if any(held.discount_id == known[0].id for held in visit.discounts):
        return None
    held = pricing.code_row(*known)
    visit.discounts.append(held)
    visit.__dict__["has_discounts"] = True
    return held
