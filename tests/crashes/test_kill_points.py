"""Whoever is killed on the way of a payment, and wherever: after restart and sweep there is one order for one capture.

Each point is that of the reliability design, from K0 (*Pay* arrived) to K9 (the mail server took the receipt).
"""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock, StockMove
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import invariants
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.crashes.conftest import Anna
from tests.harness.time import Clock

BEFORE_THE_WINDOW_ENDS, AFTER_IT = 3, 40


def is_sold_once(anna: Anna, shop: make.Shop, clock: Clock, *, minutes: float, receipts: int = 1) -> None:
    """One order, paid once, at the provider too, told once and taken from stock once; nothing is left under way."""
    session = anna.session
    session.rollback()
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert Counter(session.scalars(select(Payment.status)))["captured"] == 1
    assert [(intent["captures"], intent["refunded"]) for intent in anna.intents() if intent["status"] != "cancelled"] \
        == [(1, 0)]
    assert session.scalars(select(Stock.on_hand).where(Stock.variant_id == shop.bag.id)).one() == 39
    assert session.scalars(select(StockMove.delta).where(StockMove.order_id.is_not(None))).all() == [-1]
    assert session.get_one(CheckoutLink, anna.linked.link.id).status == "consumed"
    told = Counter(session.scalars(select(Event.name).where(Event.name.in_(["order.placed", "order.paid"]))))
    assert told == {"order.placed": 1, "order.paid": 1}
    letters = anna.plug.smtp.to("anna@example.com")
    assert (len(letters), len({letter.message["Message-ID"] for letter in letters})) == (receipts, 1)
    nothing_is_broken(session, clock, minutes)


def nothing_is_broken(session: Session, clock: Clock, minutes: float) -> None:
    """Every invariant holds at the moment the last worker stood at."""
    clock.advance(minutes=minutes)
    assert [str(one) for one in invariants.find_violations(session)] == []


@pytest.mark.parametrize("point", ["K0", "K1", "K2", "K3"])
def test_killed_before_the_provider_was_reached_for_good_the_customer_presses_pay_again(
        anna: Anna, kept_shop: make.Shop, clock: Clock, point: str) -> None:
    """C39, C40: it is the same payment and the same intent."""
    anna.plug.serve(point)
    anna.is_cut_off("pay")
    anna.plug.serve()
    anna.pay()
    assert anna.come_back().path.endswith("/receipt")
    anna.plug.work(AFTER_IT)
    assert len(anna.intents()) == 1
    is_sold_once(anna, kept_shop, clock, minutes=AFTER_IT)


@pytest.mark.parametrize(("point", "intents"), [("K1", []), ("K2", ["cancelled"]), ("K3", ["cancelled"])])
def test_killed_before_the_customer_could_decide_and_nobody_comes_back(
        anna: Anna, kept_shop: make.Shop, clock: Clock, point: str, intents: list[str]) -> None:
    """The payment and whatever the provider has of it are given up, and the link can be paid by whoever has it."""
    anna.plug.serve(point)
    anna.is_cut_off("pay")
    anna.plug.work(AFTER_IT)
    assert [intent["status"] for intent in anna.intents()] == intents
    assert anna.session.scalars(select(Payment.status)).all() == ["cancelled"]
    assert anna.session.scalar(select(func.count()).select_from(Order)) == 0
    assert anna.session.scalars(select(Stock.on_hand).where(Stock.variant_id == kept_shop.bag.id)).one() == 40
    assert anna.session.get_one(CheckoutLink, anna.linked.link.id).status == "active"
    nothing_is_broken(anna.session, clock, AFTER_IT)


def test_killed_while_the_order_is_made_there_is_none_of_it_and_the_sweep_makes_it(
        anna: Anna, kept_shop: make.Shop, clock: Clock) -> None:
    """C41, K4: the customer saw an error and closed the browser."""
    anna.plug.serve("K4")
    anna.pay()
    anna.is_cut_off("come_back")
    anna.session.rollback()
    assert anna.session.scalar(select(func.count()).select_from(Order)) == 0
    assert anna.session.scalars(select(StockMove.delta).where(StockMove.order_id.is_not(None))).all() == []
    assert anna.session.scalars(select(Payment.status)).all() == ["created"]
    anna.plug.work(BEFORE_THE_WINDOW_ENDS)
    is_sold_once(anna, kept_shop, clock, minutes=BEFORE_THE_WINDOW_ENDS)


def test_killed_before_the_answer_the_customer_who_reloads_sees_the_receipt(
        anna: Anna, kept_shop: make.Shop, clock: Clock) -> None:
    """C42, K5."""
    anna.plug.serve("K5")
    anna.pay()
    anna.is_cut_off("come_back")
    anna.plug.serve()
    assert anna.buyer.get(f"{anna.linked.path}/payment").path.endswith("/receipt")
    anna.plug.work()
    is_sold_once(anna, kept_shop, clock, minutes=0)


@pytest.mark.parametrize(("point", "receipts"), [("K6", 1), ("K7", 1), ("K8", 1), ("K9", 2)])
def test_a_worker_that_is_killed_leaves_its_job_to_the_next(
        anna: Anna, kept_shop: make.Shop, clock: Clock, point: str, receipts: int) -> None:
    """K6, K7: the same key again. K8: what T2 wrote and the end of its job are one transaction. C44, K9: the same
    mail, by its id, once more."""
    anna.plug.serve()
    anna.pay()
    anna.come_back()
    anna.plug.work(fail=point)
    anna.plug.work(BEFORE_THE_WINDOW_ENDS)
    is_sold_once(anna, kept_shop, clock, minutes=BEFORE_THE_WINDOW_ENDS, receipts=receipts)
