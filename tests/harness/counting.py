"""Counting what a service sends through the test's own session."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.harness.statements import FREE, listening


def count_on(session: Session, act: Callable[[], Any]) -> list[str]:
    """The statements `act` sends through `session` and its engine, without those that frame a transaction."""
    sent: list[str] = []

    def note(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
        if not sql.lstrip().upper().startswith(FREE):
            sent.append(" ".join(sql.split()))

    with listening(session.get_bind(), note):
        act()
        session.flush()
    return sent
