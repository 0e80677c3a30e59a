"""A log nobody can write to ends nothing."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import pytest
import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from sales_portal.application.logs import Unfailing
from sales_portal.outbox import loop as loops
from sales_portal.outbox import service as outbox
from sales_portal.outbox.models import Job


@pytest.fixture
def full() -> Iterator[TextIO]:
    """A file on a disk without room."""
    with Path("/dev/full").open("wb", buffering=0) as raw:
        yield TextIOWrapper(raw, write_through=True)


def test_the_disk_really_is_full(full: TextIO) -> None:
    with pytest.raises(OSError, match="No space left"):
        structlog.WriteLogger(full).msg("a line")


def test_a_job_that_fails_is_kept_and_the_next_is_done(
        session: Session, portals_engine: Engine, full: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """C52: what went wrong stands in the job's own row too."""
    monkeypatch.setattr(loops, "log", structlog.wrap_logger(
        Unfailing(full), processors=[structlog.processors.JSONRenderer()]))
    for topic in ("bad", "good"):
        outbox.put(session, topic, ("things", 1))
    session.commit()
    done = []

    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    loops.Loop(portals_engine, {"bad": fail, "good": lambda *_: done.append("good")}).run_once()
    assert done == ["good"]
    assert session.scalars(select(Job.last_error).where(Job.topic == "bad")).one() == "RuntimeError: out of order"
