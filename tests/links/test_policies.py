"""How often a link may be paid, and until when: both are enforced together, for newcomers and for earlier copies."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from sales_portal.checkout import service as checkout
from sales_portal.core import clock as portal_clock
from sales_portal.links import queries as links
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.state import LinkState
from sales_portal.orders import placing
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop

YES, NO, ENDED = "yes", "no", "no, the copy is void"
PAST = "past the end"

TABLE = [
    # policy, most orders, orders made, then: may a newcomer claim it? may an earlier copy still be paid?
    ("single", None, 0, "", YES, YES, LinkState.ACTIVE),
    ("single", None, 1, "", NO, ENDED, LinkState.PAID),
    ("single", None, 0, PAST, NO, NO, LinkState.EXPIRED),
    ("single", None, 1, PAST, NO, ENDED, LinkState.PAID),
    ("first_closes", None, 0, "", YES, YES, LinkState.ACTIVE),
    ("first_closes", None, 1, "", NO, YES, LinkState.PAID),
    ("first_closes", None, 2, "", NO, YES, LinkState.PAID),
    ("first_closes", None, 0, PAST, NO, NO, LinkState.EXPIRED),
    ("first_closes", None, 1, PAST, NO, NO, LinkState.PAID),
    ("reusable", None, 0, "", YES, YES, LinkState.ACTIVE),
    ("reusable", None, 3, "", YES, YES, LinkState.ACTIVE),
    ("reusable", None, 3, PAST, NO, NO, LinkState.EXPIRED),
    ("reusable", 2, 1, "", YES, YES, LinkState.ACTIVE),
    ("reusable", 2, 2, "", NO, NO, LinkState.USED_UP),
    ("reusable", 2, 1, PAST, NO, NO, LinkState.EXPIRED),
    ("reusable", 2, 2, PAST, NO, NO, LinkState.USED_UP),
]


def outcome(session: Session, linked: Linked, visitor_token: str) -> str:
    """What becomes of an earlier copy that goes on to pay now."""
    visit = checkout.claim(session, links.lock_link(session, linked.link.id), visitor_token=visitor_token,
                           is_locked=True).visit
    if visit.status == "voided":
        return ENDED
    try:
        key = make.payment(session, visit)
    except LinkNotOpen:
        return NO
    placed = placing.place_order(session, key, {"test": make.gateway(session)}, source="customer")
    return YES if placed.outcome == "placed" else NO


@pytest.mark.parametrize(("policy", "most", "made", "when", "newcomer", "earlier", "state"), TABLE)
def test_uses_and_dates_hold_together(
        session: Session, clock: Clock, policy: str, most: int | None, made: int, when: str, newcomer: str,
        earlier: str, state: LinkState) -> None:
    """§3 row 19, reliability §1.1, C-19, C-21 to C-25."""
    clock.set(portal_clock.now())
    shop = make.shop(session)
    linked = a_link(session, shop, policy=policy, max_orders=most)
    held = make.claim(session, linked)
    copies = [make.visit(session, linked) for _ in range(made)]
    session.commit()
    clock.advance(seconds=1)
    for visit in copies:
        key = make.payment(session, visit)
        assert placing.place_order(session, key, {"test": make.gateway(session)}, source="customer").outcome == "placed"
    if when == PAST:
        clock.advance(hours=2)
    link = links.lock_link(session, linked.link.id)
    assert link.state(portal_clock.now()) is state
    assert may_claim(session, linked) == (newcomer == YES)
    assert outcome(session, linked, held.visitor_token) == earlier


def a_link(session: Session, shop: Shop, **terms: Any) -> Linked:
    made = make.link(session, make.selection(session, shop, {shop.bag: 1}),
                     expires_at=portal_clock.now() + timedelta(hours=1), **terms)
    session.commit()
    return made


def may_claim(session: Session, linked: Linked) -> bool:
    try:
        made = make.claim(session, linked)
    except LinkNotOpen:
        return False
    session.rollback()
    return made.is_new


@pytest.mark.parametrize(("milliseconds", "expected"), [(-1, True), (0, False), (1, False)])
def test_a_newcomer_comes_until_the_end_and_not_at_it(
        session: Session, clock: Clock, milliseconds: int, expected: bool) -> None:
    """V152: the claim is refused from `expires_at` on."""
    clock.set(portal_clock.now())
    linked = a_link(session, make.shop(session))
    clock.advance(hours=1, milliseconds=milliseconds)
    assert may_claim(session, linked) == expected


def test_a_payment_begun_in_time_may_end_after_the_links_own_end(session: Session, clock: Clock) -> None:
    """V152, I31."""
    clock.set(portal_clock.now())
    linked = a_link(session, make.shop(session))
    clock.advance(minutes=59)
    key = make.payment(session, make.visit(session, linked))
    clock.advance(minutes=30)
    placed = placing.place_order(session, key, {"test": make.gateway(session)}, source="customer")
    assert placed.outcome == "placed"
