"""Signs that are no text are dropped where a request is read, wherever they stand, and never reach the database."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask, request
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from sales_portal.core.db import Base
from tests.access.asking import BODIES, address
from tests.access.table import rows
from tests.access.world import World
from tests.harness.app import Client
from tests.harness.databases import Database
from tests.harness.server import ROOT

NUL, HALF = "%00", "%ED%A0%80"
FORM, JSON, FILES = "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"
READ = re.compile(r'(?:form|args|typed|values)(?:\.get(?:list)?\(|\[)"([\w-]+)"|^    (\w+) = \w*(?:Field|_text)\(',
                  re.MULTILINE)


def field_names() -> set[str]:
    """Every name a view or a form of the doors reads."""
    sources = [path.read_text() for door in ("desk", "storefront", "api", "web")
               for path in (ROOT / "sales_portal" / door).rglob("*.py")]
    return {name for source in sources for found in READ.findall(source) for name in found if name}


def test_the_names_are_found() -> None:
    assert field_names() >= {"q", "quantity", "customer_note", "form_token", "email", "street", "reason", "next"}


def test_a_request_holds_none_of_them(app: Flask) -> None:
    query, form = f"a{NUL}=b{NUL}c", {"d\x00": "e\x00f"}
    with app.test_request_context(f"/links/L-1{NUL}/pause?{query}", method="POST", data=form,
                                  headers={"Cookie": 'g="h\\000i"'}):
        assert (request.args.to_dict(), request.form.to_dict()) == ({"a": "bc"}, {"d": "ef"})
        assert request.values.to_dict() == {"a": "bc", "d": "ef"}
        assert (request.cookies.to_dict(), request.view_args) == ({"g": "hi"}, {"number": "L-1"})


def test_json_holds_none_of_them_however_deep(app: Flask) -> None:
    body = r'{"a\u0000": ["b\ud800c", {"d": "\ud83d\ude00\u0000"}, 1, null]}'
    with app.test_request_context("/", method="POST", data=body, content_type="application/json"):
        assert request.get_json() == {"a": ["bc", {"d": "😀"}, 1, None]}


def test_json_nested_deeper_than_anybody_means_is_damaged(app: Flask) -> None:
    body = "[" * 100_000
    with app.test_request_context("/", method="POST", data=body, content_type="application/json"):
        assert request.get_json(silent=True) is None


def test_the_name_of_a_file_holds_none_of_them(app: Flask) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\x00.csv"\r\n\r\nb\r\n--x--\r\n'
    with app.test_request_context("/", method="POST", data=body, content_type="multipart/form-data; boundary=x"):
        assert request.files["f"].filename == "a.csv"


@pytest.mark.parametrize("emoji", ["", "😀"])
def test_everything_else_stays_as_it_was_typed(app: Flask, emoji: str) -> None:
    with app.test_request_context(f"/?q={quote(emoji)}\u200d{quote('محمد <script>')}"):
        assert request.args["q"] == f"{emoji}\u200dمحمد <script>"


def encoded(text: str, sign: str) -> str:
    """`text` as it stands in an address, with `sign` after its first letter and at its end."""
    return quote(text[:1], safe="") + sign + quote(text[1:], safe="") + sign


def path_of(route: str, world: World, sign: str) -> str:
    """The address of a route with `sign` at the end of every text in it."""
    return address(route, {name: text if text.isdecimal() else text + sign
                           for name, text in world.values.items()})


def test_every_route_answers_as_if_they_were_not_there(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client]) -> None:
    world, wrong, status = World(app, session, database), [], 400
    for route, expected in rows().items():
        method, _ = route.split(" ", 1)
        if status < 400:
            go_on(world)
        typed = {name: text.format(**world.values) for name, text in BODIES.get(route, {}).items()}
        body = "&".join(f"{name}%00={encoded(text, NUL)}" for name, text in typed.items())
        status = send(world.browser("owner", open_client), method, path_of(route, world, NUL), body)
        if status != expected["owner"]:
            wrong.append(f"{route}: {status} where {expected['owner']} is due")
    assert wrong == []
    assert stored(session) == []


def test_no_route_breaks_whatever_field_they_stand_in(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client]) -> None:
    """SQLite would keep the one and break at the other, PostgreSQL break at both."""
    names, sign = field_names(), NUL + HALF

    def form(world: World) -> str:
        fields = dict.fromkeys(names, f"1{sign}@x{sign}") | {"form_token": world.values["form_token"]}
        return "&".join(f"{name}={text}" for name, text in fields.items())

    assert answers(World(app, session, database), open_client, form, FORM, sign) == []
    assert stored(session) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("value", ["1\x00\ud800", {"a": "\x00"}])
def test_no_form_takes_json(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client], value: object) -> None:
    world, names = World(app, session, database), field_names()
    assert answers(world, open_client, lambda _: json.dumps(dict.fromkeys(names, value)), JSON) == []
    assert answers(world, open_client, lambda _: json.dumps(value), JSON) == []
    assert stored(session) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_text_field_takes_a_file(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client]) -> None:
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a\x00"\r\n\r\nb\r\n'
                    for name in field_names())
    assert answers(World(app, session, database), open_client, lambda _: f"{parts}--x--\r\n", FILES) == []


def answers(world: World, open_client: Callable[[], Client], body: Callable[[World], str], content_type: str,
            sign: str = "") -> list[str]:
    """The routes that break, asked by Maria with `body`; a form stands in the query of a GET, the rest in none."""
    found, client = [], world.browser("owner", open_client)
    for route in rows():
        method, _ = route.split(" ", 1)
        if method == "GET" and content_type != FORM:
            continue
        status = send(client, method, path_of(route, world, sign), body(world), content_type)
        if status >= 500:
            found.append(f"{route}: {status}")
        if status < 400 and method != "GET":
            go_on(world)
            client = world.browser("owner", open_client)
    return found


def go_on(world: World) -> None:
    """Forget what the last route did. SQLite would keep one of them: what was written there stays, to be looked at."""
    if world.database.kind == "sqlite":
        world.offer()
    else:
        world.renew()


def send(client: Client, method: str, path: str, body: str, content_type: str = FORM) -> int:
    """The status of one request; what a form would hold stands in the query of a GET."""
    client.set_cookie("theme", "da\\000rk")
    if method == "GET":
        answer = client.get(f"{path}?{body}" if content_type == FORM else path)
    else:
        answer = client.open(path, method=method, data=body, content_type=content_type)
    answer.close()
    return answer.status_code


def stored(session: Session) -> list[str]:
    """Columns that hold a NUL; SQLite would keep it."""
    session.rollback()
    return [f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables
            for column in table.columns if isinstance(column.type, String)
            if any("\x00" in (text or "") for text in session.scalars(select(column)))]
