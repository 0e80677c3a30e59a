"""What agents do to a selection: every act is refused, or done and recorded at once, and raises the version.

Who may touch whose selection is the caller's to ask. Where a verb takes `version` (what the caller's page showed),
what others did since to other fields stays, and the same field is refused with `ChangedMeanwhile`.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from sales_portal.accounts.models import Staff
from sales_portal.core import clock, lifecycle
from sales_portal.core.errors import Invalid
from sales_portal.core.writing import fresh, write
from sales_portal.customers.models import Customer
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Pricelist
from sales_portal.selections import acts, entry, queries, revisions, switching
from sales_portal.selections.errors import NoMarket, TooManyLines
from sales_portal.selections.lines import (
    Added,
    Changed,
    Removed,
    add_line,
    drop_special_price,
    remove_line,
    restore_line,
    set_quantity,
    set_special_price,
)
from sales_portal.selections.models import MAX_LINES, Selection
from sales_portal.selections.switching import Choices, Switched
from sales_portal.sites.models import Site

__all__ = [
    "Added", "Changed", "Removed", "Switched", "add_line", "archive_selection", "create_selection",
    "drop_special_price", "mark_linked", "mark_won", "remove_line",
    "reopen_selection", "restore_line", "set_customer",
    "set_notes", "set_quantity", "set_special_price", "set_terms", "switch_market",
]

DEFAULT_TAX_REASON = "Tax is handled elsewhere"
NOTE_LIMITS = {"customer_note": 500, "internal_note": 5000, "label": 200}


def create_selection(session: Session, *, agent: Staff, customer: Customer | None = None, market: Market | None = None,
                     pricelist: Pricelist | None = None, lines: Mapping[int, int] | None = None,
                     order_id: int | None = None, label: str = "", by: Actor) -> Selection:
    """Start a selection in `market`, else the customer's own, else the first of the agent's site.

    A `pricelist` is one the market sells with; else the customer's own, else the first in force. `lines` (variant id →
    quantity) are its first ones; what is wrong with one of them its checks will say. With an `order_id` it asks an
    extra payment for that order.
    """
    if len(lines or {}) > MAX_LINES:
        raise TooManyLines(most=MAX_LINES)
    for quantity in (lines or {}).values():
        entry.check_quantity(quantity)
    found, sold_in = (market, pricelist) if market and pricelist else _sale(session, agent, customer, market)
    at = clock.now()
    first = [{"position": position, "variant_id": key, "quantity": quantity, "special_price_reason": ""}
             for position, (key, quantity) in enumerate((lines or {}).items(), 1)]
    selection = fresh(
        Selection, agent=agent, agent_id=agent.id, customer=customer,
        customer_id=customer.id if customer is not None else None,
        market=found, market_id=found.id, pricelist=sold_in, pricelist_id=sold_in.id, site_id=found.site_id,
        currency=sold_in.currency, order_id=order_id, label=_note("label", label), version=1, stands_at=1,
        created_at=at, changed_at=at)
    write(session, selection)
    revisions.start(session, selection, first, by=agent.actor)
    history.record(session, EventName.SELECTION_CREATED, selection, by=by, lines=len(first))
    return selection


def set_customer(session: Session, selection: Selection, customer: Customer | None, *, by: Actor,
                 version: int | None = None) -> bool:
    """Say who the selection is for (None: anyone); market and pricelist stay. False where it stood so."""
    value = customer.id if customer is not None else None
    changed = acts.change(session, selection, {"customer_id": value}, version, by=by)
    set_committed_value(selection, "customer", customer)
    return changed


def set_notes(session: Session, selection: Selection, *, customer_note: str | None = None,
              internal_note: str | None = None, label: str | None = None, by: Actor,
              version: int | None = None) -> bool:
    """Write the notes and the label that are given; the others stay."""
    given = {"customer_note": customer_note, "internal_note": internal_note, "label": label}
    values = {field: _note(field, text) for field, text in given.items() if text is not None}
    return acts.change(session, selection, values, version, by=by)


def set_terms(session: Session, selection: Selection, *, ignores_shipping: bool, ignores_tax: bool,
              reason: str = DEFAULT_TAX_REASON, by: Actor, version: int | None = None) -> bool:
    """Say whether shipping and tax are charged; not charging tax needs a reason, which the history keeps."""
    why = reason.replace("\x00", "").strip() if ignores_tax else ""
    if ignores_tax and not why:
        raise Invalid("ignores_tax_reason", "Give a reason for not charging tax")
    if len(why) > 200:
        raise Invalid("ignores_tax_reason", "Use at most 200 characters")
    values = {"ignores_shipping": ignores_shipping, "ignores_tax": ignores_tax, "ignores_tax_reason": why}
    return acts.change(session, selection, values, version, by=by, reason=why)


def switch_market(session: Session, selection: Selection, market_id: int, pricelist_id: int | None = None, *,
                  by: Actor, version: int | None = None, choices: Choices | None = None) -> Switched:
    """Sell in another market or pricelist; the answer says what changed, line by line.

    Special prices go where an amount would not mean the same there, and lines without a price stay and block the
    link, unless `choices` say otherwise.
    """
    acts.begin(session, selection)
    switched = switching.compare(session, selection, market_id, pricelist_id)
    acts.refuse_conflict(session, selection, version, "market", yours=_place(switched.market, switched.pricelist),
                         theirs=_place(selection.market, selection.pricelist))
    if (selection.market_id, selection.pricelist_id) != (switched.market.id, switched.pricelist.id):
        _move(session, selection, switched, choices or Choices(), by=by)
    return switched


def archive_selection(session: Session, selection: Selection, *, by: Actor) -> None:
    """Put a selection away; it can be looked at, and not changed any more."""
    acts.begin(session, selection)
    before, selection.status = selection.status, "archived"
    acts.note(session, selection, EventName.SELECTION_ARCHIVED, by=by, fields=["status"], before=before)
    session.flush()


def reopen_selection(session: Session, selection: Selection, *, by: Actor) -> bool:
    """Take a selection out of the archive, as it was put there; False where it is not in it."""
    queries.lock_selection(session, selection)
    if selection.status != "archived":
        return False
    archived = queries.get_archiving(session, selection.id)
    selection.status = archived.data.get("before", "draft") if archived is not None else "draft"
    acts.note(session, selection, EventName.SELECTION_REOPENED, by=by, fields=["status"])
    session.flush()
    return True


def mark_linked(session: Session, selection: Selection) -> None:
    """Note that a link was made of it; the link's own fact tells when. It stays editable, at the same version."""
    if selection.status == "draft" and lifecycle.move(session, Selection, selection.id, "draft", "linked"):
        set_committed_value(selection, "status", "linked")
        return
    session.refresh(selection, ["status"])
    acts.refuse_closed(selection)


