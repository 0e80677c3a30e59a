"""A database that gives up a transaction: placing tries again, a page asks to come back, and nothing is half done."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.core import db, trouble
from sales_portal.inventory.models import Stock
from sales_portal.orders import invariants, placing
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from sales_portal.web.extensions import db as portal_db
from tests import make
from tests.harness.app import Client
from tests.harness.databases import Database
from tests.storefront.walking import Customer

Fail = Callable[..., list[str]]
WHILE_THE_ORDER_IS_WRITTEN = "INSERT INTO orders"


class GivenUp(Exception):
    """What the driver of PostgreSQL says."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("the database gave up")
        self.sqlstate = sqlstate


@pytest.fixture
def fail() -> Iterator[Fail]:
    """`fail(engine, "40P01", 2)` lets the next two orders be given up by the database; gives those that were."""
    listening: list[tuple[Engine, Callable[..., None]]] = []

    def failing(engine: Engine, state: str, times: int, at: str = WHILE_THE_ORDER_IS_WRITTEN) -> list[str]:
        given_up: list[str] = []

        def refuse(_: object, __: object, sql: str, *___: object) -> None:
            if sql.startswith(at) and len(given_up) < times:
                given_up.append(state)
                raise OperationalError(sql, None, GivenUp(state))

        event.listen(engine, "before_cursor_execute", refuse)
        listening.append((engine, refuse))
        return given_up

    yield failing
    for engine, refuse in listening:
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it waited each time, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr(trouble.time, "sleep", waited.append)
    return waited


@pytest.fixture
def payment_id(session: Session, kept_shop: make.Shop) -> int:
    """An approved payment for a bag."""
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    return make.payment(session, make.visit(session, linked))


def orders(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Order)) or 0


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_an_order_the_database_gave_up_is_placed_by_a_later_try(
        session: Session, payment_id: int, fail: Fail, pauses: list[float], state: str) -> None:
    """C47: a deadlock, a serialization failure, a lock waited for too long."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    given_up = fail(engine, state, 3)
    assert placing.place_order(session, payment_id, make.gateways(session), source="customer").outcome == "placed"
    assert given_up == [state] * 3
    assert all(base / 2 <= pause <= base * 1.5 for pause, base in zip(pauses, trouble.AGAIN_AFTER, strict=True))
    assert orders(session) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_link_somebody_else_holds_for_too_long_is_asked_for_again(
        session: Session, database: Database, portals_engine: Engine, payment_id: int,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """C47 for real: the lock is given back while the portal pauses."""
    with portals_engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == f"{db.LOCK_SECONDS}s"
    impatient = db.engine_for(database.url, connect_args={"options": "-c lock_timeout=50ms"})
    with Session(portals_engine) as holder, Session(impatient) as portal:
        holder.execute(text("SELECT id FROM checkout_links FOR UPDATE"))
        monkeypatch.setattr(trouble.time, "sleep", lambda _: holder.rollback())
        assert placing.place_order(portal, payment_id, make.gateways(session), source="customer").outcome == "placed"
    impatient.dispose()
    assert orders(session) == 1


def test_after_the_third_further_try_there_is_nothing_of_the_order(
        session: Session, payment_id: int, fail: Fail, pauses: list[float]) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    given_up = fail(engine, "40P01", 9)
    with pytest.raises(OperationalError):
        placing.place_order(session, payment_id, make.gateways(session), source="customer")
    session.rollback()
    assert len(given_up) == 4
    assert (orders(session), session.scalars(select(Payment.status)).all()) == (0, ["created"])
    assert invariants.find_violations(session) == []


def test_what_is_wrong_is_not_tried_again(session: Session, payment_id: int, fail: Fail, pauses: list[float]) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    fail(engine, "42P01", 9)
    with pytest.raises(OperationalError):
        placing.place_order(session, payment_id, make.gateways(session), source="customer")
    session.rollback()
    assert pauses == []


def test_the_customer_is_asked_to_come_back_and_then_gets_the_order(
        client: Client, session: Session, kept_shop: make.Shop, fail: Fail, pauses: list[float]) -> None:
    """C47: 503 with `Retry-After`, and the same button again makes the one order."""
    customer = Customer(client, make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1})))
    page = customer.decide("approve")
    with client.application.app_context():
        fail(portal_db.engine, "40P01", 4)
    with capture_logs() as logged:
        refused = client.submit(page, "form[action$=confirmation]")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "charged twice" in refused.words()
    assert [line["event"] for line in logged] == ["database failed"]
    assert orders(session) == 0
    client.submit(page, "form[action$=confirmation]")
    assert orders(session) == 1
    assert session.scalars(select(Stock.on_hand).where(Stock.variant_id == kept_shop.bag.id)).one() == 39
