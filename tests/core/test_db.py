"""Both engines behave alike: instants, identifiers, how a transaction begins, and text compared byte by byte."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import JSON, Column, Engine, Integer, MetaData, String, Table, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from sales_portal.catalog.models import SearchWord
from sales_portal.core import db
from sales_portal.customers.models import Customer
from sales_portal.pricing.models import Price
from tests import make
from tests.harness.databases import Database

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """An engine as the portal makes it."""
    made = db.engine_for(database.url)
    yield made
    made.dispose()


@pytest.mark.parametrize("hours", [0, 9, -5])
def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(session: Session, hours: int) -> None:
    made = make.customer(session, created_at=AT.astimezone(timezone(timedelta(hours=hours))))
    session.commit()
    found = session.scalars(select(Customer).where(Customer.id == made.id)).one()
    assert found.created_at == AT
    assert found.created_at.utcoffset() == timedelta(0)
    assert session.scalars(select(Customer.id).where(Customer.created_at == AT)).all() == [made.id]


@pytest.mark.parametrize("at", [AT, AT.replace(microsecond=0), AT.replace(year=26, microsecond=700), None])
def test_an_instant_is_stored_on_sqlite_as_sqlalchemy_stores_it(at: datetime | None) -> None:
    """What was written before it had a way of its own compares with what is written now."""
    dialect = sqlite.dialect()
    plain = sqlite.DATETIME().bind_processor(dialect)
    assert db.UTCDateTime().bind_processor(dialect)(at) == plain(at)


def test_a_naive_instant_is_refused_before_it_is_stored(session: Session) -> None:
    with pytest.raises(StatementError, match="instants are aware"):
        make.customer(session, created_at=AT.replace(tzinfo=None))


def test_foreign_keys_and_checks_hold_on_both_engines(engine: Engine) -> None:
    orphan = Customer(email="a@b.se", created_at=AT, account_id=999)
    for row in (orphan, Price(pricelist_id=1, variant_id=1, amount=-1)):
        with Session(engine) as own:
            own.add(row)
            with pytest.raises(IntegrityError):
                own.flush()


def test_words_are_compared_byte_by_byte_so_that_a_prefix_is_a_range(session: Session) -> None:
    shop = make.shop(session)
    words = ["a", "ab", "aé", "b", "ÿ", "Z", "字"]
    session.add_all(SearchWord(word=f"zz{word}", variant_id=shop.chair.id) for word in words)
    session.flush()
    found = session.scalars(select(SearchWord.word).where(SearchWord.word.startswith("zz")).order_by(SearchWord.word))
    assert list(found) == sorted((f"zz{word}" for word in words), key=str.encode)


@pytest.mark.parametrize(("number", "may_be"), [(1, True), (2**63 - 1, True), (0, False), (-1, False), (2**63, False)])
def test_an_id_is_a_positive_number_both_engines_can_hold(number: int, may_be: bool) -> None:
    assert db.is_id(number) is may_be


@pytest.mark.parametrize(("url", "normal"), [
    ("postgres://u@h/d", "postgresql://u@h/d"),
    ("postgresql://u@h/d", "postgresql://u@h/d"),
    ("sqlite:///x.db", "sqlite:///x.db"),
])
def test_the_short_name_of_postgresql_is_understood(url: str, normal: str) -> None:
    assert db.normal_url(url) == normal


def test_threads_that_write_wait_for_each_other_and_none_is_lost(engine: Engine) -> None:
    def write(number: int) -> None:
        with Session(engine) as own:
            own.add(Customer(email=f"{number}@example.com", created_at=AT))
            own.commit()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as own:
        assert len(own.scalars(select(Customer.id)).all()) == 20


def test_a_reader_never_waits_for_a_writer(engine: Engine) -> None:
    with Session(engine) as writer:
        writer.add(Customer(email="a@example.com", created_at=AT))
        writer.flush()
        token = db.reading.set(True)
        try:
            with Session(engine) as reader:
                assert reader.scalars(select(Customer.id)).all() == []
        finally:
            db.reading.reset(token)
        writer.commit()


def test_a_connection_that_failed_to_write_lets_the_next_one_in(engine: Engine) -> None:
    for _ in range(3):
        with Session(engine) as failing:
            failing.add(Customer(email="a@b.se", created_at=AT, account_id=999))
            with pytest.raises(IntegrityError):
                failing.flush()
    with Session(engine) as own:
        own.add(Customer(email="a@example.com", created_at=AT))
        own.commit()


def test_a_connection_that_was_given_up_in_mid_transaction_lets_the_next_one_in(engine: Engine) -> None:
    with engine.connect() as given_up:
        given_up.execute(text("SELECT 1"))
        given_up.invalidate()
        began = time.monotonic()
        with engine.begin() as next_one:
            next_one.execute(text("SELECT 1"))
    assert time.monotonic() - began < db.BUSY_SECONDS


def test_constraints_are_named_so_that_a_migration_can_change_them() -> None:
    table = Price.__table__
    names = {constraint.name for constraint in table.constraints}
    assert names == {"pk_prices", "fk_prices_pricelist_id_pricelists", "fk_prices_variant_id_variants",
                     "ck_prices_amount", "ck_prices_cost", "ck_prices_minimum"}
    assert isinstance(SearchWord.__table__.c.word.type, String)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_that_died_while_they_rested_are_made_anew(
        engine: Engine, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restarted database costs nobody an error: whoever comes next notices, and so need not the one after."""
    monkeypatch.setattr(db, "RESTED_SECONDS", 0)
    with engine.connect() as first, engine.connect() as second:
        dying = [one.scalar(text("SELECT pg_backend_pid()")) for one in (first, second)]
    with database.engine.connect() as other:
        for pid in dying:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with engine.connect() as first, engine.connect() as second:
        alive = [one.scalar(text("SELECT pg_backend_pid()")) for one in (first, second)]
    assert not set(alive) & set(dying)


