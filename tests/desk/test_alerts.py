"""Alerts: who looks after the portal sees what is open, and says that it is settled."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import alerting
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
    assert manager.post("/alerts/7/end").status_code == 404
    assert manager.post(f"/alerts/{10**30}/end").status_code == 404
