"""Taking locks and conditions off an engine, for the controls: row locks are not asked for, an update does not look
where its row stands, and on SQLite a transaction begins with its first write, so that what was read may be stale."""

import re
from typing import Any

from sqlalchemy import Connection, Engine, event

WRITES = ("INSERT", "UPDATE", "DELETE")
CONDITIONS = re.compile(r"(?<=AND )(\w+\.(?:status = |status IN |on_hand - \w+\.held >= )"
                        r"(?:CASE.*?END|\((?:[^()]|\(\w+\))*\)|\?|%\(\w+\)s(?:::\w+)?|\w+)"
                        r"|\(discounts\.usage_limit IS NULL OR [^()]*\)"
                        r"|payments\.refunded_amount \+ (?:\?|%\(\w+\)s(?:::\w+)?) <= payments\.captured_amount)",
                        re.DOTALL)


def take_off(engine: Engine) -> None:
    """Let every transaction of `engine` see and write what it likes."""
    event.listen(engine, "before_cursor_execute", _forget, retval=True)
    if engine.dialect.name == "sqlite":
        engine.dialect.do_begin = lambda connection: None
        event.listen(engine, "before_cursor_execute", _begin_late)
        event.listen(engine, "savepoint", _begin_before_savepoint)


def _begin_late(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction and sql.lstrip().upper().startswith(WRITES):
        cursor.execute("BEGIN IMMEDIATE")


def _begin_before_savepoint(connection: Connection, name: str) -> None:
    # A savepoint would begin a reading transaction, and SQLite would refuse its stale snapshot the first write.
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction:
        raw.cursor().execute("BEGIN IMMEDIATE")


def _forget(connection: Connection, cursor: Any, sql: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    if sql.startswith("UPDATE"):
        return CONDITIONS.sub(r"(\1 OR 1 = 1)", sql), parameters
    return sql.split(" FOR UPDATE")[0] if sql.startswith("SELECT") else sql, parameters
