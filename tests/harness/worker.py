"""The worker in a test's hands: it does what is due when told to, and not before."""

import importlib
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.orders import jobs
from sales_portal.outbox.loop import Loop
from sales_portal.payments.gateway import Gateway
from sales_portal.web.extensions import db
from tests import make


@pytest.fixture
def do_jobs(app: Flask, session: Session) -> Callable[[], int]:
    """`do_jobs()` does every job that is due, with what those ask for in turn; gives how many were taken."""
    worker = importlib.import_module("sales_portal.application.worker")

    def doing(limit: int = 1000) -> int:
        session.commit()
        with app.app_context():
            sessions = sessionmaker(db.engine)
        return Loop(sessions, worker.handlers(app)).run_once(limit=limit)

    return doing


@pytest.fixture
def work(session: Session) -> Callable[..., None]:
    """`work()` does every job about orders and money that is due, with the providers it is given by name instead of the
    usual ones."""
    sessions = sessionmaker(session.get_bind())

    def run(**gateways: Gateway) -> None:
        session.commit()
        Loop(sessions, jobs.handlers(sessions, {**make.gateways(session), **gateways})).run_once()
        session.expire_all()

    return run
