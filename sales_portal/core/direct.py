"""A session whose statements about tables take the short way to the database."""

from typing import Any

from sqlalchemy import Connection, Executable, Result
from sqlalchemy.orm import Session, SessionTransaction

from sales_portal.core import prepared

# By this mark a session itself tells a statement about entities; SQLAlchemy has no public name for it.
_PLUGIN = "compile_state_plugin"


class Direct(Session):
    """A session that hands a statement about tables alone straight to the connection of its transaction.

    On its own a session asks each time which database is meant, which connection is its, and what the ORM has to add.
    """

    _held: tuple[SessionTransaction, Connection] | None = None

    def execute(self, statement: Executable, params: Any = None, **options: Any) -> Result[Any]:
        """Execute `statement` as any session does."""
        if options or statement._propagate_attrs.get(_PLUGIN) == "orm":
            return super().execute(statement, params, **options)
        return prepared.execute(self._direct_connection(), statement, params)

    def scalar(self, statement: Executable, params: Any = None, **options: Any) -> Any:
        """The first value of the first row, as any session gives it."""
        if options or statement._propagate_attrs.get(_PLUGIN) == "orm":
            return super().scalar(statement, params, **options)
        return prepared.execute(self._direct_connection(), statement, params).scalar()

    def _direct_connection(self) -> Connection:
        if self.autoflush:
            self.flush()
        # What a savepoint or a failed flush asks of a connection, the session itself knows best.
        if self.in_nested_transaction():
            return self.connection()
        transaction, held = self.get_transaction(), self._held
        if held is not None and held[0] is transaction and transaction.is_active:
            return held[1]
        connection = self.connection()
        begun = self.get_transaction()
        self._held = (begun, connection) if begun is not None else None
        return connection
