"""What costs nothing is ordered without a payment, under the same conditions."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.links import service as links
from sales_portal.orders import placing
from sales_portal.orders.errors import NotFree, Unavailable
from tests import make


@pytest.fixture
def free(session: Session, kept_shop: make.Shop) -> make.Linked:
    """A link to a bag at a discount of all it costs."""
    chosen = make.selection(session, kept_shop, {kept_shop.bag: 1}, discount=make.discount(session, 100_000))
    return make.link(session, chosen, ignores_shipping=True)


def test_it_is_paid_at_once(session: Session, free: make.Linked) -> None:
    """V145: no provider is asked, and there is no payment only then."""
    order = placing.place_free_order(session, make.visit(session, free))
    session.commit()
    session.refresh(order)
    assert (order.total_amount, order.payment_id, order.status) == (0, None, "paid")


def test_an_offer_that_was_updated_is_looked_at_first(session: Session, free: make.Linked) -> None:
    visit = make.visit(session, free)
    free.link.offer_version += 1
    session.flush()
    with pytest.raises(Unavailable) as refusal:
        placing.place_free_order(session, visit)
    assert refusal.value.reason == "changed"


def test_a_link_that_was_withdrawn_orders_nothing(
        session: Session, kept_shop: make.Shop, free: make.Linked) -> None:
    visit = make.visit(session, free)
    links.revoke_link(session, free.link, "", by=kept_shop.agent.actor)
    with pytest.raises(Unavailable) as refusal:
        placing.place_free_order(session, visit)
    assert refusal.value.reason == "revoked"


def test_who_must_sign_in_orders_nothing_before(session: Session, kept_shop: make.Shop, free: make.Linked) -> None:
    visit = make.visit(session, free)
    kept_shop.site.requires_sign_in = True
    session.flush()
    with pytest.raises(Unavailable) as refusal:
        placing.place_free_order(session, visit)
    assert refusal.value.reason == "sign_in"


def test_what_costs_something_is_never_ordered_so(session: Session, kept_shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}))
    with pytest.raises(NotFree):
        placing.place_free_order(session, make.visit(session, linked))
