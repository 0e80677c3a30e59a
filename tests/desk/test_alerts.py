"""Alerts: who looks after the portal sees what is open, and says that it is settled."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.orders import alerting
from sales_portal.outbox import service as outbox
from sales_portal.outbox.models import Job
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Shop


@pytest.fixture
def manager(signed_in: Callable[[Staff], Client], session: Session, shop: Shop) -> Client:
    return signed_in(make.staff(session, "Erik Berg", site=shop.site, role="manager"))


def test_what_is_open_is_listed_newest_first_in_few_statements(
        manager: Client, session: Session, statements: Counting) -> None:
    for number in range(3):
        alerting.raise_alert(session, f"code_{number}", f"What <b>is</b> wrong {number}")
    assert not alerting.raise_alert(session, "code_0", "Once more")
    session.commit()
    with statements(at_most=4):
        answer = manager.get("/alerts")
    words = answer.words("#alerts")
    assert words.index("What <b>is</b> wrong 2") < words.index("What <b>is</b> wrong 0")
    assert "Once more" not in words


def test_what_is_settled_is_listed_no_more_and_may_be_raised_again(manager: Client, session: Session) -> None:
    alerting.raise_alert(session, "orphan", "An intent without a payment", "pi_1")
    session.commit()
    answer = manager.post(manager.get("/alerts").one("#alerts form")["action"], follow_redirects=True)
    assert "Payments, orders and stock agree." in answer.words("#alerts")
    assert alerting.raise_alert(session, "orphan", "An intent without a payment", "pi_1")


def test_an_alert_that_is_not_there_cannot_be_settled(manager: Client) -> None:
    assert manager.post("/alerts/7/settlement").status_code == 404
    assert manager.post(f"/alerts/{10**30}/settlement").status_code == 404


def test_a_job_that_was_given_up_is_shown_with_its_reason_and_tried_again(
        manager: Client, session: Session, statements: Counting) -> None:
    outbox.put(session, "payment.capture", ("payments", 7))
    job = session.scalars(select(Job)).one()
    job.dead_at, job.attempts, job.last_error = clock.now(), 12, "The <b>provider</b> does not answer"
    session.commit()
    with statements(at_most=4):
        shown = manager.get("/alerts")
    assert "payment.capture payments 7 The <b>provider</b> does not answer 12" in shown.words("#given-up-jobs")
    answer = manager.post(shown.one("#given-up-jobs form")["action"], follow_redirects=True)
    assert "Nothing was given up." in answer.words("#given-up-jobs")
    session.expire_all()
    assert (job.dead_at, job.attempts) == (None, 1)


def test_only_what_was_given_up_is_tried_again(manager: Client, session: Session) -> None:
    outbox.put(session, "payment.capture", ("payments", 7))
    session.commit()
    key = session.scalars(select(Job.id)).one()
    for wrong in (key, key + 1, 10**30):
        assert manager.post(f"/alerts/jobs/{wrong}/repetition").status_code == 404
