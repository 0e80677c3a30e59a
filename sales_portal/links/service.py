"""What can be done to a link by the people of the house and by time."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, literal, select, update
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from sales_portal.accounts.models import Staff
from sales_portal.approvals import service as approvals
from sales_portal.core import clock, lifecycle
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.core.writing import count_touched
from sales_portal.customers import service as customers
from sales_portal.customers.models import Account
from sales_portal.history import queries as history_queries
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links import deposits, presets, snapshot, storing
from sales_portal.links.errors import ExternalPatternMissing, LinkEnded, SelectionBlocked
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.links.stored_terms import decided_of
from sales_portal.links.terms import LinkTerms, check_terms
from sales_portal.selections import service as selections
from sales_portal.selections.basket import Basket

LIVING = frozenset({LinkState.ACTIVE, LinkState.SCHEDULED, LinkState.PAUSED})
PROGRESS = ("not_sent", "sent", "delivered", "opened", "checkout_started", "payment_failed", "paid")
EXPIRE_AT_ONCE = 500

# Statements of every link are built once: building one takes longer than running it.
_ASKED_BEFORE = (
    select(CheckoutLink).where(CheckoutLink.request_key == bindparam("request_key"))
    .options(joinedload(CheckoutLink.site), joinedload(CheckoutLink.customer), joinedload(CheckoutLink.agent),
             joinedload(CheckoutLink.market),
             selectinload(CheckoutLink.addresses)))
_LINKS = cast(Table, CheckoutLink.__table__)
# By where a link moves to, from whatever is behind; one by one, since a list is written into its statement each time.
_MOVED = {
    progress: update(_LINKS).where(
        _LINKS.c.id == bindparam("link_id"),
        _LINKS.c.progress.in_([literal(behind) for behind in (*PROGRESS[:place], "bounced")])).values(progress=progress)
    for place, progress in enumerate(PROGRESS)}
_DELIVERED = (update(_LINKS).where(_LINKS.c.id == bindparam("link_id"), _LINKS.c.progress == literal("sent"))
              .values(progress="delivered"))


def create_link(session: Session, basket: Basket, terms: LinkTerms, *, agent: Staff, request_key: str,
                by: Actor) -> CheckoutLink:
    """Freeze `basket` into a link under `terms`; the same `request_key` again answers the same link.

    Refuses with `SelectionBlocked` (details: `checks`), `Invalid`, `ExternalPatternMissing`, or `NeedsApproval` for
    what goes further than whoever acts may go and nobody has said yes to.
    """
    at = clock.now()
    try:
        refuse_unlinkable(basket)
        basket = presets.apply(session, basket, terms)
        check_terms(basket, terms, at)
        frozen = snapshot.freeze(basket, terms, at)
        deposits.check(frozen, terms, basket.selection.site)
        stands_on = approvals.refuse_uncovered(session, basket, decided_of(terms), acting_id(agent, by))
    except Refusal:
        # What stands in the way now did not when the same form was sent first.
        made = session.scalars(_ASKED_BEFORE, {"request_key": request_key}).first()
        if made is None:
            raise
        return made
    link = storing.store(session, basket, terms, frozen, agent=agent, approval_ids=stands_on, request_key=request_key,
                         at=at, owner=_owner(session, basket, terms, by))
    if link is None:
        return session.scalars(_ASKED_BEFORE, {"request_key": request_key}).one()
    selections.mark_linked(session, basket.selection)
    history.record(session, EventName.LINK_CREATED, link, by=by, selection=basket.selection.number,
                   selection_version=link.selection_version, total=link.total_amount, currency=link.currency,
                   changes=terms.changes, policy=terms.policy, ignores_shipping=terms.ignores_shipping,
                   ignores_tax=terms.ignores_tax, ignores_tax_reason=terms.ignores_tax_reason,
                   until=terms.expires_at.isoformat() if terms.expires_at is not None else None)
    return link


def would_be(basket: Basket, terms: LinkTerms) -> CheckoutLink:
    """The link `basket` would become under `terms` now, in no session: for looking at, with nothing stored."""
    at = clock.now()
    return storing.draft(basket, terms, snapshot.freeze(basket, terms, at), at)


def revoke_link(session: Session, link: CheckoutLink, reason: str, *, shows_reason: bool = False, by: Actor) -> None:
    """Withdraw a living link; its open visits can no longer pay. Customers read the reason where it `shows_reason`."""
    at, said = clock.now(), reason.strip()[:300]
    if link.state(at) not in LIVING or not lifecycle.move(
            session, CheckoutLink, link.id, "active", "revoked", revoked_at=at, revoked_reason=said,
            shows_reason=shows_reason and bool(said)):
        raise ended(link, at)
    session.refresh(link, ["status", "revoked_at", "revoked_reason", "shows_reason"])
    history.record(session, EventName.LINK_REVOKED, link, by=by, reason=said)


def extend_link(session: Session, link: CheckoutLink, until: datetime, *, by: Actor) -> None:
    """Let a living link work until `until`, but never longer than its site lets links live."""
    at = clock.now()
    if link.state(at) not in LIVING:
        raise ended(link, at)
    if until <= at or (link.starts_at is not None and until <= link.starts_at):
        raise Invalid("until", "The end must be after the start")
    if link.latest_end is not None and until > link.latest_end:
        raise Invalid("until", f"Links of this site work for {link.site.max_link_days} days at most")
    before, link.expires_at = link.expires_at, until
    link.version += 1
    history.record(session, EventName.LINK_EXTENDED, link, by=by, until=until.isoformat(),
                   before=before.isoformat() if before is not None else None)


def pause_link(session: Session, link: CheckoutLink, *, by: Actor) -> None:
    """Put a living link on hold; customers read that the agent can tell more."""
    at = clock.now()
    if link.state(at) not in LIVING:
        raise ended(link, at)
    if link.paused_at is None:
        link.paused_at = at
        history.record(session, EventName.LINK_PAUSED, link, by=by)


def resume_link(session: Session, link: CheckoutLink, *, by: Actor) -> None:
    """Open a paused link again."""
    at = clock.now()
    if link.state(at) not in LIVING:
        raise ended(link, at)
    if link.paused_at is not None:
        link.paused_at = None
        history.record(session, EventName.LINK_RESUMED, link, by=by)


def mark_copied(session: Session, link: CheckoutLink, *, by: Actor) -> None:
    """Note that somebody of the house copied the link's address; copying it again at once is the same fact."""
    last = session.scalars(history_queries.list_timeline(link).limit(1)).first()
    if last is None or (last.name, last.actor_kind, last.actor_id) != (EventName.LINK_COPIED, by.kind, by.id):
        history.record(session, EventName.LINK_COPIED, link, by=by)


