"""Counting SQL statements, so that a page's budget is asserted and a broken one prints what was sent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from tests.harness.databases import Database

FREE = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


class Statements(list[str]):
    """The statements the portal sent, in order, without those that only frame a transaction."""

    def __str__(self) -> str:
        return "\n".join(f"{number:>3}  {' '.join(sql.split())}" for number, sql in enumerate(self, 1))


Counting = Callable[..., AbstractContextManager[Statements]]


@contextmanager
def listening(target: Any, note: Callable[..., Any]) -> Iterator[None]:
    """Let `note` hear of every statement of `target`, an engine or all of them, for a while.

    SQLAlchemy goes on looking for who listens when nobody does any more, and the portal executes statements the long
    way while somebody may: without taking the mark off, the tests after this one would all go that way.
    """
    before = target._has_events
    event.listen(target, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(target, "before_cursor_execute", note)
        target._has_events = before


@pytest.fixture
def statements(database: Database) -> Counting:
    """`with statements(at_most=5) as sent:` collects what the portal sends; the test's own session is not counted."""

    @contextmanager
    def counting(at_most: int | None = None) -> Iterator[Statements]:
        sent = Statements()

        def note(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
            if connection.engine is not database.engine and not sql.lstrip().upper().startswith(FREE):
                sent.append(sql)

        with listening(Engine, note):
            yield sent
        if at_most is not None and len(sent) > at_most:
            pytest.fail(f"{len(sent)} statements where {at_most} are allowed:\n{sent}", pytrace=False)

    return counting
