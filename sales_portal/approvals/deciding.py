"""Whether somebody may say yes to what was asked."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import rules
from sales_portal.approvals.models import ApprovalItem
from sales_portal.approvals.rules import Limits, Need, Offered, Whole, Why

_FIELDS = tuple(field.name for field in fields(Offered))
_FIELDS_OF_WHOLE = tuple(field.name for field in fields(Whole))
_GRANTS = {Why.IGNORES_SHIPPING: Permission.LINK_IGNORE_SHIPPING, Why.IGNORES_TAX: Permission.LINK_IGNORE_TAX,
           Why.SELLS_MANY: Permission.LINK_MULTI_USE}


def limits_of(person: Staff) -> Limits:
    """How far `person` may go; needs role loaded."""
    return Limits(*person.price_limits)


def asked_of(need: Need) -> dict[str, Any]:
    """A part as plain JSON: what the person who decides is shown, and what their limits are held against."""
    whys: dict[str, Any] = {"whys": [why.value for why in need.whys]}
    if need.line is not None:
        return whys | {name: getattr(need.line, name) for name in _FIELDS}
    if need.whole is not None:
        return whys | {name: getattr(need.whole, name) for name in _FIELDS_OF_WHOLE}
    return whys | {"max_orders": need.max_orders}


def line_of(item: ApprovalItem) -> Offered | None:
    """The line an item was made of; None for any other part."""
    return Offered(**{name: item.asked[name] for name in _FIELDS}) if item.kind == "line" else None


def whole_of(item: ApprovalItem) -> Whole | None:
    """The lines together an item was made of; None for any other part."""
    return Whole(**{name: item.asked[name] for name in _FIELDS_OF_WHOLE}) if item.kind == "whole" else None


def list_beyond(items: Iterable[ApprovalItem], person: Staff) -> list[Why]:
    """What of these parts goes further than `person` may decide, each reason once; needs role and grants loaded.

    Nobody says yes to what they would need a yes for themselves, and a margin below the asker's minimum is for those
    whose role says so.
    """
    found = [why for item in items for why in _beyond(item, person)]
    return list(dict.fromkeys(found))


def _beyond(item: ApprovalItem, person: Staff) -> Iterator[Why]:
    line, whole = line_of(item), whole_of(item)
    whys = [Why(why) for why in item.asked["whys"]]
    if line is not None:
        yield from rules.reasons_of(line, limits_of(person))
    elif whole is not None:
        yield from rules.reasons_of_whole(whole, limits_of(person))
    else:
        yield from (why for why in whys if not person.may(_GRANTS[why]))
    if Why.BELOW_MARGIN in whys and not person.may(Permission.APPROVALS_BELOW_MARGIN):
        yield Why.BELOW_MARGIN
