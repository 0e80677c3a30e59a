"""R37: whatever agents, customers, staff, providers and the worker do in whatever order, no invariant ever breaks."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.accounts.models import Staff
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.core.errors import Refusal
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import cancelling, invariants, invoicing, jobs, placing, refunding, sweeping
from sales_portal.orders.models import Order
from sales_portal.orders.refunding import Wish
from sales_portal.outbox.loop import Loop
from sales_portal.payments.models import Payment
from sales_portal.sites.methods import BANK_TRANSFER, CARD, INVOICE
from tests import make
from tests.harness.databases import Database
from tests.harness.kept import Kept
from tests.make import Linked

EXAMPLES, STEPS = int(os.environ.get("WALKS", "15")), 20
"""How many walks, and how long each is; WALKS=5000 for a long run."""
DECISIONS = ["approve", "approve", "approve", "decline", "challenge", "slow", "cancel", None]


class Shopping(RuleBasedStateMachine):
    """A shop with a few pieces in stock, and everybody at once."""

    database: Database
    shops: Kept

    @initialize()
    def open(self) -> None:
        clock.release()
        self.shops.open(self.database)
        self.session = Session(self.database.engine)
        self.shop = self.shops.enter(self.database, self.session)
        self.erik = make.staff(self.session, "Erik Holm", site=self.shop.site, role="manager")
        inventory.set_on_hand(self.session, self.shop.bag.id, self.shop.warehouse.id, 4, by=SYSTEM)
        self.session.commit()
        self.links: list[Linked] = []
        self.visits: list[int] = []
        self.payments: list[int] = []

    @rule(policy=st.sampled_from(["single", "single", "first_closes", "reusable"]), pieces=st.integers(1, 3),
          has_chair=st.booleans())
    def make_a_link(self, policy: str, pieces: int, has_chair: bool) -> None:
        wanted = {self.shop.bag: pieces} | ({self.shop.chair: 1} if has_chair else {})
        self._try(lambda: self.links.append(
            make.link(self.session, make.selection(self.session, self.shop, wanted), policy=policy)))

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        linked = data.draw(st.sampled_from(self.links))
        self._try(lambda: self.visits.append(make.visit(self.session, linked).id))

    @precondition(lambda self: self.visits)
    @rule(data=st.data(), method=st.sampled_from([CARD, CARD, BANK_TRANSFER, INVOICE]),
          decision=st.sampled_from(DECISIONS))
    def pay(self, data: st.DataObject, method: Any, decision: str | None) -> None:
        visit = self.session.get_one(CheckoutSession, data.draw(st.sampled_from(self.visits)))
        wanted = decision if method is not INVOICE else None
        self._try(lambda: self.payments.append(make.payment(self.session, visit, wanted, method=method)))

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.payments))
        self._try(lambda: placing.place_order(self.session, key, make.gateways(self.session), source="customer"))

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        link = self.session.get_one(CheckoutLink, data.draw(st.sampled_from(self.links)).link.id)
        self._try(lambda: links.revoke_link(self.session, link, "", by=SYSTEM))

    @rule(left=st.integers(0, 5))
    def count_the_stock(self, left: int) -> None:
        self._try(lambda: inventory.set_on_hand(self.session, self.shop.bag.id, self.shop.warehouse.id, left,
                                                by=SYSTEM))

    @rule(data=st.data(), amount=st.integers(1, 40_000))
    def refund(self, data: st.DataObject, amount: int) -> None:
        def asking(order: Order, payment: Payment) -> object:
            left = payment.captured_amount - payment.refunded_amount
            return refunding.ask_refund(self.session, order.id, Wish(amount, left, "returned"), person=self._erik(),
                                        may_decide=True)
        self._with_order(data, asking)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self._with_order(data, lambda order, payment: cancelling.ask_cancellation(
            self.session, order.id, "mistake", "", person=self._erik(), may_decide=True))

    @rule(data=st.data())
    def mark_paid(self, data: st.DataObject) -> None:
        self._with_order(data, lambda order, payment: invoicing.mark_paid(
            self.session, order.id, paid_on=invoicing.today_at(self.session.get_one(type(self.shop.site),
                                                                                    order.site_id)),
            reference="", by=SYSTEM))

    @rule(seconds=st.sampled_from([1, 20, 70, 200, 1300, 2200]))
    def time_passes(self, seconds: int) -> None:
        """The worker sweeps and works through what fell due meanwhile."""
        self.session.commit()
        sessions = sessionmaker(self.database.engine)
        handlers = jobs.handlers(sessions, make.gateways(self.session))
        for step in (seconds / 2, seconds / 2):
            clock.advance(timedelta(seconds=step))
            with sessions.begin() as own:
                sweeping.sweep(own)
            Loop(sessions, handlers).run_once(200)
        self.session.expire_all()

    @invariant()
    def every_invariant_holds(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            broken = invariants.find_violations(self.session)
            assert broken == [], "\n".join(map(str, broken))

    def teardown(self) -> None:
        clock.release()
        if hasattr(self, "session"):
            self.session.close()

    def _erik(self) -> Staff:
        return self.session.get_one(Staff, self.erik.id)

    def _with_order(self, data: st.DataObject, act: Callable[[Order, Payment], object]) -> None:
        orders = self.session.scalars(select(Order).order_by(Order.id)).all()
        if orders:
            order = data.draw(st.sampled_from(orders))
            payment = self.session.get_one(Payment, order.payment_id)
            self._try(lambda: act(order, payment))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
            self.session.commit()
        except Refusal:
            self.session.rollback()


@pytest.mark.usefixtures("session")
def test_no_walk_breaks_an_invariant(database: Database, shops: Kept) -> None:
    walk = type("Walk", (Shopping,), {"database": database, "shops": shops})
    run_state_machine_as_test(walk, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
        suppress_health_check=list(HealthCheck)))
