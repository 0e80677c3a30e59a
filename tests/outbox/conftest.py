"""What the tests of the loop stand on: the portal's own engine, and jobs whose doing leaves a mark."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.outbox import service as outbox
from sales_portal.outbox.models import Job

Put = Callable[..., int]
Read = Callable[[int], Job]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def engine(portals_engine: Engine) -> Engine:
    """The database as a worker opens it."""
    return portals_engine


@pytest.fixture
def put(engine: Engine) -> Put:
    """`put("topic", 7)` commits a job about thing 7 and gives its id."""

    def putting(topic: str, about: int = 1, **settings: object) -> int:
        with Session(engine) as session:
            job = outbox.put(session, topic, ("things", about), **settings)  # type: ignore[arg-type]
            session.commit()
            return job.id

    return putting


@pytest.fixture
def read(engine: Engine) -> Read:
    """`read(id)` is the job as it is stored now."""

    def reading(job_id: int) -> Job:
        with Session(engine) as session:
            return session.scalars(select(Job).where(Job.id == job_id)).one()

    return reading
