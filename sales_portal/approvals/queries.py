"""Finding approvals, what they cover, and who may answer them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Role, RolePermission, Staff
from sales_portal.accounts.permissions import Permission, Reach
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Limits
from sales_portal.core.db import is_id
from sales_portal.selections.models import Selection

_NUMBER = re.compile(r"P-(\d{1,12})", re.ASCII | re.IGNORECASE)
LAST_ANSWERS = 20


def _shown() -> tuple[ORMOption, ...]:
    selection = joinedload(Approval.selection)
    return (joinedload(Approval.asked_by).joinedload(Staff.site), joinedload(Approval.decided_by),
            selection.joinedload(Selection.customer), selection.joinedload(Selection.agent),
            selection.joinedload(Selection.site), selectinload(Approval.items))


# Every act on a selection with agreed prices asks these: built once, for building takes longer than running.
_LIMITS = (
    select(func.coalesce(Staff.discount_limit, Role.discount_limit),
           func.coalesce(Staff.minimum_margin, Role.minimum_margin))
    .join(Role, Role.id == Staff.role_id).where(Staff.id == bindparam("staff_id")))
_COVERED = (
    select(ApprovalItem.fingerprint, ApprovalItem.approval_id).join(Approval, Approval.id == ApprovalItem.approval_id)
    .where(Approval.selection_id == bindparam("selection_id"), Approval.status == "approved").order_by(Approval.id))
_COVERED_FOR_LONG = _COVERED.with_for_update(of=Approval)
_NEWEST = (
    select(Approval).where(Approval.selection_id == bindparam("selection_id"))
    .options(joinedload(Approval.asked_by), joinedload(Approval.decided_by), selectinload(Approval.items))
    .order_by(Approval.id.desc()).limit(1))


def get_approval(session: Session, number: str | int, *, seen_by: Staff | None = None) -> Approval | None:
    """The approval with this id or number (`P-77`), with all its page shows; None if unknown or not `seen_by` them."""
    key = id_of(number)
    if key is None or not is_id(key):
        return None
    query = select(Approval).where(Approval.id == key).options(*_shown())
    return session.scalars(query if seen_by is None else query.where(seen(seen_by))).one_or_none()


def get_by_request(session: Session, request_key: str) -> Approval | None:
    """The approval a form has asked for already, or None."""
    return session.scalars(select(Approval).where(Approval.request_key == request_key)
                           .options(selectinload(Approval.items))).one_or_none()


def get_newest(session: Session, selection_id: int) -> Approval | None:
    """What was asked for last about a selection, with its parts and people; None where nothing was."""
    return session.scalars(_NEWEST, {"selection_id": selection_id}).one_or_none()


def lock_approval(session: Session, approval: Approval) -> None:
    """Lock the row until the transaction ends, and read its columns anew."""
    columns = [attribute.key for attribute in Approval.__mapper__.column_attrs]
    session.refresh(approval, columns, with_for_update=True)


def get_limits(session: Session, staff_id: int) -> Limits:
    """How far this person may go without another's yes; nowhere at all where there is no such person."""
    row = session.execute(_LIMITS, {"staff_id": staff_id}).one_or_none()
    return Limits(row[0], row[1]) if row is not None else Limits(0, 0)


def list_covered(session: Session, selection_id: int, *, is_locked: bool = False) -> dict[str, int]:
    """The fingerprints somebody said yes to, each with its newest approval; `is_locked` keeps those answers from
    being taken back meanwhile."""
    query = _COVERED_FOR_LONG if is_locked else _COVERED
    return {row[0]: row[1] for row in session.execute(query, {"selection_id": selection_id})}


def list_waiting(decider: Staff) -> Select[Approval]:
    """What waits for an answer `decider` may give: within reach, and not asked by themselves."""
    return select(Approval).where(*_waiting_for(decider)).options(*_shown())


def count_waiting(session: Session, decider: Staff) -> int:
    """How many approvals wait for `decider`."""
    return session.scalar(select(func.count(Approval.id)).where(*_waiting_for(decider))) or 0


def list_answered(decider: Staff) -> Select[Approval]:
    """What was answered within the reach of `decider`."""
    return select(Approval).where(Approval.status.in_(("approved", "rejected")), seen(decider)).options(*_shown())


def list_news(session: Session, asker_id: int, since: datetime, most: int) -> Sequence[Approval]:
    """Answers this person got since then and has yet to act on, newest first: no link came of them."""
    newest = select(func.max(Approval.id)).where(Approval.asked_by_id == asker_id).group_by(Approval.selection_id)
    return session.scalars(
        select(Approval).join(Approval.selection)
        .where(Approval.id.in_(newest), Approval.status.in_(("approved", "rejected")), Approval.decided_at >= since,
               Approval.link_id.is_(None), Selection.status.in_(("draft", "linked")))
        .options(joinedload(Approval.decided_by), joinedload(Approval.selection).joinedload(Selection.customer))
        .order_by(Approval.decided_at.desc()).limit(most)).all()


def list_deciders(session: Session, asker: Staff) -> Sequence[Staff]:
    """Who may answer what `asker` asks, with role, in the order of their names; never `asker`."""
    within = or_(RolePermission.reach == Reach.ALL.value,
                 (RolePermission.reach == Reach.TEAM.value) & (Staff.team_id == asker.team_id))
    return session.scalars(
        select(Staff).join(RolePermission, RolePermission.role_id == Staff.role_id)
        .where(RolePermission.permission == Permission.APPROVALS_DECIDE.value, within, Staff.is_active,
               Staff.id != asker.id)
        .options(joinedload(Staff.role), joinedload(Staff.site))
        .order_by(Staff.name, Staff.id)).all()


def usual_answer_time(session: Session, decider_ids: Sequence[int]) -> timedelta | None:
    """How long these people usually take, by the middle of their last answers; None where they never answered."""
    rows = session.execute(
        select(Approval.asked_at, Approval.decided_at)
        .where(Approval.decided_by_id.in_(decider_ids), Approval.status.in_(("approved", "rejected")))
        .order_by(Approval.id.desc()).limit(LAST_ANSWERS)).all()
    taken = [(decided - asked).total_seconds() for asked, decided in rows if decided is not None]
    return timedelta(seconds=median(taken)) if taken else None


def seen(by: Staff) -> ColumnElement[bool]:
    """The condition that `by` may see an approval: who asked is within the reach of their permission to decide."""
    return accounts.is_within(Approval.asked_by_id, by, by.reach(Permission.APPROVALS_DECIDE))


def id_of(number: str | int) -> int | None:
    """The id behind the number people say: 1 for `P-77`; None where it is no such number."""
    if isinstance(number, int):
        return number
    found = _NUMBER.fullmatch(number.strip())
    return int(found[1]) - 76 if found is not None else None


def is_waiting() -> ColumnElement[bool]:
    """The condition that an approval waits for an answer that still matters: its selection is not paid meanwhile."""
    is_open = Approval.selection.has(Selection.status.in_(("draft", "linked")))
    return and_(Approval.status == "waiting", is_open)


def _waiting_for(decider: Staff) -> tuple[ColumnElement[bool], ...]:
    return is_waiting(), Approval.asked_by_id != decider.id, seen(decider)
