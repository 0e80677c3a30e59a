"""Every route answers every person as the table says, and none is missing there."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.access.asking import BODIES, address, routes
from tests.access.table import rows
from tests.access.world import PEOPLE, World
from tests.harness.app import Client
from tests.harness.databases import Database


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    known = rows()
    assert [route for route in routes(app) if route not in known] == [], "add a line for each to the table"
    assert [route for route in known if route not in routes(app)] == [], "these routes are gone: take their lines out"


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_is_answered_as_the_table_says(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client], person: str) -> None:
    world, wrong, is_used = World(app, session, database), [], False
    for route, expected in rows().items():
        method, _ = route.split(" ", 1)
        if is_used:
            world.renew()
        typed = {name: text.format(**world.values) for name, text in BODIES.get(route, {}).items()}
        client = world.browser(person, open_client)
        answer = client.open(address(route, world.values), method=method, data=typed if method != "GET" else None)
        answer.close()
        is_used = method != "GET" and answer.status_code < 400
        if answer.status_code != expected[person]:
            wrong.append(f"{route}: {answer.status_code} where {expected[person]} is due")
        if person == "anonymous" and expected["owner"] != expected["anonymous"] and route != "GET /login":
            assert answer.headers["Location"].startswith("/login"), route
    assert wrong == []
