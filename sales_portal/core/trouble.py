"""When the database fails: whether it will be back, and doing once more what it gave up."""

import secrets
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

AGAIN_AFTER = (0.05, 0.2, 0.8)
"""Seconds to wait before what the database gave up is tried once more; each half as long again, or less, by chance."""

_GAVE_WAY = ("40001", "40P01", "55P03")
_PASSING_STATES = ("08", "40", "53", "55P03", "57")
_PASSING_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
                  sqlite3.SQLITE_CANTOPEN)
_dice = secrets.SystemRandom()

Answer = TypeVar("Answer")


def is_passing(error: Exception) -> bool:
    """Whether the database failed for a reason of its own: it is away, full or busy, and will be back."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    code, state = (getattr(error.orig, name, None) for name in ("sqlite_errorcode", "sqlstate"))
    if code is not None:
        return code & 0xFF in _PASSING_CODES
    # A server that cannot be reached, or went away in mid-sentence, gives no state.
    return state.startswith(_PASSING_STATES) if state else isinstance(error, OperationalError | InterfaceError)


def insist(session: Session, act: Callable[[], Answer]) -> Answer:
    """Do `act`, and up to three times more where the database gave it up: a deadlock, a lock waited for too long, a
    connection lost. It must end its transaction itself, and be safe to do again after a commit nobody heard of."""
    for pause in AGAIN_AFTER:
        try:
            return act()
        except DBAPIError as error:
            session.rollback()
            if not _is_worth_another_try(error):
                raise
            time.sleep(pause * _dice.uniform(0.5, 1.5))
    return act()


def _is_worth_another_try(error: DBAPIError) -> bool:
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _GAVE_WAY
