"""A form of many fields, each read when somebody looks at it.

WTForms makes all of them for every answer, which costs the Link dialog more than the link itself.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from werkzeug.datastructures import MultiDict

from sales_portal.web import typed

Data = TypeVar("Data")
UNTICKED = ("", "false")


class Held(Generic[Data]):
    """What a field holds."""

    __slots__ = ("data",)

    def __init__(self, data: Data) -> None:
        self.data = data


class SentForm:
    """Fields that hold what the request sent, or start with `first` where that is given or nothing was sent.

    Where it came from was checked before there was a form, as for every POST.
    """

    def __init__(self, first: Mapping[str, Any] | None = None) -> None:
        self.first = {} if first is None else first
        self.sent: MultiDict[str, str] = typed.this_request().form if first is None else MultiDict()
        self.texts = self.sent.to_dict()


class SentField(Generic[Data]):
    """A field of a `SentForm`: how it is read from what was sent under its name, and what it starts with."""

    def __init__(self, read: Callable[[SentForm, str], Data], start: Callable[[Any], Data]) -> None:
        self._read = read
        self._start = start
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, form: SentForm, owner: type) -> Held[Data]:
        name = self._name
        held = Held(self._read(form, name) if form.texts else self._start(form.first.get(name)))
        # From now on the form has it, and is not asked here again.
        form.__dict__[name] = held
        return held


def text() -> SentField[str | None]:
    """A field that holds the first text sent under its name."""
    return SentField(_text, _same)


def ticked() -> SentField[bool]:
    """A box: ticked where it was sent, as browsers send those alone."""
    return SentField(_is_ticked, bool)


def _text(form: SentForm, name: str) -> str | None:
    return form.texts.get(name)


def _is_ticked(form: SentForm, name: str) -> bool:
    return form.texts.get(name, "") not in UNTICKED


def _same(start: Any) -> str | None:
    return start  # type: ignore[no-any-return]
