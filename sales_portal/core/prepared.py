"""Statements executed again as they were executed before.

SQLAlchemy finds out at each execution how a statement goes, though only the values differ; that takes several times
what the database does. Here it is asked once, and what it found is kept beside the statement.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Executable, Result
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.result import ResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from sales_portal.core.answers import Answer, Making, making

Values = Mapping[str, Any]
Params = Values | Sequence[Values] | None
Names = tuple[str, ...]
Process = Callable[[Any], Any]
_Form = tuple[Any, ...]
"""What the way of a statement depends on: whether it goes for several, the names, and how long the lists are."""

MOST_WAYS = 64
"""So many are kept of one statement; in further forms it is asked about each time."""
LONGEST_LIST = 50
"""With more in it the way would take much memory, and finding it out is little beside what the database does."""
_NO_LENGTH = -1


class _Value(NamedTuple):
    """What stands for a parameter.

    By its `key` a value of the caller's, or a part of a list of theirs, by the list's name and its place there, or else
    a constant by where it stands. What has a `process` is sent as that makes it.
    """

    key: str | tuple[str, int] | int
    process: Process | None


class _Way(NamedTuple):
    """How a statement goes in one form."""

    sql: str
    pick: Callable[[Mapping[Any, Any]], Sequence[Any]]
    """Takes the values, in their order, from all there are by their keys."""
    constants: dict[int, Any]
    lists: Names
    makers: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What is made anew each time, by where it stands."""
    processes: tuple[tuple[int, Process], ...]
    names: Names | None
    """By which the driver wants the values; without, in their order."""
    columns: ResultMetaData | None
    making: Making | None
    """How rows of these columns are made."""

    def arrange(self, given: Values) -> Any:
        """The values of one execution as the driver wants them."""
        held: Mapping[Any, Any] = {**self.constants, **given} if self.constants else given
        if self.lists:
            held = {**held, **{
                (name, place): value for name in self.lists for place, value in enumerate(given[name])}}
        found = [*self.pick(held)]
        for where, make in self.makers:
            found[where] = make(None)
        for where, process in self.processes:
            found[where] = process(found[where])
        return found if self.names is None else dict(zip(self.names, found, strict=True))


class _Known:
    """What is known of a statement: its ways, and which of its parameters are lists."""

    __slots__ = ("lists", "ways")

    def __init__(self) -> None:
        self.lists: Names = ()
        self.ways: dict[_Form, _Way | None] = {}


_KEPT = "_portal_statements"
"""Under this name a dialect holds what is known of the statements executed with it, as long as they and it live."""


def execute(connection: Connection, statement: Executable, params: Params = None, *,
            is_ready: bool = False) -> Result[Any]:
    """Execute `statement` as `connection` does; from the third time on without finding out how.

    Who `is_ready` has begun a transaction on a connection of its own, told it nothing else, and set no savepoint.
    The answer has rows and `rowcount`, and no `inserted_primary_key`: a statement that wants one is `returning` it.
    """
    known = _known(connection.dialect, statement)
    # Who listens to a connection it knows by itself alone.
    if known is None or connection._has_events or connection.engine._has_events or connection._echo:
        return connection.execute(statement, params)
    rows: Sequence[Values] = (params or {},) if params is None or isinstance(params, dict) else (
        params if isinstance(params, Sequence) else (params,))
    first, is_many = rows[0] if rows else {}, len(rows) > 1
    form = _form(known, first, is_many)
    if form not in known.ways and len(known.ways) < MOST_WAYS and not connection.get_execution_options():
        result = connection.execute(statement, params)
        way = _learn(result, statement, known, first, is_many)
        # Asked anew: by now it is known which of its parameters are lists.
        known.ways[_form(known, first, is_many)] = way
        return result
    found = known.ways.get(form)
    if (found is None or not ((is_ready and not connection.invalidated) or _is_ready(connection))
            or (is_many and any(row.keys() != first.keys() for row in rows))):
        return connection.execute(statement, params)
    return _go(connection, found, rows if is_many else first, is_many)


def _known(dialect: Dialect, statement: Executable) -> _Known | None:
    """What is known of `statement`; None when it comes for the first time, as most do that were made for one use.

    Nothing is found out about it before it comes again.
    """
    statements: WeakKeyDictionary[Executable, _Known] | None = getattr(dialect, _KEPT, None)
    if statements is None:
        statements = vars(dialect).setdefault(_KEPT, WeakKeyDictionary())
    known = statements.get(statement)
    if known is None:
        statements[statement] = _Known()
    return known


def _form(known: _Known, given: Values, is_many: bool) -> _Form:
    if not known.lists:
        return (is_many, *given)
    return (is_many, *given, *[_length(given.get(name)) for name in known.lists])


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple) and len(value) <= LONGEST_LIST else _NO_LENGTH


def _is_ready(connection: Connection) -> bool:
    transaction = connection.get_transaction()
    return (transaction is not None and transaction.is_active and not connection.in_nested_transaction()
            and not connection.invalidated and not connection.get_execution_options())


