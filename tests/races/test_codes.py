"""A discount code with two uses left, and more buyers than that at once: two orders have it, and no use is invented."""

from collections import Counter

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sales_portal.checkout import codes
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.pricing.models import Discount
from tests import make
from tests.harness.together import all_at_once

BUYERS, USES = 6, 2


def test_a_limited_code_is_used_as_often_as_it_may_be(
        portals_engine: Engine, session: Session, kept_shop: make.Shop) -> None:
    make.discount(session, 10000, code="TWICE", usage_limit=USES)
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}), policy="reusable",
                       allows_discount_codes=True)
    keys = []
    for _ in range(BUYERS):
        visit = make.visit(session, linked)
        codes.use_code(session, visit, linked.link, "TWICE")
        keys.append(make.payment(session, visit))
    session.commit()
    gateways = {"test": make.gateway(session)}

    def place(key: int) -> tuple[str, str]:
        with Session(portals_engine) as own:
            placed = placing.place_order(own, key, gateways, source="customer")
            return placed.outcome, placed.reason

    outcomes = Counter(all_at_once([lambda key=key: place(key) for key in keys]))
    assert outcomes == {("placed", ""): USES, ("lost", "discount_used_up"): BUYERS - USES}
    session.rollback()
    assert session.scalars(select(Discount.uses_count)).one() == USES
    assert session.scalar(select(func.count()).select_from(Order)) == USES
