"""Whether somebody may say yes to what was asked."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import rules
from sales_portal.approvals.models import ApprovalItem
from sales_portal.approvals.rules import Limits, Need, Offered, Why

_FIELDS = tuple(field.name for field in fields(Offered))


def limits_of(person: Staff) -> Limits:
    """How far `person` may go; needs role loaded."""
    return Limits(*person.price_limits)


def asked_of(need: Need) -> dict[str, Any]:
    """A part as plain JSON: what the person who decides is shown, and what their limits are held against."""
    whys: dict[str, Any] = {"whys": [why.value for why in need.whys]}
    if need.line is None:
        return whys | {"max_orders": need.max_orders}
    return whys | {name: getattr(need.line, name) for name in _FIELDS}


def line_of(item: ApprovalItem) -> Offered | None:
    """The line an item was made of; None for one of the terms."""
    return Offered(**{name: item.asked[name] for name in _FIELDS}) if item.kind == "line" else None


def list_beyond(items: Iterable[ApprovalItem], person: Staff) -> list[Why]:
    """What of these parts goes further than `person` may decide, each reason once; needs role and grants loaded.

    Nobody says yes to what they would need a yes for themselves, and a margin below the asker's minimum is for those
    whose role says so.
    """
    found = [why for item in items for why in _beyond(item, person)]
    return list(dict.fromkeys(found))


def _beyond(item: ApprovalItem, person: Staff) -> Iterator[Why]:
    line = line_of(item)
    if line is None:
        return
    yield from rules.reasons_of(line, limits_of(person))
    if Why.BELOW_MARGIN.value in item.asked["whys"] and not person.may(Permission.APPROVALS_BELOW_MARGIN):
        yield Why.BELOW_MARGIN
