"""A test finds what the migrations left, whatever the one before it did."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.harness.databases import Database


def _count(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_what_a_test_wrote_is_gone(database: Database) -> None:
    before = _count(database, "outbox")
    with database.engine.begin() as connection:
        connection.execute(_job())

    database.reset()

    assert (before, _count(database, "outbox")) == (0, 0)


def test_what_the_migrations_inserted_is_back(database: Database) -> None:
    before = _count(database, "payment_transitions")
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM payment_transitions"))

    database.reset()

    assert before == _count(database, "payment_transitions") > 0


def test_numbers_start_anew(database: Database) -> None:
    numbers = []
    for _ in range(2):
        with database.engine.begin() as connection:
            connection.execute(_job())
            numbers.append(connection.scalar(text("SELECT id FROM outbox")))
        database.reset()

    assert numbers[0] == numbers[1]


def test_rows_of_a_table_nobody_may_delete_from_are_gone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO history (name, subject_type, subject_id, actor_kind, actor_name, at, data) "
                "VALUES ('link.created', 'links', 1, 'system', 'Test', '2026-01-01', '{}')"
            )
        )

    database.reset()

    assert _count(database, "history") == 0


def test_what_was_kept_is_put_back_with_its_numbers(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(_job())
    database.keep("one job")
    rows = []
    for _ in range(2):
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET topic = 'another.topic'"))
            connection.execute(_job("of.this.turn"))
        with database.engine.connect() as connection:
            rows.append(connection.execute(text("SELECT id, topic FROM outbox ORDER BY id")).all())
        database.back_to("one job")

    assert rows[0] == rows[1]
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT topic FROM outbox")).all() == [("a.topic",)]


@pytest.mark.parametrize("turn", [1, 2])
def test_an_uncommitted_row_of_one_test_is_not_seen_by_the_next(session: Session, turn: int) -> None:
    assert session.scalar(text("SELECT count(*) FROM outbox")) == 0
    session.execute(_job())


def _job(topic: str = "a.topic") -> object:
    return text(
        "INSERT INTO outbox (topic, subject_type, subject_id, dedupe, payload, created_at, not_before, attempts) "
        f"VALUES ('{topic}', 'links', 1, '', '{{}}', '2026-01-01', '2026-01-01', 0)"
    )
