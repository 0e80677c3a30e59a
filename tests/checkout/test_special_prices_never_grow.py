"""I28: whatever a customer does, what the agent priced by hand is never bought more often than the agent said."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.checkout import adding, pricing, service
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core.errors import Refusal
from tests import make
from tests.make import Linked, Shop

TERMS: dict[str, dict[str, Any]] = {
    "locked": {}, "pick one": {"changes": "pick_one"},
    "quantities": {"changes": "more", "may_change_quantities": True},
    "products": {"changes": "more", "may_add_products": True},
    "both": {"changes": "more", "may_change_quantities": True, "may_add_products": True, "max_per_line": 6}}
SPECIAL, SPECIAL_QUANTITY, SPECIAL_PRICE, USUAL_PRICE = 1, 2, 100_000, 120_000
WANTED = st.integers(-1, 8) | st.just(10**9)
LINE = st.sampled_from((SPECIAL, 2, 3, 501, 502, 1000))
VARIANT = st.sampled_from(("chair", "bag", "cap"))
ACTS = st.lists(st.one_of(
    st.tuples(st.just("quantity"), LINE, WANTED), st.tuples(st.just("pick"), LINE, st.just(0)),
    st.tuples(st.just("add"), VARIANT, st.just(0)), st.tuples(st.just("change"), VARIANT, WANTED),
    st.tuples(st.just("remove"), VARIANT, st.just(0))), min_size=1, max_size=8)


def _do(session: Session, shop: Shop, linked: Linked, visit: CheckoutSession, act: tuple[str, Any, int]) -> None:
    name, what, quantity = act
    variant_id: int = getattr(shop, what).id if isinstance(what, str) else 0
    doors: dict[str, Callable[[], object]] = {
        "quantity": lambda: service.set_quantity(session, visit, linked.link, what, quantity),
        "pick": lambda: service.pick(session, visit, linked.link, what),
        "add": lambda: adding.add(session, visit, linked.link, variant_id),
        "change": lambda: adding.set_quantity(session, visit, linked.link, variant_id, quantity),
        "remove": lambda: adding.remove(session, visit, linked.link, variant_id)}
    with suppress(Refusal):
        doors[name]()


def test_no_door_lets_a_special_price_grow(session: Session, kept_shop: Shop) -> None:
    """C-27, C-28, V140: raising, picking, adding the same product, and all of it in any order."""
    shop, links = kept_shop, {}
    for name, terms in TERMS.items():
        selection = make.selection(session, shop)
        make.line(session, selection, shop.chair, SPECIAL_QUANTITY, special_price=SPECIAL_PRICE)
        make.line(session, selection, shop.bag)
        links[name] = make.link(session, selection, **terms)

    @settings(max_examples=60, deadline=None)
    @given(name=st.sampled_from(sorted(TERMS)), acts=ACTS)
    def holds(name: str, acts: list[tuple[str, Any, int]]) -> None:
        visit = make.claim(session, links[name]).visit
        for act in acts:
            _do(session, shop, links[name], visit, act)
        session.flush()
        session.refresh(visit)
        chairs = [line for line in pricing.items_of(visit) if line.variant_id == shop.chair.id]
        cheap = [line for line in chairs if line.unit_amount < USUAL_PRICE]
        assert sum(line.quantity for line in cheap) <= SPECIAL_QUANTITY
        assert all(line.is_special_price and line.line_no == SPECIAL for line in cheap)
        offered = {line.line_no for line in pricing.items_of(visit) if not line.is_added}
        assert offered in ([{1}, {2}] if name == "pick one" else [{1, 2}])
        assert visit.total_amount == sum(line.line_amount for line in visit.lines)
        if name in ("locked", "pick one", "quantities"):
            assert adding.lines_of(visit) == []

    holds()
