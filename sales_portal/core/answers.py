"""What a statement gave, where SQLAlchemy was not asked how it goes."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import partial
from keyword import iskeyword
from typing import Any

from sqlalchemy import Row, RowMapping
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import ResultMetaData, SimpleResultMetaData

Making = tuple[Callable[..., Any], ...]
"""How rows are made: of one, of several, and of several for the ORM."""

_NOTHING = SimpleResultMetaData(())
_MAKING = "_row_getter"
"""Under this name a result remembers how it makes its rows, which it else finds out anew."""


class Answer(IteratorResult[Any]):
    """What a statement gave: its rows, and how many it touched."""

    def __init__(self, columns: ResultMetaData | None, making: Making | None, rows: Sequence[Any],
                 touched: int = -1) -> None:
        super().__init__(columns or _NOTHING, iter(rows))
        self.rowcount = touched
        if making is not None:
            self.__dict__[_MAKING] = making


def making(columns: ResultMetaData) -> Making:
    """How rows of `columns` are made.

    SQLAlchemy's own rows look at each access whether their class has such an attribute, and where it has none, as is
    the rule, an exception is made and thrown away. These are tuples with names.
    """
    plain: Making = getattr(Answer(columns, None, ()), _MAKING)
    names = tuple(columns.keys)
    if len(set(names)) < len(names) or any(
            not name.isidentifier() or iskeyword(name) or name.startswith("_") or hasattr(Row, name)
            for name in names):
        return plain

    def mapping(row: tuple[Any, ...]) -> RowMapping:
        return RowMapping(columns, None, columns._key_to_index, tuple(row))

    kind = type("Row", (namedtuple("Row", names),), {"__slots__": (), "_mapping": property(mapping)})
    processes = [(where, process) for where, process in enumerate(columns._effective_processors or ()) if process]

    def one(values: Sequence[Any]) -> Any:
        made = [*values]
        for where, process in processes:
            made[where] = process(made[where])
        return tuple.__new__(kind, made)

    single = one if processes else partial(tuple.__new__, kind)
    return single, lambda found: [single(values) for values in found], plain[2]
