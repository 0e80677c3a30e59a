"""Acts that meet at one barrier, in this process: what they begin with, and what must have come of it.

`MEETINGS` are rows of the reliability design in which few meet; those of many buyers are in `rounds`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.checkout import codes
from sales_portal.core.errors import Refusal
from sales_portal.orders import cancelling, invariants, jobs, placing, refunding
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.loop import Loop
from sales_portal.payments.models import TestIntent
from sales_portal.pricing.models import Discount
from tests import make
from tests.harness.together import all_at_once
from tests.make import Shop
from tests.orders import after
from tests.races.rounds import drain

Meeting = Callable[[Session, Engine, Shop], None]
BUYERS, USES, CLAIMERS, MANAGERS = 6, 2, 8, 4
REFUNDED = 50_000


def _cancelled_while_captured(session: Session, engine: Engine, shop: Shop) -> None:
    world = after.world(session, shop)

    def cancel(own: Session) -> None:
        cancelling.ask_cancellation(own, world.order_id, "customer", "", person=own.merge(world.erik, load=False),
                                    may_decide=True)

    assert _meet(engine, [*[cancel] * MANAGERS, _take_the_money]) == {"done": 2, "CannotCancel": MANAGERS - 1}
    _settle(session)
    payment = after.payment_of(session, world)
    taken = payment.captured_amount
    assert (payment.status, taken) in (("voided", 0), ("refunded", after.TOTAL))
    assert payment.refunded_amount == taken
    assert session.scalars(select(TestIntent.status)).all() == ["captured" if taken else "cancelled"]
    assert after.status_of(session, world) == "cancelled"
    after.assert_stock_is_its_ledger(session, is_given_back=True)


def _claimed_while_bought(session: Session, engine: Engine, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    early, key = make.visit(session, linked), make.payment(session, make.visit(session, linked))
    session.commit()

    def claim(own: Session) -> None:
        make.claim(own, linked)

    def buy(own: Session) -> None:
        assert placing.place_order(own, key, make.gateways(own), source="customer").outcome == "placed"

    answers = _meet(engine, [*[claim] * CLAIMERS, buy])
    assert set(answers) <= {"done", "LinkNotOpen"}
    _settle(session)
    assert early.status == "voided"


def _refunded_by_two(session: Session, engine: Engine, shop: Shop) -> None:
    world = after.world(session, shop)
    after.work(session)()
    session.commit()

    def press(own: Session) -> None:
        refunding.ask_refund(own, world.order_id, after.wish(REFUNDED), person=own.merge(world.erik, load=False),
                             may_decide=True)

    assert _meet(engine, [press] * MANAGERS) == {"done": 1, "RefundOpen": MANAGERS - 1}
    _settle(session)
    assert after.payment_of(session, world).refunded_amount == REFUNDED
    assert make.gateway(session).fetch(session.scalars(select(TestIntent.reference)).one()).refunded_amount == REFUNDED
    assert session.scalar(select(func.count()).select_from(Refund)) == 1


def _one_code_for_many(session: Session, engine: Engine, shop: Shop) -> None:
    """Two orders have the two uses, and the others are told that the code is used up."""
    make.discount(session, 10000, code="TWICE", usage_limit=USES)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), policy="reusable",
                       allows_discount_codes=True)
    keys = []
    for _ in range(BUYERS):
        visit = make.visit(session, linked)
        codes.use_code(session, visit, linked.link, "TWICE")
        keys.append(make.payment(session, visit))
    session.commit()

    def place(key: int) -> tuple[str, str]:
        with Session(engine) as own:
            placed = placing.place_order(own, key, make.gateways(own), source="customer")
            return placed.outcome, placed.reason

    outcomes = Counter(all_at_once([lambda key=key: place(key) for key in keys]))
    assert outcomes == {("placed", ""): USES, ("lost", "discount_used_up"): BUYERS - USES}
    _settle(session)
    assert session.scalars(select(Discount.uses_count)).one() == USES
    assert session.scalar(select(func.count()).select_from(Order)) == USES


MEETINGS: dict[str, Meeting] = {"R27": _cancelled_while_captured, "R31": _claimed_while_bought,
                                "R34": _refunded_by_two, "R35": _one_code_for_many}


def _meet(engine: Engine, acts: Iterable[Callable[[Session], object]]) -> Counter[str]:
    """What those were answered who acted at once: the name of the refusal, or `done`."""
    acting = list(acts)
    _have_open(engine, len(acting))

    def go(act: Callable[[Session], object]) -> str:
        with Session(engine) as own:
            try:
                act(own)
                own.commit()
            except Refusal as refusal:
                return type(refusal).__name__
        return "done"

    return Counter(all_at_once([lambda act=act: go(act) for act in acting]))


def _have_open(engine: Engine, count: int) -> None:
    """Keep connections at hand: those opened after the barrier would come one by one."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(engine.connect())


def _take_the_money(session: Session) -> None:
    sessions = sessionmaker(session.get_bind())
    Loop(sessions, jobs.handlers(sessions, make.gateways(session))).run_once()


def _settle(session: Session) -> None:
    drain(session)
    session.expire_all()
    assert invariants.find_violations(session) == []
