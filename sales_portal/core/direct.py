"""A session whose statements about tables take the short way to the database."""

from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result
from sqlalchemy.orm import Session

from sales_portal.core import prepared

# By this mark a session itself tells a statement about entities; SQLAlchemy has no public name for it.
_PLUGIN = "compile_state_plugin"


class Direct(Session):
    """A session that hands a statement about tables alone straight to a connection of its own.

    On its own a session keeps book of a transaction, for whatever the ORM may do in it, and asks at each statement
    which database is meant, which connection is its, and what the ORM has to add. Here the transaction is the
    connection's, and the book is opened once there is something to keep in it: from then on both share the connection,
    and the transaction ends as any session ends it.
    """

    _own: Connection | None = None

    def execute(self, statement: Executable, params: Any = None, **options: Any) -> Result[Any]:
        """Execute `statement` as any session does."""
        if options or statement._propagate_attrs.get(_PLUGIN) == "orm":
            return super().execute(statement, params, **options)
        return self._execute_directly(statement, params)

    def scalar(self, statement: Executable, params: Any = None, **options: Any) -> Any:
        """The first value of the first row, as any session gives it."""
        if options or statement._propagate_attrs.get(_PLUGIN) == "orm":
            return super().scalar(statement, params, **options)
        return self._execute_directly(statement, params).scalar()

    def get_bind(self, *asked: Any, **options: Any) -> Engine | Connection:
        """Where the session executes: on its own connection, as soon as it has one."""
        return self._own if self._own is not None else super().get_bind(*asked, **options)

    def in_transaction(self) -> bool:
        """Whether a transaction is open, kept book of or not."""
        return self._own is not None or super().in_transaction()

    def commit(self) -> None:
        """Commit as any session does."""
        if self._transaction is not None:
            if self._own is not None:
                self.connection()
            super().commit()
            self._let_go()
        elif self._own is not None:
            self._own.commit()
            self._let_go()
            if self.expire_on_commit:
                self.expire_all()

    def rollback(self) -> None:
        """Roll back as any session does."""
        super().rollback()
        if self._own is not None:
            self._let_go()
            self.expire_all()

    def _close_impl(self, invalidate: bool, is_reset: bool = False) -> None:
        # Without a book nothing is new or deleted: what is held was read, and is nobody's from now on. Nobody listens
        # for that, which the base class finds out for each session anew.
        if self._transaction is not None:
            super()._close_impl(invalidate, is_reset)
        elif self.identity_map:
            for state in self.identity_map.all_states():
                state.session_id = None
            self.identity_map = type(self.identity_map)()
        if invalidate and self._own is not None:
            self._own.invalidate()
        self._let_go()

    def _execute_directly(self, statement: Executable, params: Any) -> Result[Any]:
        if self._transaction is None:
            own = self._own or self._open()
            if own is not None:
                return prepared.execute(own, statement, params, is_ready=True)
        elif self.autoflush:
            self.flush()
        return prepared.execute(self.connection(), statement, params)

    def _open(self) -> Connection | None:
        """Begin on a connection of its own; none where another's was given, or is told more than to execute."""
        engine = self.get_bind()
        if not isinstance(engine, Engine) or engine.get_execution_options():
            return None
        own = engine.connect()
        try:
            own.begin()
        except BaseException:
            own.close()
            raise
        # When there is something to keep book of, it is of this very transaction.
        self._own, self.join_transaction_mode = own, "control_fully"
        return own

    def _let_go(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            # What was not committed is rolled back by this.
            own.close()
