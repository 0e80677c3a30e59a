"""A shop whose customers pay at the provider of the tests."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders import inbox, invariants, jobs, placing, watching
from sales_portal.orders.watch_models import Alert, ProviderEvent
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Handler, Loop
from sales_portal.payments import starting
from sales_portal.payments.gateway import Gateway
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.paying import OwnGateway, Provider


@dataclass
class Till:
    """The portal's side of the provider: starting, receiving and working, on the database of `session`."""

    session: Session
    shop: make.Shop
    provider: Provider
    gateway: OwnGateway

    @property
    def gateways(self) -> Mapping[str, Gateway]:
        return {"own": self.gateway}

    def visit(self, **terms: object) -> CheckoutSession:
        """A customer at a link of their own."""
        return make.visit(self.session, make.link(
            self.session, make.selection(self.session, self.shop, {self.shop.bag: 1}), **terms))

    def pay(self, decision: str | None = "approve", visit: CheckoutSession | None = None) -> int:
        """The id of a payment that was started, with the customer's decision made at the provider."""
        copy = visit or self.visit()
        self.session.commit()
        started = starting.start_payment(self.session, copy, gateway=self.gateway, shown_total=copy.total_amount,
                                         return_url="http://localhost/")
        if decision is not None:
            self.provider.decide(decision)
        return started.payment_id

    def place(self, key: int) -> placing.Placing:
        """The customer comes back."""
        return placing.place_order(self.session, key, self.gateways, source="customer")

    def receive(self, *events: tuple[bytes, dict[str, str]]) -> list[bool]:
        """The provider sends; tells for each whether it was new."""
        new = [inbox.receive(self.session, self.gateway, headers, body) for body, headers in events or
               self.provider.events()]
        self.session.commit()
        return new

    def work(self, *topics: str) -> None:
        """Every job of the payments that is due, or those of `topics`."""
        self.session.commit()
        sessions = sessionmaker(self.session.get_bind())
        known: dict[str, Handler] = {
            **jobs.handlers(sessions, self.gateways), **inbox.handlers(sessions, self.gateways),
            **watching.handlers(sessions, self.gateways)}
        Loop(sessions, {topic: known[topic] for topic in topics or known}).run_once(200)
        self.session.expire_all()

    def watch(self) -> None:
        """Let time do what it does: the sweep and the rest are due from now on."""
        for topic, seconds in watching.PERIODIC.items():
            outbox.ensure_periodic(self.session, topic, seconds)
        self.session.commit()

    def status(self, key: int) -> str:
        """Where a payment stands."""
        self.session.rollback()
        return self.session.get_one(Payment, key, populate_existing=True).status

    def alerts(self) -> list[str]:
        """The codes of all open alerts."""
        self.session.rollback()
        return sorted(self.session.scalars(select(Alert.code).where(Alert.ended_at.is_(None))))

    def errors(self) -> list[str | None]:
        """What kept each waiting event from being processed."""
        self.session.rollback()
        return list(self.session.scalars(
            select(ProviderEvent.error).where(ProviderEvent.processed_at.is_(None)).order_by(ProviderEvent.id)))

    def broken(self) -> list[str]:
        """Every invariant that does not hold, but for jobs that no worker of these tests takes."""
        self.session.rollback()
        return [str(one) for one in invariants.find_violations(self.session) if one.invariant.code != "I26"]


