"""The form of a browser is read at once, and says what Flask would have read in it."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask import Request as FlaskRequest
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.test import EnvironBuilder

from sales_portal.web import typed

FORM = "application/x-www-form-urlencoded"
LONGEST = 40

BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "names and values": (b"a=1&b=2&a=3", {}),
    "signs": (b"a=b+c%20%C3%A5&%E2%82%AC=%3D%26", {}),
    "nothing": (b"", {}),
    "names alone": (b"a&b=&=c&&", {}),
    "bytes that are no text": (b"a=\xff&b=1", {}),
    "escaped bytes that are no text": (b"a=%FF%C3&b=1", {}),
    "as long as may be": (b"a=" + b"b" * (LONGEST - 2), {}),
    "longer than may be": (b"a=" + b"b" * (LONGEST - 1), {}),
    "longer than it says": (b"a=1&b=2", {"CONTENT_LENGTH": "3"}),
    "shorter than it says": (b"a=1&b=2", {"CONTENT_LENGTH": "30"}),
    "of no length": (b"a=1", {"CONTENT_LENGTH": ""}),
    "of a length that is none": (b"a=1", {"CONTENT_LENGTH": "+3"}),
    "of a negative length": (b"a=1", {"CONTENT_LENGTH": "-3"}),
    "of a length nobody can read": (b"a=1", {"CONTENT_LENGTH": "9" * 5000}),
    "of foreign digits": (b"a=1", {"CONTENT_LENGTH": "\u0663"}),
    "with a character set": (b"a=%E5", {"CONTENT_TYPE": f"{FORM}; charset=latin-1"}),
    "of several parts": (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nb\r\n--x--\r\n'[:LONGEST],
                         {"CONTENT_TYPE": "multipart/form-data; boundary=x"}),
    "no form": (b'{"a": 1}', {"CONTENT_TYPE": "application/json"}),
}


class Slow(BytesIO):
    """Gives one byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if size else size)


class Lost(BytesIO):
    """A connection that breaks while it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("gone")


def asked(kind: type[FlaskRequest], body: BytesIO, environ: dict[str, str]) -> FlaskRequest:
    return kind(EnvironBuilder(method="POST", content_type=FORM).get_environ()
                | {"CONTENT_LENGTH": str(len(body.getvalue()))} | environ | {"wsgi.input": body})


def said(request: FlaskRequest) -> Any:
    try:
        return [*request.form.items(multi=True)], request.files.to_dict(), request.get_data()
    except HTTPException as refusal:
        return type(refusal)


@pytest.fixture
def ours(app: Flask) -> type[FlaskRequest]:
    return type("Ours", (typed.Request,), {"_most_bytes": LONGEST, "max_form_memory_size": LONGEST})


@pytest.fixture
def theirs() -> type[FlaskRequest]:
    return type("Theirs", (FlaskRequest,), {"max_content_length": LONGEST, "max_form_memory_size": LONGEST})


@pytest.mark.parametrize("name", BODIES)
def test_a_form_is_what_flask_reads(app: Flask, ours: type[FlaskRequest], theirs: type[FlaskRequest],
                                    name: str) -> None:
    body, environ = BODIES[name]
    with app.app_context():
        assert said(asked(ours, BytesIO(body), environ)) == said(asked(theirs, BytesIO(body), environ))


def test_a_form_that_comes_byte_by_byte_is_read_whole(app: Flask, ours: type[FlaskRequest]) -> None:
    with app.app_context():
        assert asked(ours, Slow(b"a=1&b=2"), {}).form.to_dict() == {"a": "1", "b": "2"}


def test_a_form_that_breaks_off_is_refused(app: Flask, ours: type[FlaskRequest]) -> None:
    with app.app_context(), pytest.raises(ClientDisconnected):
        assert asked(ours, Lost(b"a=1"), {}).form


def test_a_body_that_was_looked_at_before_is_still_a_form(app: Flask, ours: type[FlaskRequest]) -> None:
    with app.app_context():
        request = asked(ours, BytesIO(b"a=1"), {})
        assert request.get_data() == b"a=1"
        assert request.form.to_dict() == {"a": "1"}


def test_a_body_is_read_once(app: Flask, ours: type[FlaskRequest]) -> None:
    with app.app_context():
        request = asked(ours, BytesIO(b"a=1&b=2"), {"CONTENT_LENGTH": "3"})
        assert request.form is request.form
        assert request.environ["wsgi.input"].read() == b"&b=2"
