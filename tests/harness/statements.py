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


@pytest.fixture
def statements(database: Database) -> Counting:
    """`with statements(at_most=5) as sent:` collects what the portal sends; the test's own session is not counted."""

    @contextmanager
    def counting(at_most: int | None = None) -> Iterator[Statements]:
        sent = Statements()

        def note(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
            if connection.engine is not database.engine and not sql.lstrip().upper().startswith(FREE):
                sent.append(sql)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        if at_most is not None and len(sent) > at_most:
            pytest.fail(f"{len(sent)} statements where {at_most} are allowed:\n{sent}", pytrace=False)

    return counting