def _go(connection: Connection, way: _Way, params: Any, is_many: bool) -> Answer:
    arranged = cursor = None
    try:
        arranged = [way.arrange(given) for given in params] if is_many else way.arrange(params)
        # The driver's own connection: what SQLAlchemy has around it would only pass the question on.
        cursor = cast(DBAPIConnection, connection.connection.dbapi_connection).cursor()
        (cursor.executemany if is_many else cursor.execute)(way.sql, arranged)
        rows = cursor.fetchall() if way.columns is not None else ()
        touched = cursor.rowcount
        cursor.close()
    except BaseException as error:
        # SQLAlchemy says of which statement a value was wrong, and lets through what the driver itself stumbled over.
        is_theirs = cursor is not None and not isinstance(error, connection.dialect.loaded_dbapi.Error)
        connection._handle_dbapi_exception(error, None if is_theirs else way.sql, arranged, cursor, None)
    return Answer(way.columns, way.making, rows, touched)


def _learn(result: Result[Any], statement: Executable, known: _Known, given: Values, is_many: bool) -> _Way | None:
    """The way a statement just went with what was `given`; None for one that must be asked about each time."""
    answered = cast(CursorResult[Any], result)
    context: Any = answered.context
    compiled = context.compiled
    # The answer of a bare function holds it, and what is known of it would never be let go.
    if not isinstance(compiled, SQLCompiler) or isinstance(statement, FunctionElement) or context.execution_options \
            or not _is_steady(compiled, given, is_many):
        return None
    text = _spread(compiled, compiled.construct_params(
        given, extracted_parameters=context.extracted_parameters, escape_names=False, _check=False))
    lists = {key for whole in text.lists if (key := _key(compiled, whole, given)) in given}
    known.lists = tuple(sorted(lists.union(known.lists)))
    sent: Values = context.compiled_parameters[0]
    # What was not understood shows here: the text, or a value, is another one than was sent.
    if (any(_length(given[name]) == _NO_LENGTH for name in lists) or text.sql != context.statement
            or any(name not in sent for name in text.names)):
        return None
    defaults: dict[str, Any] = {column.key: column.default for column in compiled.insert_prefetch}
    values, constants, makers = list[_Value](), dict[int, Any](), []
    for where, name in enumerate(text.names):
        whole, place = text.places.get(name, (name, None))
        key, process = _key(compiled, whole, given), text.processes.get(name)
        default = defaults.get(key)
        if key in given:
            if sent[name] is not (given[key] if place is None else given[key][place]):
                return None
            values.append(_Value(key if place is None else (key, place), process))
        elif default is not None and default.is_callable:
            makers.append((where, default.arg))
            constants[where] = None
            values.append(_Value(where, process))
        else:
            constants[where] = sent[name] if process is None else process(sent[name])
            values.append(_Value(where, None))
    columns = answered._metadata if answered.returns_rows else None
    return _Way(
        text.sql, _picking([value.key for value in values]), constants, tuple(sorted(lists)), tuple(makers),
        tuple((where, value.process) for where, value in enumerate(values) if value.process is not None),
        None if compiled.positional else text.names,
        columns, None if columns is None else making(columns))


def _picking(keys: Sequence[Any]) -> Callable[[Mapping[Any, Any]], Sequence[Any]]:
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda held: [held[key] for key in keys]


def _key(compiled: SQLCompiler, name: str, given: Values) -> str:
    """By which the caller may give the parameter `name`: its key, or else the name SQLAlchemy made of it."""
    key = compiled.binds[name].key
    return name if key not in given and name in given else key


def _is_steady(compiled: SQLCompiler, given: Values, is_many: bool) -> bool:
    """Whether nothing but the values will differ from one execution to the next, and `Answer` can hold what comes."""
    return not (
        compiled.update_prefetch
        # Rows nobody asked for come back, for a primary key that `Answer` does not have.
        or compiled.implicit_returning
        or compiled.escaped_bind_names or compiled.schema_translate_map
        # Such rows are written in as many statements as SQLAlchemy sees fit.
        or (is_many and compiled.effective_returning)
        # These values stand in the text itself.
        or any(bind.key in given for bind in compiled.literal_execute_params)
        or any(bind.callable is not None for bind in compiled.bind_names)
        or any(column.default is None or not (column.default.is_scalar or column.default.is_callable)
               for column in compiled.insert_prefetch))


class _Text(NamedTuple):
    """A statement as the driver gets it, its lists spread out."""

    sql: str
    names: Names
    """Its parameters in their order."""
    lists: Names
    """Those that are lists, an empty one too."""
    places: Mapping[str, tuple[str, int]]
    """By the name of one that stands for a part of a list: the list, and which part."""
    processes: Mapping[str, Any]


def _spread(compiled: SQLCompiler, held: MutableMapping[str, Any]) -> _Text:
    """The text of a statement with the values `held`, whose lists then stand there part by part."""
    processes: dict[str, Any] = dict(compiled._bind_processors)
    names = tuple((compiled.positiontup if compiled.positional else compiled.bind_names.values()) or ())
    if not compiled.post_compile_params and not compiled.literal_execute_params:
        return _Text(compiled.string, names, (), {}, processes)
    state = compiled._process_parameters_for_postcompile(held)
    places = {part: (whole, place) for whole, parts in state.parameter_expansion.items()
              for place, part in enumerate(parts)}
    spread = state.positiontup if compiled.positional else [name for name in (*names, *places) if name in held]
    return _Text(state.statement, tuple(spread or ()), tuple(state.parameter_expansion), places,
                 processes | dict(state.processors))
