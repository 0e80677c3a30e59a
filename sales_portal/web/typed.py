"""Text of a request without the signs that are no text: PostgreSQL stores neither NUL nor half of a surrogate pair.

They are dropped here, once, from all that people and machines send: form, query, path, cookies, JSON and the
names of files. So no view, service or query below has to think of them.
"""

import re
from collections.abc import Callable
from functools import cached_property
from io import BytesIO
from itertools import chain
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from flask import Flask, current_app, request
from flask import Request as FlaskRequest
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import parse_cookie

View = TypeVar("View", bound=Callable[..., Any])

_REQUEST: Any = request
_FORM = "application/x-www-form-urlencoded"
_LENGTH = re.compile("[0-9]{1,12}")
_READ = frozenset({"form", "stream", "_cached_data"})
"""What a request holds of a body that somebody has begun to read."""


def install(app: Flask) -> None:
    """Let `app` read its requests so."""
    # As attributes: Flask would ask the configuration for each of them several times while it reads a form.
    app.request_class = type("Request", (Request,), {
        "_most_bytes": app.config["MAX_CONTENT_LENGTH"],
        **{name: app.config[name.upper()] for name in ("max_form_memory_size", "max_form_parts")}})
    app.json = Json(app)


def this_request() -> FlaskRequest:
    """The request itself: its stand-in `flask.request` looks for it again at every attribute."""
    return _REQUEST._get_current_object()  # type: ignore[no-any-return]


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Let a view take requests of so many bytes, where those of all others may be no larger than configured."""
    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def plain(text: str) -> str:
    """`text` as every database can store it."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


class Typed(ImmutableMultiDict[str, Any]):
    """Names and values of a request, plain."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = mapping if isinstance(mapping, list) else [*MultiDict(mapping).items(multi=True)] if mapping else []
        super().__init__(pairs if _are_plain(pairs) else [(plain(name), _plain(value)) for name, value in pairs])

    def get(self, key: str, default: Any = None, *how: Any, **named: Any) -> Any:  # type: ignore[override]
        """The first value under `key`; the base class makes an error of each that is not there, to throw it away."""
        return super().get(key, default, *how, **named) if key in self else default


class Json(DefaultJSONProvider):
    """The JSON of a request, plain."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """What `s` says; raises `ValueError` where it says nothing, or is nested deeper than anybody means."""
        try:
            return _plain(super().loads(s, **kwargs))
        except RecursionError:
            raise ValueError("nested too deep") from None


class Request(FlaskRequest):
    """A request whose text is plain."""

    parameter_storage_class = Typed
    dict_storage_class = Typed
    _named: dict[str, Any] | None = None
    _most_bytes: int | None

    @property
    def max_content_length(self) -> int | None:
        """How many bytes this request may have; who checks the form asks before the view is called."""
        view = current_app.view_functions.get(self.endpoint) if self.endpoint is not None else None
        most: int | None = getattr(view, "most_bytes", self._most_bytes)
        return most

    @max_content_length.setter
    def max_content_length(self, most_bytes: int | None) -> None:
        self._most_bytes = most_bytes

    def _load_form_data(self) -> None:
        body = self._form_body()
        if body is None:
            return super()._load_form_data()
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
        except ValueError:
            pairs = []
        self.__dict__ |= {"stream": BytesIO(), "form": Typed(pairs), "files": _NOTHING}
        return None

    def _form_body(self) -> bytearray | None:
        """The body of an ordinary form, read at once; None of one that is read in another way, or was read before."""
        most, length = self.max_content_length, self.environ.get("CONTENT_LENGTH") or ""
        if (self.environ.get("CONTENT_TYPE") != _FORM or most is None or not _LENGTH.fullmatch(length)
                or int(length) > most or self.shallow or not _READ.isdisjoint(self.__dict__)):
            return None
        found = bytearray()
        while missing := int(length) - len(found):
            try:
                part = self.environ["wsgi.input"].read(missing)
            except (OSError, ValueError):
                part = b""
            if not part:
                raise ClientDisconnected
            found += part
        return found

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark; a bare byte that is no UTF-8 is replaced instead of failing."""
        if not self.query_string:
            return _NOTHING
        query = self.query_string.decode("utf-8", "replace")
        return Typed(parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote"))

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """What the browser keeps for the portal; looked up where it stands, not among all headers."""
        sent = self.environ.get("HTTP_COOKIE")
        return cast(Typed, parse_cookie(sent, cls=Typed)) if sent else _NOTHING

    @property
    def view_args(self) -> dict[str, Any] | None:
        """What the address names."""
        return self._named

    @view_args.setter
    def view_args(self, named: dict[str, Any] | None) -> None:
        self._named = _plain(named)


def _are_plain(pairs: list[tuple[str, Any]]) -> bool:
    """Whether nothing of this text needs a closer look; most needs none."""
    try:
        text = "".join(chain.from_iterable(pairs))
    except TypeError:
        return False
    return text.isascii() and "\x00" not in text


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(name): _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, FileStorage) and value.filename:
        value.filename = plain(value.filename)
    return value


_NOTHING = Typed()
