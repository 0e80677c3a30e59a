"""A claim takes one job, whatever plan the database finds best."""

from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from sales_portal.outbox import service as outbox
from sales_portal.outbox.models import Job

# Without these PostgreSQL goes through the table row by row; asked for `id IN (…)` it would choose anew for each.
FASTER_PLANS = ("enable_hashjoin", "enable_hashagg", "enable_sort", "enable_material")


def test_a_claim_takes_one_job_in_every_plan(session: Session) -> None:
    for number in range(20):
        outbox.put(session, "a.topic", ("links", number))
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        for plan in FASTER_PLANS:
            session.execute(text(f"SET LOCAL {plan} = off"))

    claim = outbox.claim(session, ["a.topic"], timedelta(minutes=1))

    assert claim is not None
    assert session.scalar(select(func.count()).where(Job.lease_until.is_not(None))) == 1
