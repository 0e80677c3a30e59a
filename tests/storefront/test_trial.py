"""A trial on the public pages: said in words, nothing to pay now, and an order all the same."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders.models import Order, Subscription
from tests import make
from tests.make import Shop
from tests.storefront.walking import Enter

FREE = "14 days free, then 199,00 kr per month"


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop."""
    return kept_shop


def test_a_trial_is_bought_without_a_payment(session: Session, shop: Shop, enter: Enter) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    anna = enter(make.link(session, make.selection(session, shop, {plan: 1})))
    landing = anna.look()
    assert landing.words("#landing-lines").endswith(f"Care plan 1 · {FREE} 0,00")
    assert landing.words("#continue") == "Continue — nothing to pay"
    assert landing.page.select("#landing-lines del") == []
    shown = anna.go_on()
    assert f"Care plan: {FREE}." in shown.words("#delivery-sum")
    anna.submit(shown, "#pay-form")
    assert anna.where == "/receipt"
    assert anna.page is not None
    assert FREE in anna.page.words("#bought")
    assert session.scalars(select(Order)).one().total_amount == 0
    assert session.scalars(select(Subscription)).one().status == "trialing"


def test_the_words_count_the_pieces(session: Session, shop: Shop, enter: Enter) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    draft = make.selection(session, shop, {plan: 3})
    anna = enter(make.link(session, draft, changes="more", may_change_quantities=True))
    assert "3 · 14 days free, then 597,00 kr per month" in anna.look().words("#landing-lines")


def test_what_stands_beside_a_trial_is_paid(session: Session, shop: Shop, enter: Enter) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    anna = enter(make.link(session, make.selection(session, shop, {plan: 1, shop.bag: 1}), ignores_shipping=True))
    assert anna.look().words("#continue") == "Continue to payment — 310,00 kr"


def test_a_choice_between_products_names_the_trial(session: Session, shop: Shop, enter: Enter) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    anna = enter(make.link(session, make.selection(session, shop, {plan: 1, shop.bag: 1}), changes="pick_one"))
    assert FREE in anna.look().words("#landing-lines")


def test_without_a_trial_nothing_is_said_of_one(session: Session, shop: Shop, enter: Enter) -> None:
    plan = make.offer(session, prices={shop.pricelist: 19_900})
    words = enter(make.link(session, make.selection(session, shop, {plan: 1}))).look().words("#landing-lines")
    assert words.endswith("Care plan 1 × 199,00 199,00")
