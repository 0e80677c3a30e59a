"""A GET changes nothing: not a row of any table, whoever asks, as a page or by htmx."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import StaffSession
from sales_portal.core.db import Base
from tests.access.asking import address, routes
from tests.access.world import World
from tests.harness.app import Client
from tests.harness.databases import Database

WRITES_ON_GET = {
    "desk.switching.show",  # tries the switch and takes it back within its transaction
    "storefront.landing.show",  # P-14: a link that skips its first page makes a copy and leads on
}
"""Every view that may write when it is only looked at, with its reason beside it."""


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for who is signed in: a browser of each person is opened here."""
    session.rollback()
    return {name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items() if name != StaffSession.__tablename__}


def test_the_views_that_write_on_get_are_listed(app: Flask) -> None:
    """Case 86."""
    marked = {name for name, view in app.view_functions.items()
              if getattr(view, "writes_on_get", False) or getattr(view, "may_write_on_get", False)}
    assert marked == WRITES_ON_GET


@pytest.mark.parametrize(("person", "method"), [
    ("anonymous", "GET"), ("owner", "GET"), ("admin", "GET"), ("owner", "HEAD"), ("owner", "OPTIONS")])
def test_looking_at_every_page_changes_no_row(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client],
        person: str, method: str) -> None:
    world = World(app, session, database)
    before, client = everything(session), world.browser(person, open_client)
    for route in routes(app):
        if route.startswith("GET "):
            for htmx in (False, True):
                client.open(address(route, world.values), method=method, htmx=htmx).close()
    after = everything(session)
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("query", ["q=anna", "q=%00", "before=2000", "status=paid", "dialog=1", "made=L-2001"])
def test_questions_in_an_address_change_no_row(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client], query: str) -> None:
    world = World(app, session, database)
    before, client = everything(session), world.browser("owner", open_client)
    for route in routes(app):
        if route.startswith("GET "):
            client.open(f"{address(route, world.values)}?{query}", method="GET").close()
    assert everything(session) == before
