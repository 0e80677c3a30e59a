"""Races that a barrier meets too seldom, each forced to meet at the point where it matters."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock as portal_clock
from sales_portal.core.errors import Refusal
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Stock
from sales_portal.links import service as links
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import invariants, jobs, placing
from sales_portal.orders.models import Order
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import Intent
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.harness.together import all_at_once
from tests.make import Linked, Shop
from tests.races.rounds import drain

WRITERS = 16


@pytest.fixture
def linked(session: Session, kept_shop: Shop) -> Linked:
    made = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    session.commit()
    return made


def place(engine: Engine, key: int) -> placing.Placing:
    with Session(engine) as own:
        return placing.place_order(own, key, make.gateways(own), source="customer")


def ends(session: Session) -> tuple[list[str], list[str]]:
    """What orders and payments came to, with every invariant whole."""
    drain(session)
    assert invariants.find_violations(session) == []
    return (list(session.scalars(select(Order.status).order_by(Order.id))),
            list(session.scalars(select(Payment.status).order_by(Payment.id))))


def test_r6_stock_sold_elsewhere_during_3d_secure_voids_the_payment(session: Session, linked: Linked,
                                                                    kept_shop: Shop) -> None:
    key = make.payment(session, make.visit(session, linked), "challenge")
    inventory.set_on_hand(session, kept_shop.bag.id, kept_shop.warehouse.id, 0, by=SYSTEM)
    session.execute(update(TestIntent).values(status="authorised"))
    session.commit()
    placed = placing.place_order(session, key, make.gateways(session), source="customer")
    assert (placed.outcome, placed.reason) == ("lost", "sold_out")
    told = session.scalar(select(func.count()).select_from(Job).where(Job.topic == "payment.failed"))
    assert (ends(session), told) == (([], ["voided"]), 1)


def test_r9_who_comes_right_after_the_purchase_sees_neither_price_nor_buyer(session: Session, linked: Linked,
                                                                           client: Client) -> None:
    make.order(session, linked, name="Beatrice Example")
    page = client.get(linked.path)
    assert page.status_code == 410
    assert "Beatrice" not in page.words()
    assert "310,00" not in page.words().replace("\u00a0", " ")
    with pytest.raises(LinkNotOpen):
        make.claim(session, linked)


def test_r10_pay_after_somebody_elses_order_asks_no_provider(session: Session, linked: Linked) -> None:
    late = make.visit(session, linked)
    make.order(session, linked)
    before = session.scalar(select(func.count()).select_from(Payment))
    with pytest.raises(LinkNotOpen):
        make.payment(session, session.get_one(CheckoutSession, late.id))
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Payment)) == before


@pytest.mark.parametrize("is_first", [True, False], ids=["revoked first", "placed first"])
def test_r26_a_link_is_revoked_or_bought_and_never_both(session: Session, portals_engine: Engine, linked: Linked,
                                                        is_first: bool) -> None:
    """Whoever commits first wins: the other one is between its reading and its writing then."""
    key = make.payment(session, make.visit(session, linked))
    link = session.get_one(CheckoutLink, linked.link.id)
    if is_first:
        links.revoke_link(session, link, "", by=SYSTEM)
        session.commit()
        assert place(portals_engine, key).outcome == "lost"
        assert ends(session) == ([], ["voided"])
    else:
        assert link.is_open(portal_clock.now())
        session.commit()
        assert place(portals_engine, key).outcome == "placed"
        with pytest.raises(Refusal):
            links.revoke_link(session, link, "", by=SYSTEM)
        session.rollback()
        assert ends(session) == (["paid"], ["captured"])


def test_r26_at_one_instant_too(session: Session, portals_engine: Engine, linked: Linked) -> None:
    key, link_id = make.payment(session, make.visit(session, linked)), linked.link.id
    session.rollback()

    def revoke() -> str:
        with Session(portals_engine) as own:
            try:
                links.revoke_link(own, own.get_one(CheckoutLink, link_id), "", by=SYSTEM)
                own.commit()
            except Refusal:
                return "too late"
        return "revoked"

    outcomes = all_at_once([lambda: place(portals_engine, key).outcome, revoke])
    assert outcomes in (["placed", "too late"], ["lost", "revoked"], ["placed", "revoked"])
    orders, payments = ends(session)
    assert (orders, payments) in ((["paid"], ["captured"]), ([], ["voided"]))
    assert (orders == []) == (outcomes[0] == "lost")


class Lagging(TestGateway):
    """A provider whose first capture takes longer than the lease of the job that asked for it."""

    def __init__(self, session: Session, meanwhile: Callable[[], object]) -> None:
        super().__init__(session.get_bind(), "http://localhost")  # type: ignore[arg-type]
        self.keys: list[str] = []
        self._meanwhile = meanwhile

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        self.keys.append(idempotency_key)
        if len(self.keys) == 1:
            self._meanwhile()
        return super().capture(reference, idempotency_key)


def test_r29_a_second_worker_that_takes_over_is_the_same_capture(session: Session, linked: Linked,
                                                                 clock: Clock) -> None:
    make.order(session, linked)
    session.commit()
    sessions = sessionmaker(session.get_bind())

    def take_over() -> None:
        clock.advance(timedelta(seconds=61))
        assert Loop(sessions, handlers).run_once() > 0

    lagging = Lagging(session, take_over)
    handlers = jobs.handlers(sessions, {"test": lagging})
    Loop(sessions, handlers).run_once()
    assert len(set(lagging.keys)) == 1
    assert ends(session) == (["paid"], ["captured"])


@pytest.mark.parametrize(("policy", "orders"), [("single", 1), ("first_closes", 2)])
def test_r31_a_copy_made_before_the_first_purchase_lives_as_its_policy_says(
        session: Session, kept_shop: Shop, portals_engine: Engine, policy: str, orders: int) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}), policy=policy)
    early, first = (make.payment(session, make.visit(session, linked)) for _ in range(2))
    assert place(portals_engine, first).outcome == "placed"
    session.rollback()
    with pytest.raises(LinkNotOpen):
        make.claim(session, linked)
    session.rollback()
    assert place(portals_engine, early).outcome == ("placed" if policy == "first_closes" else "lost")
    assert ends(session)[0] == ["paid"] * orders


def test_r32_many_writers_at_once_give_every_order_a_number_of_its_own(
        session: Session, kept_shop: Shop, portals_engine: Engine) -> None:
    inventory.set_on_hand(session, kept_shop.bag.id, kept_shop.warehouse.id, WRITERS, by=SYSTEM)
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}), policy="reusable")
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(WRITERS)]
    session.rollback()
    outcomes = Counter(one.outcome for one in all_at_once([lambda key=key: place(portals_engine, key) for key in keys]))
    session.rollback()
    numbers = [order.number for order in session.scalars(select(Order))]
    assert (outcomes, len(set(numbers))) == ({"placed": WRITERS}, WRITERS)
    assert session.scalars(select(Stock.on_hand).where(Stock.variant_id == kept_shop.bag.id)).one() == 0
    assert ends(session)[0] == ["paid"] * WRITERS