def mark_won(session: Session, selection_id: int, *, by: Actor, then: tuple[history.Fact, ...] = ()) -> bool:
    """Note that it was paid for; False where it was before. The facts of `then` are appended with its own."""
    at = clock.now()
    is_new = lifecycle.move(session, Selection, selection_id, ("draft", "linked", "archived"), "won", changed_at=at)
    subject = history.Reference(Selection.__tablename__, selection_id)
    won = (history.fact(EventName.SELECTION_WON, subject, by=by),) if is_new else ()
    history.append(session, *won, *then)
    return is_new


def _market_of(session: Session, customer: Customer | None) -> Market | None:
    if customer is None or customer.market_id is None:
        return None
    return session.get(Market, customer.market_id)


def _sale(session: Session, agent: Staff, customer: Customer | None, market: Market | None) -> tuple[Market, Pricelist]:
    """Where and with which pricelist a selection starts; refuses with `NoMarket`."""
    at = clock.now()
    market = market or _market_of(session, customer)
    offered = pricing.list_first_sale(session, agent.site_id) if market is None else [
        (market, pricelist) for pricelist in pricing.list_pricelists(session, market.id)]
    sold = [sale for sale in offered if sale[1].is_in_force(at)]
    own = [sale for sale in sold if customer is not None and sale[1].id == customer.pricelist_id]
    found = next(iter(own + sold), None)
    if found is None:
        raise NoMarket(site=session.get_one(Site, agent.site_id).name)
    return found


def _note(field: str, text: str) -> str:
    note = text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if len(note) > NOTE_LIMITS[field]:
        raise Invalid(field, f"Use at most {NOTE_LIMITS[field]} characters")
    return note


def _place(market: Market, pricelist: Pricelist) -> str:
    return f"{market.name} / {pricelist.name}"


def _move(session: Session, selection: Selection, switched: Switched, choices: Choices, *, by: Actor) -> None:
    switching.settle_lines(session, selection, switched, choices)
    before = {"market_id": selection.market_id, "pricelist_id": selection.pricelist_id}
    market, pricelist = switched.market, switched.pricelist
    selection.has_changed_currency |= selection.currency != pricelist.currency
    selection.market, selection.pricelist, selection.currency = market, pricelist, pricelist.currency
    selection.site = session.get_one(Site, market.site_id)
    acts.finish(
        session, selection, EventName.SELECTION_REPRICED, ["market"], by=by, before=before,
        market=market.name, pricelist=pricelist.name, currency=pricelist.currency,
        before_total=switched.before_total.minor, before_currency=switched.before_total.currency,
        after_total=switched.after_total.minor, prices_before={
            str(row.line_id): row.unit_amount for row in switched.before.rows if row.unit_amount is not None},
        special_prices=[{"line_id": row.line_id, "amount": row.unit_amount, "reason": row.special_price_reason}
                        for row in switched.special_prices_removed])
