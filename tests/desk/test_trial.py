"""A trial at the desk: the line says what is free and what comes after, and the totals charge nothing for it."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sales_portal.catalog.queries import Trial
from sales_portal.web import formatting
from tests import make
from tests.desk import building
from tests.harness.app import Client
from tests.make import Shop

FREE = "14 days free, then 398,00 kr per month"


def test_builder_link_and_order_say_what_the_trial_is(maria: Client, session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 19_900})
    draft = make.selection(session, shop, {plan: 2})
    builder = building.page(maria, draft)
    assert FREE in builder.words("#lines tbody")
    assert builder.words("#lines td.cell-strong").endswith("0,00")
    assert "Customer pays 0,00 kr" in builder.words("#totals")
    linked = make.link(session, draft)
    shown = maria.get(f"/links/{linked.link.number}").words("#link-items")
    assert FREE in shown
    assert "Special price" not in shown
    order = make.order(session, linked)
    assert FREE in maria.get(f"/orders/{order.number}").words("#order-lines")


@pytest.mark.parametrize(("trial", "words"), [
    (Trial(14, "month", 1), "14 days free, then 199,00 kr per month"),
    (Trial(1, "year", 1), "1 day free, then 199,00 kr per year"),
    (Trial(30, "month", 3), "30 days free, then 199,00 kr every 3 months")])
def test_the_words_name_days_price_and_how_often(trial: Trial, words: str) -> None:
    with Flask(__name__).test_request_context():
        formatting.speak("sv-SE", "Europe/Stockholm")
        assert formatting.trial_words(trial, 19_900, "SEK").replace("\u00a0", " ") == words
