"""Rows read as entities without the ORM's loader: it sets up what it does with each attribute and relation anew for
every statement, which costs several times what reading the row does.

For what every request of a customer reads; elsewhere the session's own loading is right.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Table, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute, instance_state, manager_of_class

from sales_portal.core.db import Base
from sales_portal.core.writing import keep, know

Row = TypeVar("Row", bound=Base)


class Reading(Generic[Row]):
    """How rows of `model` are read from `columns` of a statement about tables; of these attributes alone, if any are
    named, and of the others once somebody asks for them."""

    def __init__(self, model: type[Row], *only: InstrumentedAttribute[Any]) -> None:
        mapper = inspect(model)
        key = mapper.primary_key
        wanted = {attribute.key for attribute in only}
        pairs = [(prop.key, cast(ColumnElement[Any], prop.columns[0])) for prop in mapper.column_attrs
                 if not wanted or prop.key in wanted or prop.columns[0] in key]
        names = [name for name, _ in pairs]
        self.model = model
        self.table = cast(Table, model.__table__)
        self.names = tuple(names)
        self.columns = tuple(column.label(f"{model.__tablename__}__{name}") for name, column in pairs)
        self.width = len(names)
        places = [names.index(mapper.get_property_by_column(column).key) for column in key]
        self._identify: Callable[[Sequence[Any]], tuple[Any, ...]] = (
            itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1)))
        self._relations = tuple(mapper.relationships.keys())
        self._make: Callable[[], Row] = manager_of_class(model).new_instance
        self._unread = frozenset(mapper.column_attrs.keys()) - frozenset(names)

    def row(self, session: Session, values: Sequence[Any], *, afresh: bool = False) -> Row | None:
        """The row with these values of `columns` as `session` holds it; None where an outer join found nothing.

        One the session holds already stays as it is, as any session does it, unless it is read `afresh`.
        """
        identity = self._identify(values)
        if identity[0] is None:
            return None
        read = dict(zip(self.names, values, strict=True))
        held = session.identity_map.get((self.model, identity, None))
        if held is not None:
            return self._again(session, held, read, afresh)
        made = self._make()
        made.__dict__.update(read)
        if self._unread:
            instance_state(made).expired_attributes.update(self._unread)
        keep(session, made, identity)
        return made

    def _again(self, session: Session, held: Row, read: dict[str, Any], afresh: bool) -> Row:
        state = instance_state(held)
        if afresh:
            if related := [name for name in self._relations if name in held.__dict__]:
                session.expire(held, related)
        elif not state.expired:
            read = {name: value for name, value in read.items() if name not in held.__dict__}
        know(held, **read)
        state.expired_attributes.difference_update(read, self._relations)
        state.expired = False
        return held


def read(session: Session, values: Sequence[Any], *readings: Reading[Any], start: int = 0,
         afresh: bool = False) -> list[Any]:
    """The rows of several `readings` whose columns stand one behind the other in a row, from column `start` on."""
    return [reading.row(session, values[start:(start := start + reading.width)], afresh=afresh)
            for reading in readings]
