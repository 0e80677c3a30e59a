"""SQLite's files: what a power cut leaves of them opens whole, and a full disk ends nothing half way."""

import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.core.db import BUSY_SECONDS, engine_for
from sales_portal.core.trouble import is_passing
from sales_portal.orders import invariants, placing
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Client
from tests.harness.databases import Database
from tests.storefront.walking import Customer

POINTS = 20
CP = shutil.which("cp") or "/bin/cp"
LESS_THAN_A_PAGE = 2048
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def file_of(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


def copy(database: Database, to: Path) -> Path:
    """The files as they lie on the disk at this moment; the memory they share goes with the power."""
    to.mkdir()
    for suffix in ("", "-wal"):
        source = file_of(database).with_name(file_of(database).name + suffix)
        if source.exists():
            # By a process of its own: closing a file here would let go of the locks SQLite holds on it.
            subprocess.run([CP, source, to / source.name], check=True)
    return to / file_of(database).name


@on_sqlite
def test_files_copied_in_mid_write_open_whole(database: Database, session: Session, kept_shop: make.Shop,
                                              portals_engine: Engine, tmp_path: Path) -> None:
    """C50: at each of 20 statements of selling, whichever transaction is open and whatever is not in the file yet."""
    linked = [make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1})) for _ in range(2)]
    visits = [make.visit(session, one) for one in linked]
    session.commit()
    keys = [make.payment(session, visit) for visit in visits]
    copies: list[Path] = []

    def take(*_: object) -> None:
        if len(copies) < POINTS:
            copies.append(copy(database, tmp_path / str(len(copies))))

    event.listen(portals_engine, "after_cursor_execute", take)
    try:
        with Session(portals_engine) as portal:
            for key in keys:
                placing.place_order(portal, key, make.gateways(session), source="customer")
    finally:
        event.remove(portals_engine, "after_cursor_execute", take)
    assert len(copies) == POINTS
    counts = []
    for file in copies:
        engine = engine_for(f"sqlite:///{file}")
        with Session(engine) as opened:
            assert opened.scalar(text("PRAGMA integrity_check")) == "ok"
            assert opened.execute(text("PRAGMA foreign_key_check")).all() == []
            assert invariants.find_violations(opened) == []
            counts.append(opened.scalar(select(func.count()).select_from(Order)))
        engine.dispose()
    assert counts == sorted(counts)
    assert set(counts) == {0, 1}


@contextmanager
def no_room() -> Iterator[None]:
    """A disk that takes nothing any more: what this process writes to a file fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LESS_THAN_A_PAGE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@on_sqlite
def test_on_a_full_disk_nothing_is_ordered_half_way_and_afterwards_all_goes_on(
        client: Client, session: Session, kept_shop: make.Shop) -> None:
    """C51: at *Pay* and at the order itself."""
    client.application.jinja_env.get_template("web/error.html")
    customer = Customer(client, make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1})))
    for form, press in (("#pay-form", customer.give_details), ("form[action$=confirmation]", None)):
        shown = press() if press is not None else customer.decide("approve")
        session.rollback()
        with capture_logs(), no_room():
            refused = client.submit(shown, form)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert invariants.find_violations(session) == []
    session.rollback()
    assert customer.submit(shown, form).request.path.endswith("/receipt")
    assert session.scalar(select(func.count()).select_from(Order)) == 1
    assert invariants.find_violations(session) == []


@on_sqlite
def test_a_file_that_may_not_grow_is_trouble_that_passes(portals_engine: Engine) -> None:
    with portals_engine.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE heap (content BLOB)"))
        connection.execute(text("PRAGMA temp.max_page_count=8"))
        with pytest.raises(OperationalError) as full:
            connection.execute(text("INSERT INTO heap VALUES (zeroblob(1000000))"))
        connection.invalidate()
    assert is_passing(full.value)
    with portals_engine.connect() as connection, pytest.raises(OperationalError) as wrong:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert not is_passing(wrong.value)


@on_sqlite
def test_a_transaction_that_reads_and_then_writes_is_refused_unless_it_said_so_as_it_began(
        database: Database, portals_engine: Engine) -> None:
    """C49, the control: why every transaction of the portal that may write begins with the lock."""
    plain = [sqlite3.connect(file_of(database), isolation_level=None, timeout=BUSY_SECONDS) for _ in range(2)]
    for connection in plain:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM outbox").fetchone()
    plain[0].execute("DELETE FROM outbox")
    plain[0].execute("COMMIT")
    with pytest.raises(sqlite3.OperationalError, match="locked") as refused:
        plain[1].execute("DELETE FROM outbox")
    assert refused.value.sqlite_errorname == "SQLITE_BUSY_SNAPSHOT"
    for connection in plain:
        connection.close()
    with portals_engine.begin() as connection:
        began = sqlite3.connect(file_of(database), isolation_level=None, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            began.execute("BEGIN IMMEDIATE")
        began.close()
