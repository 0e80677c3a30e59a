"""The yardstick's hold on the portal's own tables: one thin connection for both engines, and rows written whole.

A row is written with every column the portal's row of that table has: what the yardstick does not care for is taken
from the newest row of the past, so its rows stay the portal's, whatever columns come.
"""

import sqlite3
from functools import cache
from typing import Any, Self

import psycopg
from psycopg.types.json import Json

Row = dict[str, Any]


class Store:
    """One connection; `with` is one transaction. Statements are written with `?`."""

    def __init__(self, url: str) -> None:
        self.is_postgresql = url.startswith("postgresql")
        self.lock = "for update" if self.is_postgresql else ""
        self.db: Any = psycopg.connect(url, autocommit=True, prepare_threshold=1) if self.is_postgresql else _sqlite(url)
        self._patterns: dict[str, Row] = {}

    def __enter__(self) -> Self:
        self.db.execute("begin" if self.is_postgresql else "begin immediate")
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.execute("commit" if kind is None else "rollback")

    def run(self, sql: str, *args: Any) -> int:
        """Execute; gives how many rows it touched."""
        return int(self._execute(sql, args).rowcount)

    def put(self, table: str, **row: Any) -> int:
        """Insert a row like the newest one of `table` but for what is given; gives its id."""
        values = self._pattern(table) | row
        sql = _insert(table, tuple(values), 1) + " returning id"
        return int(self._execute(sql, tuple(values.values())).fetchone()[0])

    def put_all(self, table: str, rows: list[Row]) -> None:
        """Insert rows in one statement, each like the newest one of `table` but for what is given."""
        whole = [self._pattern(table) | row for row in rows]
        self._execute(_insert(table, tuple(whole[0]), len(whole)), tuple(value for row in whole for value in row.values()))

    def one(self, sql: str, *args: Any) -> Any:
        """The first row as a tuple, or None."""
        row = self._execute(sql, args).fetchone()
        return tuple(row) if row is not None else None

    def all(self, sql: str, *args: Any) -> list[Any]:
        """Every row."""
        return list(self._execute(sql, args).fetchall())

    def _execute(self, sql: str, args: tuple[Any, ...]) -> Any:
        return self.db.execute(_for_postgresql(sql) if self.is_postgresql else sql, args)

    def _pattern(self, table: str) -> Row:
        if table not in self._patterns:
            cursor = self.db.execute(f"select * from {table} order by 1 desc, 2 desc limit 1")
            names = [column[0] for column in cursor.description]
            held = dict(zip(names, cursor.fetchone(), strict=True))
            held.pop("id", None)
            self._patterns[table] = {name: Json(value) if isinstance(value, dict | list) else value
                                     for name, value in held.items()}
        return self._patterns[table]


@cache
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    marks = f"({','.join('?' * len(columns))})"
    return f"insert into {table} ({','.join(columns)}) values {','.join([marks] * rows)}"


@cache
def _for_postgresql(sql: str) -> str:
    return sql.replace("?", "%s")


def open_store(url: str) -> Store:
    """A connection to `url`: a file's path, or postgresql://."""
    return Store(url)


def _sqlite(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        db.execute(f"pragma {pragma}")
    return db
