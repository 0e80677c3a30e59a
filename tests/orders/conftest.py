"""The tills of these tests, and a worker for what they ask for."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.orders import jobs
from sales_portal.outbox.loop import Loop
from sales_portal.payments.gateway import Gateway
from tests import make
from tests.harness.paying import OwnGateway, Provider
from tests.orders.owning import Till


@pytest.fixture
def till(session: Session, kept_shop: make.Shop, provider_process: Provider) -> Till:
    """A shop whose customers pay at a provider of its own."""
    return Till(session, kept_shop, provider_process, OwnGateway(provider_process))


@pytest.fixture
def work(session: Session) -> Callable[..., None]:
    """Does every job of this rung that is due, with the providers it is given by name instead of the usual ones."""
    sessions = sessionmaker(session.get_bind())

    def run(**gateways: Gateway) -> None:
        session.commit()
        Loop(sessions, jobs.handlers(sessions, {**make.gateways(session), **gateways})).run_once()
        session.expire_all()

    return run
