"""Whose things the reader of a page may see: the rows of a list, and one thing that was asked for by its number."""

from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Reach

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


def narrow(query: Query, owner_id: InstrumentedAttribute[int], person: Staff, reach: Reach) -> Query:
    """`query` without the rows whose `owner_id` is beyond the `reach` of `person`."""
    return query.where(accounts.is_within(owner_id, person, reach))


def covers(owner: Staff, person: Staff, reach: Reach | None) -> bool:
    """Whether what `owner` made is within the `reach` of `person`; nothing is within None."""
    if reach is Reach.ALL:
        return True
    if reach is Reach.TEAM and person.team_id is not None:
        return owner.team_id == person.team_id
    return reach is not None and owner.id == person.id


def list_colleagues(session: Session, person: Staff, reach: Reach) -> list[tuple[int, str]]:
    """Id and name of everybody within the `reach` of `person`, in the order of their names."""
    rows = session.execute(narrow(select(Staff.id, Staff.name), Staff.id, person, reach).order_by(Staff.name, Staff.id))
    return [(key, name) for key, name in rows]
