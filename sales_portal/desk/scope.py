"""Whose things a member of staff may see: the one place where a permission's reach becomes a condition."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Reach


def narrow(query: Select[Any], owner_id: InstrumentedAttribute[int], person: Staff, reach: Reach) -> Select[Any]:
    """`query` without the rows whose `owner_id` is beyond the `reach` of `person`."""
    if reach is Reach.ALL:
        return query
    if reach is Reach.TEAM and person.team_id is not None:
        return query.where(owner_id.in_(select(Staff.id).where(Staff.team_id == person.team_id)))
    return query.where(owner_id == person.id)


def covers(owner: Staff, person: Staff, reach: Reach | None) -> bool:
    """Whether what `owner` made is within the `reach` of `person`; nothing is within None."""
    if reach is Reach.ALL:
        return True
    if reach is Reach.TEAM and person.team_id is not None:
        return owner.team_id == person.team_id
    return reach is not None and owner.id == person.id
