"""Asking for a yes, answering, and taking it back; and the rule that no link exists without what it needs."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import deciding, offers, queries, rules
from sales_portal.approvals.errors import AlreadyAnswered, BeyondYourLimit, NeedsApproval, NothingToAsk, OwnApproval
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Need, Terms, Why
from sales_portal.core import clock, lifecycle
from sales_portal.core.errors import Forbidden, Invalid
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import SYSTEM, Actor
from sales_portal.outbox import service as outbox
from sales_portal.selections import acts
from sales_portal.selections.basket import Basket

ASKED, ANSWERED = "approvals.tell_deciders", "approvals.follow_answer"
"""The jobs that tell who may decide, and that do what an answer allows."""
LONGEST_TEXT = 500
WORDS = {Why.OVER_LIMIT: "the discount is over your limit", Why.NO_LIST_PRICE: "there is no list price",
         Why.BELOW_MARGIN: "the margin is below the minimum", Why.IGNORES_SHIPPING: "shipping is not charged",
         Why.IGNORES_TAX: "tax is not charged", Why.SELLS_MANY: "the link can be paid more than once"}


def list_needs(session: Session, basket: Basket, terms: Terms, staff_id: int) -> tuple[Need, ...]:
    """The parts of `basket` under `terms` this person needs a yes for and has not got; asks nothing of the database
    where no price was agreed on, no discount given and no term asked for."""
    return _judge(session, basket, terms, staff_id)[0]


def refuse_uncovered(session: Session, basket: Basket, terms: Terms, staff_id: int) -> list[int]:
    """Refuse with `NeedsApproval` (details: `needs`) what nobody has said yes to; the yes holds until commit.

    Answers the ids of the approvals that say yes to the rest, in order.
    """
    found, stands_on = _judge(session, basket, terms, staff_id, is_locked=True)
    if found:
        things = "1 thing needs" if len(found) == 1 else f"{len(found)} things need"
        raise NeedsApproval(things=things, needs=found)
    return stands_on


def ask(session: Session, basket: Basket, terms: Terms, packed: Mapping[str, object], *, message: str = "",
        wants_link: bool = True, wants_mail: bool = False, person: Staff, request_key: str, by: Actor) -> Approval:
    """Ask for a yes to what `person` needs one for; one that waits already is withdrawn. `packed` is given back with
    the answer. `basket` is read locked. The same `request_key` again answers the same approval."""
    made = queries.get_by_request(session, request_key)
    if made is not None:
        return made
    selection = basket.selection
    acts.refuse_closed(selection)
    found = list_needs(session, basket, terms, person.id)
    if not found:
        raise NothingToAsk
    mails = wants_link and wants_mail
    if mails and selection.customer is None:
        raise Invalid("wants_mail", "Choose a customer first, so that there is somebody to send it to")
    withdraw_waiting(session, selection.id, by=by, why="asked_again")
    approval = Approval(
        selection=selection, asked_by=person, asked_at=clock.now(),
        message=_text(message, "approval_message"), wants_link=wants_link, wants_mail=mails, terms=dict(packed),
        offer=offers.fingerprint_of(basket), request_key=request_key, items=[
            ApprovalItem(kind=need.kind, fingerprint=need.fingerprint, asked=deciding.asked_of(need))
            for need in found])
    session.add(approval)
    session.flush()
    history.record(session, EventName.APPROVAL_ASKED, approval, by=by, context=selection, approval=approval.number,
                   message=approval.message, asked=_summary(found))
    outbox.put(session, ASKED, (Approval.__tablename__, approval.id))
    return approval


def approve(session: Session, approval: Approval, basket: Basket, *, comment: str = "", person: Staff) -> bool:
    """Say yes; False where what was asked for has changed since, and the request is withdrawn instead.

    `basket` is that of its selection, read locked. Refuses with `OwnApproval`, `BeyondYourLimit`, `AlreadyAnswered`.
    """
    _refuse_decider(approval, person)
    said = _text(comment, "comment")
    beyond = deciding.list_beyond(approval.items, person)
    if beyond:
        names = ", ".join(other.name for other in list_able(session, approval)) or "An administrator"
        raise BeyondYourLimit(number=approval.number, why=", ".join(WORDS[why] for why in beyond), who=names)
    if not _still_stands(approval, basket):
        withdraw(session, approval, by=SYSTEM, why="changed")
        return False
    _answer(session, approval, "approved", EventName.APPROVAL_APPROVED, said, person)
    return True


def reject(session: Session, approval: Approval, *, reason: str, person: Staff) -> None:
    """Say no, and why."""
    _refuse_decider(approval, person)
    said = _text(reason, "comment")
    if not said:
        raise Invalid("comment", "Say why, so that your colleague knows what to change")
    _answer(session, approval, "rejected", EventName.APPROVAL_REJECTED, said, person)


def withdraw(session: Session, approval: Approval, *, by: Actor, why: str = "") -> None:
    """Take a request back, or a yes no link was made of; it covers nothing from then on."""
    queries.lock_approval(session, approval)
    is_moved = approval.link_id is None and lifecycle.move(
        session, Approval, approval.id, ("waiting", "approved"), "withdrawn", decided_at=clock.now())
    session.refresh(approval, ["status", "decided_at"])
    if not is_moved:
        raise AlreadyAnswered(number=approval.number, status=approval.status)
    _record(session, approval, EventName.APPROVAL_WITHDRAWN, by, why=why)


def withdraw_waiting(session: Session, selection_id: int, *, by: Actor, why: str) -> None:
    """Take back what waits about a selection, if anything does."""
    waiting = queries.get_newest(session, selection_id)
    if waiting is not None and waiting.status == "waiting":
        withdraw(session, waiting, by=by, why=why)


def withdraw_changed(session: Session, basket: Basket, *, by: Actor) -> Approval | None:
    """Withdraw the request that waits about `basket` where an asked line is no longer as asked; answers it then."""
    approval = queries.get_newest(session, basket.selection.id)
    if approval is None or approval.status != "waiting" or _still_stands(approval, basket):
        return None
    withdraw(session, approval, by=by, why="changed")
    return approval


def list_able(session: Session, approval: Approval) -> list[Staff]:
    """Who may say yes to all of `approval`; needs its items and who asked."""
    return able_of(queries.list_deciders(session, approval.asked_by), approval.items)


def able_of(deciders: Collection[Staff], items: Collection[ApprovalItem]) -> list[Staff]:
    """Those of `deciders` whom none of these parts goes too far for."""
    return [person for person in deciders if not deciding.list_beyond(items, person)]


def _judge(session: Session, basket: Basket, terms: Terms, staff_id: int, *,
           is_locked: bool = False) -> tuple[tuple[Need, ...], list[int]]:
    """What still needs a yes, and the approvals that gave the others theirs. `is_locked`: as for `list_covered`."""
    lines, whole, asks_for = offers.lines_of(basket), offers.whole_of(basket), basket.selection.site.asks_for
    if not rules.needs(lines, terms, asks_for, rules.STRICTEST, whole=whole):
        return (), []
    found = rules.needs(lines, terms, asks_for, queries.get_limits(session, staff_id), whole=whole)
    if not found:
        return (), []
    covered = queries.list_covered(session, basket.selection.id, is_locked=is_locked)
    stands_on = {covered[need.fingerprint] for need in found if need.fingerprint in covered}
    return tuple(need for need in found if need.fingerprint not in covered), sorted(stands_on)


def _still_stands(approval: Approval, basket: Basket) -> bool:
    now, whole = {rules.fingerprint_of_line(line) for line in offers.lines_of(basket)}, offers.whole_of(basket)
    if whole is not None:
        now.add(rules.fingerprint_of_whole(whole))
    return all(item.fingerprint in now for item in approval.items if item.kind != "terms")


def _refuse_decider(approval: Approval, person: Staff) -> None:
    if approval.asked_by_id == person.id:
        raise OwnApproval(number=approval.number)
    if not person.may(Permission.APPROVALS_DECIDE):
        raise Forbidden(page=approval.number, permission=Permission.APPROVALS_DECIDE.value)


def _answer(session: Session, approval: Approval, status: str, name: EventName, comment: str, person: Staff) -> None:
    at = clock.now()
    is_moved = lifecycle.move(session, Approval, approval.id, "waiting", status, decided_by_id=person.id,
                              decided_at=at, comment=comment)
    session.refresh(approval, ["status", "decided_by_id", "decided_at", "comment"])
    if not is_moved:
        raise AlreadyAnswered(number=approval.number, status=approval.status)
    _record(session, approval, name, person.actor, comment=comment,
            minutes=int((at - approval.asked_at).total_seconds() // 60))
    outbox.put(session, ANSWERED, (Approval.__tablename__, approval.id))


def _record(session: Session, approval: Approval, name: EventName, by: Actor, **data: object) -> None:
    about = history.Reference("selections", approval.selection_id)
    history.record(session, name, approval, by=by, context=about, approval=approval.number, **data)


def _summary(needs: Collection[Need]) -> list[dict[str, object]]:
    """What was asked for, as a timeline tells it: a line or the discounts with how much comes off, or the term."""
    return [{"line": need.line.title, "percent": need.line.percent} if need.line is not None
            else {"discounts": need.whole.labels, "percent": need.whole.percent} if need.whole is not None
            else {"term": need.whys[0].value} for need in needs]


def _text(text: str, field: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(plain) > LONGEST_TEXT:
        raise Invalid(field, f"Use at most {LONGEST_TEXT} characters")
    return plain