@pytest.fixture
def one(database: Database) -> Iterator[Engine]:
    """An engine of the portal's with one connection."""
    made = db.engine_for(database.url, pool_size=1, max_overflow=0)
    yield made
    made.dispose()


def look(engine: Engine, times: int) -> None:
    """Read so often, each time in a transaction that is given up."""
    for _ in range(times):
        with Session(engine) as session:
            session.execute(text("SELECT count(*) FROM outbox"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_only_reads_keeps_the_statements_that_are_prepared(one: Engine) -> None:
    """Preparing them anew for every page costs more than running them."""
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    token = db.reading.set(True)
    try:
        look(one, 8)
        with Session(one) as session:
            assert session.scalar(text(prepared)) == 1
    finally:
        db.reading.reset(token)
    look(one, 8)
    with Session(one) as session:
        assert session.scalar(text(prepared)) == 0, "the control: the driver forgets them when it rolls back"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_said_it_only_reads_cannot_write(one: Engine) -> None:
    token = db.reading.set(True)
    try:
        with Session(one) as session, pytest.raises(DBAPIError, match="read-only transaction"):
            session.execute(text("DELETE FROM outbox"))
    finally:
        db.reading.reset(token)
    with Session(one) as session:
        session.execute(text("DELETE FROM outbox"))
        session.commit()


DOCUMENTS = [None, {}, [], {"a": [1, {"b": None}]}, [1, "two"], "text", 7, 1.5, True, "ö", {"": "\u2028"}]


def test_a_document_is_read_as_it_was_written(engine: Engine) -> None:
    table = Table("documents", MetaData(), Column("id", Integer, primary_key=True), Column("said", JSON))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"id": key, "said": said} for key, said in enumerate(DOCUMENTS)])
        found = connection.scalars(select(table.c.said).order_by(table.c.id)).all()
        table.drop(connection)
    assert found == DOCUMENTS
    assert [type(value) for value in found] == [type(value) for value in DOCUMENTS]
