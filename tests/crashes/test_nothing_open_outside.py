"""While a provider, a mail server, a receiver of webhooks or a resolver is talked to, no transaction is open."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.orm import Session

from sales_portal.automation import webhooks
from sales_portal.messaging import webhook
from sales_portal.messaging.mail import Smtp
from sales_portal.messaging.receivers import Receivers
from sales_portal.orders import refunding, watching
from sales_portal.orders.models import Order
from sales_portal.outbox import service as outbox
from sales_portal.payments.gateway import Gateway
from sales_portal.payments.models import Payment
from sales_portal.web.extensions import db
from tests import make
from tests.harness.app import Client
from tests.harness.databases import Database
from tests.harness.mail import SMTPSink
from tests.harness.receiver import Receiver
from tests.orders.after import wish
from tests.storefront.walking import Customer, Enter

PROVIDER = {"create", "fetch", "find", "capture", "void", "refund", "list_since"}
ALL = PROVIDER | {"send", "post"}
OPEN = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND state LIKE 'idle in transaction%'")


class Watch:
    """Counts the transactions that are open at each call to the outside, by the name of the call."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self.seen: dict[str, set[int]] = {}
        self._database = database
        self._connections: list[Any] = []
        engine.dispose()
        event.listen(engine, "connect", self._keep)

    def _keep(self, connection: Any, _: object) -> None:
        self._connections.append(connection)

    def open_now(self) -> int:
        """How many there are at this moment."""
        if self._database.kind == "sqlite":
            return sum(connection.in_transaction for connection in self._connections)
        with self._database.engine.connect() as looking:
            return int(looking.scalar(OPEN) or 0)

    def watched(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """`act`, looked at whenever it is called."""
        def acting(*given: Any, **named: Any) -> Any:
            self.seen.setdefault(name, set()).add(self.open_now())
            return act(*given, **named)
        return acting


class WatchedGateway:
    """The embedded provider under watch."""

    def __init__(self, gateway: Gateway, watch: Watch) -> None:
        self.name, self.methods, self.limits = gateway.name, gateway.methods, gateway.limits
        for call in PROVIDER:
            setattr(self, call, watch.watched(call, getattr(gateway, call)))


@pytest.fixture
def watch(app: Flask, database: Database, smtp: SMTPSink, receiver: Receiver,
          monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The portal with its provider, a mail server and a receiver of webhooks under watch."""
    with app.app_context():
        engine = db.engine
    made = Watch(database, engine)
    there = app.extensions["gateways"]
    monkeypatch.setitem(app.extensions, "gateways", there | {"test": WatchedGateway(there["test"], made)})
    monkeypatch.setattr(Smtp, "send", made.watched("send", Smtp.send))
    monkeypatch.setattr(webhook, "post", made.watched("post", webhook.post))
    monkeypatch.setitem(app.extensions, "receivers", receiver.receivers)
    app.config.update(MAIL_SERVER=smtp.hostname, MAIL_PORT=smtp.port, MAIL_USE_TLS=False)
    yield made
    event.remove(engine, "connect", made._keep)


@pytest.fixture
def enter(open_client: Callable[[], Any]) -> Enter:
    """One more customer with a browser of their own."""
    return lambda linked: Customer(open_client(), linked)


def test_no_transaction_is_open_at_any_call_of_buying_giving_back_and_writing_mails(
        session: Session, kept_shop: make.Shop, watch: Watch, enter: Enter, smtp: SMTPSink, receiver: Receiver,
        do_jobs: Callable[[], int]) -> None:
    make.endpoint(session, receiver.url, receivers=receiver.receivers)
    linked = [make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1})) for _ in range(2)]
    manager = make.staff(session, "Erik Holm", site=kept_shop.site, role="manager")
    winner, loser, lost = enter(linked[0]), enter(linked[0]), enter(linked[1])
    loser.decide("approve")
    winner.buy()
    loser.confirm()
    lost.decide("approve")
    session.execute(update(Payment).where(Payment.link_id == linked[1].link.id).values(gateway_reference=None))
    lost.confirm()
    for topic in (watching.RECONCILE, webhooks.FOLLOW):
        outbox.ensure_periodic(session, topic, 600)
    do_jobs()
    order = session.scalars(select(Order).where(Order.link_id == linked[0].link.id)).one()
    refunding.ask_refund(session, order.id, wish(900, order.total_amount), person=manager, may_decide=True)
    do_jobs()
    assert watch.seen == {call: {0} for call in ALL}
    assert smtp.to("anna@example.com")
    assert receiver.got
    assert set(session.scalars(select(Payment.status))) >= {"captured", "voided"}


def test_no_transaction_is_open_while_the_name_of_a_receiver_is_looked_up(
        app: Flask, session: Session, kept_shop: make.Shop, watch: Watch, open_client: Callable[[], Client],
        monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Receivers(lookup=watch.watched("look up", lambda host, port: ["1.1.1.1"]))
    monkeypatch.setitem(app.extensions, "receivers", slow)
    jonas = open_client()
    jonas.sign_in(make.staff(session, "Jonas Falk", site=kept_shop.site, role="integrator").email)
    typed = {"url": "https://hooks.example.com/", "events": "order.paid"}
    added = jonas.post("/developers/webhooks", data=typed)
    assert jonas.post(added.location, data=typed).status_code == 303
    assert watch.seen == {"look up": {0}}


def test_the_watch_sees_one_that_is_open(app: Flask, watch: Watch) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        assert watch.open_now() == 1
    assert watch.open_now() == 0
