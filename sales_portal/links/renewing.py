"""The terms of a link once more, for its selection as it is now: for a link in its place, or for a newer offer."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import deposits, queries, spans
from sales_portal.links.models import CheckoutLink
from sales_portal.links.prefill import AMOUNT
from sales_portal.links.terms import LinkTerms, default_terms
from sales_portal.selections import queries as selections
from sales_portal.selections.basket import Basket, BasketRow

_NOT_STORED = ("discount_id", "ignores_tax_reason", "metadata")
_STORED = tuple(field.name for field in fields(LinkTerms) if field.name not in _NOT_STORED)


@dataclass(frozen=True, slots=True)
class _Then:
    """What the selection was when the link was made of it; nothing is known of one that was never noted."""

    header: Mapping[str, Any]
    amounts: Mapping[int, int | None]
    discount_ids: frozenset[int] | None


def terms_again(session: Session, link: CheckoutLink, basket: Basket, at: datetime) -> LinkTerms:
    """The terms of a link that takes the place of `link` (lines loaded), with an end that counts from `at`.

    What was filled in for one customer is never handed to another.
    """
    terms, selection = terms_now(session, link, basket), basket.selection
    starts_at = link.starts_at if link.starts_at is not None and link.starts_at > at else None
    end = spans.end_again(link.starts_at or link.created_at, link.expires_at, selection.site, starts_at or at)
    terms = replace(terms, starts_at=starts_at, expires_at=end)
    if selection.customer_id == link.customer_id:
        return terms
    usual = default_terms(basket, at)
    amounts = {name: value for name, value in terms.prefill.items() if name.startswith(AMOUNT)}
    return replace(terms, label=usual.label, prefill={**usual.prefill, **amounts}, only_email_may_pay=False,
                   prefill_locks=tuple(name for name in terms.prefill_locks if name.startswith(AMOUNT)),
                   crm_account_id="", crm_contact_id="")


def terms_now(session: Session, link: CheckoutLink, basket: Basket) -> LinkTerms:
    """The terms of `link` (lines loaded) for the rows of `basket`, each named by its number there.

    What the link does beyond its selection stays; what was changed on the selection since is as it is there now.
    """
    then, moved = _then(session, link), _moved(link, basket)
    selection = basket.selection
    stored = {name: getattr(link, name) for name in _STORED}
    stored["prefill_locks"] = tuple(link.prefill_locks)
    stored |= deposits.again(link, selection.currency)
    stored |= {name: _changed(then, selection, name, getattr(link, name)) for name in (
        "ignores_shipping", "ignores_tax")}
    prefill, locks = _amounts(link, basket, then, moved)
    stored |= {"prefill": prefill, "prefill_locks": locks,
               "preselected_line": moved.get(link.preselected_line or 0)}
    reason = _tax_reason(session, link, basket) if stored["ignores_tax"] else ""
    return LinkTerms(**stored, metadata=dict(link.link_metadata), ignores_tax_reason=reason,
                     discount_id=_preset(session, link, basket, then))


def _then(session: Session, link: CheckoutLink) -> _Then:
    document = selections.get_document(session, link.selection_id, link.selection_version)
    if document is None:
        return _Then({}, {}, None)
    parts = document["parts"]
    return _Then(
        document["header"],
        {row["variant_id"]: row["chosen_amount"] if row["chosen_amount"] is not None
         else document["listed"].get(str(row["id"])) for row in parts.get("selection_lines", ())
         if row["variant_id"] is not None},
        frozenset(row["discount_id"] for row in parts.get("selection_discounts", ())))


def _changed(then: _Then, selection: object, name: str, value: object) -> object:
    """What the selection says where that was changed since, else `value`."""
    now = getattr(selection, name)
    return now if name in then.header and then.header[name] != now else value


def _moved(link: CheckoutLink, basket: Basket) -> dict[int, int]:
    """By the number of a line of the link, the number its product has in the basket."""
    now = {row.variant_id: number for number, row in enumerate(basket.rows, 1) if row.variant_id is not None}
    return {line.line_no: now[line.variant_id] for line in link.lines if line.variant_id in now}


def _amounts(link: CheckoutLink, basket: Basket, then: _Then,
             moved: Mapping[int, int]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What is filled in and fixed, the amounts of lines under the numbers these have now."""
    prefill = {name: str(value) for name, value in link.prefill.items() if not name.startswith(AMOUNT)}
    locks = [name for name in link.prefill_locks if not name.startswith(AMOUNT)]
    for old, new in moved.items():
        row, name = basket.rows[new - 1], f"{AMOUNT}{old}"
        if not (row.is_pay_what_you_want and name in link.prefill):
            continue
        amount = _amount(str(link.prefill[name]), row, then)
        if amount is not None:
            prefill[f"{AMOUNT}{new}"] = str(amount)
            locks += [f"{AMOUNT}{new}"] if name in link.prefill_locks else []
    return prefill, tuple(locks)


def _amount(filled: str, row: BasketRow, then: _Then) -> int | None:
    """The amount filled in, unless another was agreed on the line since or it is too little by now."""
    before = then.amounts.get(row.variant_id or 0, row.unit_amount)
    is_kept = row.unit_amount == before and filled.isdecimal() and int(filled) >= (row.minimum_amount or 0)
    return int(filled) if is_kept else row.unit_amount


def _preset(session: Session, link: CheckoutLink, basket: Basket, then: _Then) -> int | None:
    """The discount the link was given beyond those of its selection."""
    if not link.has_discounts or then.discount_ids is None:
        return None
    beyond = {one.discount_id for one in queries.list_discounts(session, link.id)} - then.discount_ids
    now = {rule.id for rule in basket.rules.discounts}
    return next(iter(sorted(beyond - now)), None)


def _tax_reason(session: Session, link: CheckoutLink, basket: Basket) -> str:
    said = basket.selection.ignores_tax_reason
    if basket.selection.ignores_tax and said:
        return said
    made = session.scalars(select(Event.data).where(
        Event.subject_type == CheckoutLink.__tablename__, Event.subject_id == link.id,
        Event.name == EventName.LINK_CREATED.value)).first()
    return str((made or {}).get("ignores_tax_reason") or said)
