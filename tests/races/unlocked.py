"""The portal with its locks taken off, for the controls: row locks are not asked for, and on SQLite a transaction
begins with its first write, so that what was read before may be stale. Never served outside a test."""

from typing import Any

from sqlalchemy import Connection, Engine, event

from sales_portal.application.factory import create_app
from sales_portal.web.extensions import db

WRITES = ("INSERT", "UPDATE", "DELETE")


def take_off(engine: Engine) -> None:
    """Let every transaction of `engine` see what it likes."""
    if engine.dialect.name == "sqlite":
        engine.dialect.do_begin = lambda connection: None
        event.listen(engine, "before_cursor_execute", _begin_late)
        event.listen(engine, "savepoint", _begin_before_savepoint)
    else:
        event.listen(engine, "before_cursor_execute", _forget_locks, retval=True)


def _begin_late(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction and sql.lstrip().upper().startswith(WRITES):
        cursor.execute("BEGIN IMMEDIATE")


def _begin_before_savepoint(connection: Connection, name: str) -> None:
    # A savepoint would begin a reading transaction, and SQLite would refuse its stale snapshot the first write.
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction:
        raw.cursor().execute("BEGIN IMMEDIATE")


def _forget_locks(connection: Connection, cursor: Any, sql: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    return sql.split(" FOR UPDATE")[0] if sql.startswith("SELECT") else sql, parameters


app = create_app()
with app.app_context():
    take_off(db.engine)
