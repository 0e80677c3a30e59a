"""A newer offer for a copy that was made of an older one: what changed, and taking it over once it is accepted."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.checkout import adding, amounts, copying, current, learners, line_fields, pricing, queries
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount, CheckoutSessionLine
from sales_portal.core import clock
from sales_portal.core.writing import fresh
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links import queries as links
from sales_portal.links import updating
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.pricing import documents
from sales_portal.selections.models import MAX_QUANTITY

Before = Mapping[int, Mapping[str, Any]]
"""The lines of the offer a copy was made of, by their number."""


@dataclass(frozen=True, slots=True)
class Change:
    """One product of the older offer, the newer one or both; amounts in minor units, None where it is not in it."""

    title: str
    image: str | None
    quantity: int | None
    amount: int | None
    quantity_before: int | None
    amount_before: int | None

    @property
    def is_new(self) -> bool:
        """Whether only the newer offer has it."""
        return self.quantity_before is None

    @property
    def is_gone(self) -> bool:
        """Whether only the older offer had it."""
        return self.quantity is None

    @property
    def is_same(self) -> bool:
        """Whether nothing about it changed."""
        return (self.quantity, self.amount) == (self.quantity_before, self.amount_before)


@dataclass(frozen=True, slots=True)
class Difference:
    """What accepting the newer offer does to a copy; totals in minor units."""

    changes: tuple[Change, ...]
    total: int
    total_before: int


def is_behind(visit: CheckoutSession, link: CheckoutLink) -> bool:
    """Whether an open copy is of an older offer than its link has by now."""
    return visit.status == "open" and visit.offer_version < link.offer_version


def compare(session: Session, visit: CheckoutSession, link: CheckoutLink) -> Difference:
    """What would change in `visit` if its customer accepted what `link` offers now; changes nothing."""
    queries.load_lines(session, visit)
    discounts = copying.discounts_of(session, link)
    discounts += [pricing.code_row(code.discount, documents.read(code.rule)) for code in _codes(visit, discounts)]
    would_be = fresh(
        CheckoutSession, link_id=link.id, status="open", currency=link.currency, total_amount=0,
        country=visit.country, vat_number=visit.vat_number, shipping_method_id=visit.shipping_method_id,
        has_discounts=bool(discounts), discounts=discounts,
        lines=[_apart(line) if line in visit.lines else line for line in _lines(session, visit, link)])
    adding.renew(session, would_be, link)
    pricing.reprice(session, would_be, link)
    return Difference(_changes(visit, would_be), would_be.total_amount, visit.total_amount)


def accept(session: Session, visit: CheckoutSession, link: CheckoutLink) -> None:
    """Let `visit` be a copy of what `link` offers now; quantities and amounts its customer chose stay where allowed.

    Who buys, where it goes, what the customer added themselves and the code they typed stays. The link is read locked.
    """
    visit.refuse_ended(clock.now())
    if not is_behind(visit, link):
        return
    queries.load_lines(session, visit)
    lines, discounts = _lines(session, visit, link), copying.discounts_of(session, link)
    kept = [line for line in lines if line in visit.lines]
    for line in [line for line in pricing.items_of(visit) if line not in kept]:
        visit.lines.remove(line)
    codes = _codes(visit, discounts)
    for discount in [one for one in pricing.held_discounts(visit) if one not in codes]:
        visit.discounts.remove(discount)
    session.flush()
    visit.lines[:0] = [line for line in lines if line not in kept]
    visit.discounts.extend(discounts)
    visit.has_discounts, visit.offer_version = bool(visit.discounts), link.offer_version
    learners.follow_quantity(visit, {line.line_no: line.learners for line in links.list_lines(session, link.id)})
    line_fields.ask_again(session, visit)
    if pricing.ships(visit) and not visit.street:
        # What needed no address was said without one.
        visit.details_at = None
    session.flush()
    adding.renew(session, visit, link)
    pricing.reprice(session, visit, link)
    history.record(session, EventName.VISIT_UPDATED, visit, by=history.CUSTOMER, context=link,
                   offer_version=link.offer_version)


def _codes(visit: CheckoutSession, offered: Sequence[CheckoutSessionDiscount]) -> list[CheckoutSessionDiscount]:
    """The codes its customer typed, but for what the newer offer gives by itself."""
    given = {one.discount_id for one in offered}
    return [one for one in pricing.held_discounts(visit) if one.is_code and one.discount_id not in given]


def _apart(line: CheckoutSessionLine) -> CheckoutSessionLine:
    """A line like a stored one, in no session."""
    return fresh(CheckoutSessionLine, **{
        name: getattr(line, name) for name in (one.key for one in CheckoutSessionLine.__mapper__.column_attrs)})


def _lines(session: Session, visit: CheckoutSession, link: CheckoutLink) -> list[CheckoutSessionLine]:
    """The lines the copy would have: those of the newer offer, and its own that no older offer brought."""
    offered = links.list_lines(session, link.id)
    costs, before = current.amounts_of(session, link, offered), _before(session, visit, link)
    held = [line for line in pricing.items_of(visit) if not line.is_added]
    own = adding.lines_of(visit)
    if link.changes == "pick_one":
        offered, own = _picked(offered, held, link), []
    else:
        offered = _without_left_out(offered, before, {line.line_no for line in held})
    made = [copying.line_of(line, link, costs[line.line_no]) for line in offered]
    for line, new in zip(offered, made, strict=True):
        old = _same_product(line, held)
        if old is not None and old.line_no in before:
            _keep_choices(old, before[old.line_no], new, line, link)
    return made + own


def _same_product(offered: CheckoutLinkLine, held: Sequence[CheckoutSessionLine]) -> CheckoutSessionLine | None:
    """The line the copy has for an offered one: of those with its product the one in its place, else the first."""
    same = [line for line in held if line.variant_id == offered.variant_id
            and (line.variant_id is not None or line.title == offered.title)]
    return min(same, key=lambda line: (line.title != offered.title, line.line_no != offered.line_no), default=None)


def _picked(offered: Any, held: Sequence[CheckoutSessionLine], link: CheckoutLink) -> list[CheckoutLinkLine]:
    """The product the customer had picked, where it is still among those offered, else the first choice."""
    chosen = {line.variant_id for line in held if line.variant_id is not None}
    again = [line for line in offered if line.variant_id in chosen]
    first = [line for line in offered if line.line_no == (link.preselected_line or 1)]
    return (again or first or list(offered))[:1]


def _without_left_out(offered: Sequence[CheckoutLinkLine], before: Before, held: Set[int]) -> list[CheckoutLinkLine]:
    """The lines of the newer offer but for those the customer went on without, where they are as they were."""
    left_out = [(line["variant_id"], line["title"], line["quantity"], line["unit_amount"])
                for number, line in before.items() if number not in held]
    return [line for line in offered
            if (line.variant_id, line.title, line.quantity, line.unit_amount) not in left_out]


def _before(session: Session, visit: CheckoutSession, link: CheckoutLink) -> Before:
    old = updating.get_version(session, link.id, visit.offer_version)
    return {line["line_no"]: line for line in old.lines} if old is not None else {}


def _keep_choices(old: CheckoutSessionLine, before: Mapping[str, Any], new: CheckoutSessionLine,
                  offered: CheckoutLinkLine, link: CheckoutLink) -> None:
    """Keep the quantity and the amount the customer chose, as far as the newer offer allows them."""
    may_change = link.changes == "more" and link.may_change_quantities
    most = offered.quantity if offered.is_special_price else link.max_per_line or MAX_QUANTITY
    if may_change and old.quantity != before["quantity"] and old.quantity <= most \
            and old.quantity % offered.pack_size == 0:
        new.__dict__["quantity"] = old.quantity
    new.__dict__["learners"] = learners.seated(offered.learners, old.learners, new.quantity)
    new.__dict__["answers"] = line_fields.merged(offered.answers, old.answers)
    if old.backorder_weeks is not None and before["backorder_weeks"] is None:
        new.__dict__["backorder_weeks"] = offered.could_wait_weeks
    named = old.unit_amount
    is_theirs = amounts.may_name(link, offered) and named != before["unit_amount"]
    if is_theirs and named >= (offered.minimum_amount or 0) and not amounts.is_too_much(new, named):
        new.__dict__["unit_amount"] = named


def _changes(visit: CheckoutSession, would_be: CheckoutSession) -> tuple[Change, ...]:
    now, then = pricing.items_of(would_be), pricing.items_of(visit)
    left, found = list(then), []
    for line in now:
        old = next((one for one in left if _is_same_product(one, line)), None)
        if old is not None:
            left.remove(old)
        found.append(Change(line.title, line.image, line.quantity, line.unit_amount * line.quantity,
                            old.quantity if old is not None else None,
                            old.unit_amount * old.quantity if old is not None else None))
    return (*found, *(Change(old.title, old.image, None, None, old.quantity, old.unit_amount * old.quantity)
                      for old in left))


def _is_same_product(one: CheckoutSessionLine, other: CheckoutSessionLine) -> bool:
    if one.variant_id is None and other.variant_id is None:
        return one.title == other.title
    return one.variant_id == other.variant_id
