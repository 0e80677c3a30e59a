"""`flask check-invariants`, and the job that does the same: what is wrong is said once, to those who look after it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.messaging.models import Delivery
from sales_portal.orders import invariants, watching
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox import service as outbox
from tests import make
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


@pytest.fixture
def check(session: Session, do_jobs: Callable[[], int], clock: Clock) -> Callable[[], list[str]]:
    """The job once more, with the mails that follow; gives whom alerts were mailed to so far."""
    outbox.ensure_periodic(session, watching.CHECK, watching.PERIODIC[watching.CHECK])

    def checking() -> list[str]:
        do_jobs()
        clock.advance(seconds=watching.PERIODIC[watching.CHECK] + 1)
        session.expire_all()
        return list(session.scalars(
            select(Delivery.recipient).where(Delivery.template == "alert-raised").order_by(Delivery.id)))

    return checking


def break_stock(session: Session, by: int = 1) -> None:
    session.execute(text("UPDATE stock SET on_hand = on_hand + :by WHERE id = 1"), {"by": by})
    session.commit()


def test_the_command_says_that_all_hold(app: Flask, session: Session, shop: make.Shop) -> None:
    make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    done = app.test_cli_runner().invoke(args=["check-invariants"])
    assert (done.exit_code, done.output) == (0, f"All {len(invariants.INVARIANTS)} invariants hold.\n")


def test_the_command_names_what_is_broken_and_by_what(app: Flask, session: Session, shop: make.Shop) -> None:
    break_stock(session)
    done = app.test_cli_runner().invoke(args=["check-invariants"])
    assert (done.exit_code, done.output) == (1, "I09 stock equals its ledger: broken by 1 (1)\n")


def test_an_alert_is_raised_once_while_it_stays_so_and_ends_by_itself(
        session: Session, shop: make.Shop, check: Callable[[], list[str]]) -> None:
    erik = make.staff(session, "Erik Berg", site=shop.site, role="manager")
    assert check() == []
    break_stock(session)
    with capture_logs() as said:
        assert check() == [erik.email]
    assert [(line["event"], line["log_level"]) for line in said if line["log_level"] == "error"] == [
        ("alert.raised", "error")]
    assert check() == [erik.email]
    assert session.scalars(select(Alert.code).where(Alert.ended_at.is_(None))).all() == ["I09"]
    break_stock(session, -1)
    check()
    assert session.scalars(select(Alert).where(Alert.ended_at.is_(None))).all() == []
    break_stock(session)
    assert check() == [erik.email] * 2


def test_whoever_sells_is_not_told(session: Session, shop: make.Shop, check: Callable[[], list[str]]) -> None:
    make.staff(session, "Gone Berg", site=shop.site, role="manager", is_active=False)
    break_stock(session)
    assert check() == []
    assert session.scalars(select(Alert.code)).all() == ["I09"]
