"""The discounts of a selection: given by picking or by a typed code, and taken away again.

Which of several count is the engine's to say, so one that does not apply now may still be given and waits for the
basket that it applies to. One that can't apply whatever the basket holds is refused.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.pricing import discounts
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.discounts import DiscountRule, Refused
from sales_portal.pricing.models import Discount
from sales_portal.selections import acts, checks
from sales_portal.selections.models import Selection, SelectionDiscount

MOST = 10
FIELD = "selection_discounts"

# Built once: every act of the builder asks it.
_RULES = (
    pricing.with_products(
        select(Discount).join(SelectionDiscount, SelectionDiscount.discount_id == Discount.id))
    .where(SelectionDiscount.selection_id == bindparam("selection_id")).order_by(SelectionDiscount.position))


@dataclass(frozen=True, slots=True)
class Offered:
    """A discount an agent may pick, and why it could take nothing off whatever the basket holds."""

    rule: DiscountRule
    reason: str = ""


def list_rules(session: Session, selection: Selection) -> tuple[DiscountRule, ...]:
    """The discounts of a selection as the engine takes them, in the order they were given; no statement for none."""
    if not selection.has_discounts:
        return ()
    return pricing.rules_of(session.execute(_RULES, {"selection_id": selection.id}))


def list_offered(session: Session, selection: Selection, limit: int = 50) -> list[Offered]:
    """The newest discounts that `selection` does not have, each with the reason it can't be given, if any."""
    given = select(SelectionDiscount.discount_id).where(SelectionDiscount.selection_id == selection.id)
    found = session.scalars(pricing.list_discounts().where(Discount.id.not_in(given)).limit(limit))
    return [Offered(rule, _reason(rule, selection, rule.label)) for rule in map(pricing.rule_of, found)]


def get_rule(session: Session, selection: Selection, discount_id: int) -> DiscountRule:
    """A discount as the engine takes it; refuses, naming the field `discount`, one that can't apply to `selection`."""
    found = pricing.rules_of(session.execute(
        pricing.with_products(select(Discount).where(Discount.id == discount_id))))
    if not found:
        raise Invalid("discount", "Choose one of the discounts")
    if reason := _reason(found[0], selection, found[0].label):
        raise Invalid("discount", reason)
    return found[0]


def add_by_code(session: Session, selection: Selection, code: str, *, by: Actor) -> DiscountRule:
    """Give the discount people type as `code`; refuses an unknown or useless one naming the field `code`."""
    return _add(session, selection, _find(session, code), "This code", by=by)


def refuse_code(session: Session, selection: Selection, code: str) -> None:
    """Refuse a `code` that is unknown, or can't apply to `selection` now whatever it holds, naming the field `code`."""
    if reason := _reason(pricing.rule_of(_find(session, code)), selection, "This code"):
        raise Invalid("code", reason)


def add_discount(session: Session, selection: Selection, discount_id: int, *, by: Actor) -> DiscountRule:
    """Give a discount that was picked; one the selection has already stays as it is."""
    found = session.get(Discount, discount_id)
    if found is None:
        raise NotFound(thing="this discount")
    return _add(session, selection, found, found.code or found.name, by=by)


def remove_discount(session: Session, selection: Selection, discount_id: int, *, by: Actor) -> DiscountRule:
    """Take a discount away; refuses with `NotFound` where the selection does not have it."""
    acts.begin(session, selection)
    given = session.get(SelectionDiscount, (selection.id, discount_id))
    if given is None:
        raise NotFound(thing="this discount")
    rule = pricing.rule_of(session.get_one(Discount, discount_id))
    session.delete(given)
    session.flush()
    selection.has_discounts = bool(_count(session, selection)[0])
    acts.finish(session, selection, EventName.SELECTION_CHANGED, [FIELD], by=by, label=f"{rule.label} removed",
                discount=rule.label)
    return rule


def _find(session: Session, code: str) -> Discount:
    if not code.strip():
        raise Invalid("code", "Enter a discount code")
    found = pricing.get_discount_by_code(session, code)
    if found is None:
        raise Invalid("code", "There is no discount with this code. Check how it is written")
    return found


def _add(session: Session, selection: Selection, found: Discount, name: str, *, by: Actor) -> DiscountRule:
    acts.begin(session, selection)
    rule = pricing.rule_of(found)
    if session.get(SelectionDiscount, (selection.id, found.id)) is not None:
        return rule
    if reason := _reason(rule, selection, name):
        raise Invalid("code", reason)
    count, last = _count(session, selection)
    if count >= MOST:
        raise Invalid("code", f"A selection holds at most {MOST} discounts. Remove one first")
    session.add(SelectionDiscount(selection_id=selection.id, discount_id=found.id, position=last + 1))
    selection.has_discounts = True
    acts.finish(session, selection, EventName.SELECTION_CHANGED, [FIELD], by=by, label=f"{rule.label} added",
                discount=rule.label)
    return rule


def _count(session: Session, selection: Selection) -> tuple[int, int]:
    count, last = session.execute(
        select(func.count(), func.max(SelectionDiscount.position))
        .where(SelectionDiscount.selection_id == selection.id)).one()
    return count, last or 0


def _reason(rule: DiscountRule, selection: Selection, name: str) -> str:
    at = clock.now()
    why = discounts.why_never(rule, selection.currency, at)
    return "" if why is None else checks.why_refused(Refused(rule, why), selection.currency, at, selection.site, name)