def mark_progress(session: Session, link: CheckoutLink, progress: str) -> bool:
    """Move how far the customer got, forwards only; True where it moved."""
    moved = session.execute(_MOVED[progress], {"link_id": link.id})
    has_moved = count_touched(moved) == 1
    if has_moved:
        set_committed_value(link, "progress", progress)
    return has_moved


def mark_delivered(session: Session, link_id: int) -> None:
    """The recipient's mail server took a mail with the link; one that bounced elsewhere keeps showing that."""
    session.execute(_DELIVERED, {"link_id": link_id})


def expire_due(session: Session) -> int:
    """Mark links whose end has passed as expired, oldest first; returns how many."""
    at = clock.now()
    due = session.scalars(
        select(CheckoutLink).where(CheckoutLink.status == "active", CheckoutLink.expires_at <= at)
        .order_by(CheckoutLink.id).limit(EXPIRE_AT_ONCE).with_for_update(skip_locked=True)).all()
    for link in due:
        link.status = "expired"
        history.record(session, EventName.LINK_EXPIRED, link, by=history.SYSTEM)
    return len(due)


def acting_id(agent: Staff, actor: Actor) -> int:
    """Whose limits a link is held against: the person's who acts, else its agent's."""
    return actor.id if actor.kind == "staff" and actor.id is not None else agent.id


def _owner(session: Session, basket: Basket, terms: LinkTerms, by: Actor) -> Account | None:
    """The account the orders of a link hang on that names one by its CRM id. Whose customer belongs where stays so."""
    if not terms.crm_account_id:
        return None
    customer = basket.selection.customer
    named = customer.company if customer is not None and customer.account_id is None else ""
    return customers.resolve_account(session, terms.crm_account_id, name=named, by=by)


def refuse_unlinkable(basket: Basket) -> None:
    """Refuse a selection that has problems, and a site whose pattern for addresses is not complete."""
    if basket.blocks:
        count = len(basket.blocks)
        raise SelectionBlocked(things="1 thing" if count == 1 else f"{count} things", checks=basket.blocks)
    if basket.selection.site.has_pattern_problem:
        raise ExternalPatternMissing


def ended(link: CheckoutLink, at: datetime) -> LinkEnded:
    """Why nothing more can be done to a link that is over."""
    return LinkEnded(number=link.number, state=link.state(at).value.replace("_", " "))
