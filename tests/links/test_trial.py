"""A link to a subscription that begins with a trial keeps nothing to pay now and the price of a period."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.catalog.models import OfferVersion
from sales_portal.links.models import CheckoutLinkLine
from sales_portal.pricing.models import Price
from tests import make


def test_the_link_freezes_what_is_due_now_and_what_a_period_costs(session: Session) -> None:
    shop = make.shop(session)
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    linked = make.link(session, make.selection(session, shop, {plan: 1, shop.bag: 1}), ignores_shipping=True)
    session.get_one(Price, (shop.pricelist.id, plan.id)).amount = 99_900
    session.execute(update(OfferVersion).values(trial_days=0))
    lines = session.scalars(select(CheckoutLinkLine).order_by(CheckoutLinkLine.line_no)).all()
    assert [(line.unit_amount, line.list_amount) for line in lines] == [(0, 19_900), (31_000, 31_000)]
    assert (linked.link.total_amount, linked.link.totals["items"]) == (31_000, 31_000)


def test_picking_one_starts_at_nothing(session: Session) -> None:
    shop = make.shop(session)
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    linked = make.link(session, make.selection(session, shop, {plan: 1, shop.bag: 1}), changes="pick_one")
    assert linked.link.totals["choices"] == [0, 31_000 + 5_900]
