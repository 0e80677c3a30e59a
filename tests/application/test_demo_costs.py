"""The demo says what goods cost the shop, so that margins can be looked at, and why prices are lowered."""

from sqlalchemy.orm import Session

from sales_portal.application.demo import costs
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Price
from tests import make


def test_fixed_prices_have_a_cost_and_open_ones_none(session: Session) -> None:
    shop = make.shop(session)
    gift = make.product(session, "Tree fund", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10000, minimum=5000)
    costs.load_costs(session)
    session.expire_all()
    assert session.get_one(Price, (shop.pricelist.id, shop.chair.id)).cost_amount == 54000
    assert session.get_one(Price, (shop.pricelist.id, gift.id)).cost_amount is None


def test_there_are_reasons_to_choose_from(session: Session) -> None:
    costs.load_reasons(session)
    assert list(pricing.list_price_reasons(session)) == list(costs.REASONS)
