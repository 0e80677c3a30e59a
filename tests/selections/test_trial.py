"""A subscription that begins with a trial costs nothing at first, and its price in every period after it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Offer, OfferVersion
from sales_portal.catalog.queries import Trial
from sales_portal.core import clock
from sales_portal.selections.basket import read_basket
from tests import make
from tests.make import Shop


def test_the_quote_charges_nothing_for_the_first_period(session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    basket = read_basket(session, make.selection(session, shop, {plan: 3}))
    assert (basket.quote.items_amount, basket.quote.tax_amount, basket.quote.total_amount) == (0, 0, 0)
    row = basket.rows[0]
    assert (row.unit_amount, row.due_amount, row.trial) == (19_900, 0, Trial(14, "month", 1))
    assert not basket.blocks


def test_what_stands_beside_it_is_charged_in_full(session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    basket = read_basket(session, make.selection(session, shop, {plan: 1, shop.bag: 1}))
    assert [line.line_amount for line in basket.quote.lines] == [0, 31_000]
    assert basket.quote.total_amount == 31_000 + 5_900


def test_without_a_trial_the_first_period_is_charged(session: Session, shop: Shop) -> None:
    plan = make.offer(session, prices={shop.pricelist: 19_900})
    basket = read_basket(session, make.selection(session, shop, {plan: 1}))
    assert (basket.rows[0].trial, basket.quote.total_amount) == (None, 19_900)


def test_the_newest_version_decides_whether_there_is_one(session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    offer = session.scalars(select(Offer)).one()
    session.add(OfferVersion(offer_id=offer.id, public_id="v2", number=2, interval="year", created_at=clock.now()))
    session.flush()
    assert read_basket(session, make.selection(session, shop, {plan: 1})).quote.total_amount == 19_900


def test_a_special_price_is_that_of_the_periods_after_it(session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    selection = make.selection(session, shop)
    make.line(session, selection, plan, special_price=15_000)
    row = read_basket(session, selection).rows[0]
    assert (row.unit_amount, row.usual_amount, row.due_amount) == (15_000, 15_000, 0)


def test_a_plan_without_a_price_is_not_free(session: Session, shop: Shop) -> None:
    basket = read_basket(session, make.selection(session, shop, {make.offer(session, trial_days=14): 1}))
    assert (basket.rows[0].due_amount, basket.rows[0].line) == (None, None)
    assert [check.code for check in basket.blocks] == ["line.no_price"]


def test_a_fixed_discount_falls_on_what_is_charged_now(session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    discount = make.discount(session, fixed_amount=10_000, currency="SEK")
    selection = make.selection(session, shop, {plan: 1, shop.bag: 1}, discount=discount)
    assert [line.discount_amount for line in read_basket(session, selection).quote.lines] == [0, 10_000]
