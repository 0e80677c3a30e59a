"""A shop that has sold something, and a worker that does what follows."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.automation import jobs as automation
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import jobs as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox.loop import Loop
from tests import make

BASE_URL = "https://shop.example"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def engine(portals_engine: Engine) -> Engine:
    """The database as the portal opens it."""
    return portals_engine


@pytest.fixture
def portal(engine: Engine) -> Iterator[Session]:
    """A session of the portal's own, to arrange with; what the worker shall see must be committed."""
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def shop(portal: Session) -> make.Shop:
    """A small complete shop."""
    return make.shop(portal)


@pytest.fixture
def worker(engine: Engine) -> Loop:
    """Does what follows from orders and payments; mails stay in the portal's mailbox."""
    return Loop(engine, automation.handlers(Addresses(BASE_URL)) | messaging.handlers(None))


def mails(session: Session) -> dict[str, Delivery]:
    """Every mail by the name of its template; fails where one was written twice."""
    session.expire_all()
    found = session.scalars(select(Delivery)).all()
    by_name = {mail.template: mail for mail in found}
    assert len(by_name) == len(found), [mail.template for mail in found]
    return by_name
