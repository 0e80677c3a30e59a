"""A deposit is a part of the total, rounded half up, and asked of nobody who could not pay it."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.links import deposits, promise, queries, replacing
from sales_portal.links.terms import LinkTerms
from sales_portal.selections import basket as baskets
from sales_portal.selections.models import Selection
from tests import make

TOTAL = 240_000


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


@pytest.fixture
def chairs(session: Session, shop: make.Shop) -> Selection:
    return make.selection(session, shop, {shop.chair: 2})


@pytest.mark.parametrize(("asked", "total", "part"), [
    ({}, 1000, None), ({"deposit_amount": 400}, 1000, 400), ({"deposit_amount": 1000}, 1000, None),
    ({"deposit_amount": 1001}, 1000, None), ({"deposit_amount": 1}, 0, None),
    ({"deposit_percent": 30_000}, 1000, 300), ({"deposit_percent": 33_333}, 1000, 333),
    ({"deposit_percent": 50_000}, 101, 51), ({"deposit_percent": 12_500}, 4, 1), ({"deposit_percent": 12_499}, 4, None),
    ({"deposit_percent": 99_999}, 1000, None), ({"deposit_percent": 99_999}, 100_000, 99_999)])
def test_what_is_paid_first(asked: dict[str, int], total: int, part: int | None) -> None:
    terms = LinkTerms(**asked)  # type: ignore[arg-type]
    assert deposits.deposit_of(terms, total, "SEK") == part
    assert deposits.due_now(terms, total, "SEK") == (total if part is None else part)


def test_what_is_paid_first_is_a_sum_that_can_be_paid() -> None:
    """M159."""
    assert deposits.due_now(LinkTerms(deposit_percent=33_333), 1000, "KWD") == 330


@pytest.mark.parametrize(("asked", "field"), [
    ({"deposit_amount": 0}, "deposit_amount"), ({"deposit_amount": TOTAL + 9900}, "deposit_amount"),
    ({"deposit_percent": 0}, "deposit_percent"), ({"deposit_percent": 100_000}, "deposit_percent"),
    ({"deposit_amount": 100, "payment_methods": ("invoice",)}, "deposit")])
def test_what_is_no_part_of_the_total_is_refused_by_its_field(
        session: Session, shop: make.Shop, chairs: Selection, asked: dict[str, Any], field: str) -> None:
    shop.site.payment_methods = "card invoice"
    with pytest.raises(Invalid) as refusal:
        make.link(session, chairs, **asked)
    assert refusal.value.field == field


def test_a_subscription_is_paid_whole(session: Session, shop: make.Shop) -> None:
    plan = make.offer(session, prices={shop.pricelist: 9900})
    chosen = make.selection(session, shop, {shop.chair: 1, plan: 1})
    with pytest.raises(Invalid, match="A subscription is paid whole") as refusal:
        make.link(session, chosen, deposit_amount=100)
    assert refusal.value.field == "deposit"


def test_nothing_is_asked_first_where_nothing_is_asked(session: Session, shop: make.Shop) -> None:
    free = make.selection(session, shop, {shop.bag: 1}, discount=make.discount(session, 100_000))
    with pytest.raises(Invalid):
        make.link(session, free, ignores_shipping=True, deposit_percent=50_000)


def test_the_promise_says_both_parts(session: Session, chairs: Selection) -> None:
    made = make.link(session, chairs, deposit_amount=100_000)
    rest = made.link.total_amount - 100_000
    said = promise.promise_of(made.link, "en", "UTC").text
    assert f"SEK\u00a01,000.00 is paid now and SEK\u00a0{rest / 100:,.2f} later." in said


def test_a_replacement_asks_the_same(session: Session, chairs: Selection) -> None:
    made = make.link(session, chairs, deposit_amount=100_000)
    session.expire_all()
    link = queries.get_link(session, made.link.number)
    assert link is not None
    newer = replacing.replace_link(session, link, baskets.read_basket(session, chairs), request_key="k",
                                   by=chairs.agent.actor)
    assert (newer.deposit_amount, newer.deposit_percent) == (100_000, None)


def test_in_another_currency_it_is_the_same_share(session: Session, chairs: Selection) -> None:
    link = make.link(session, chairs, deposit_amount=1, ignores_shipping=True).link
    link.deposit_amount, link.total_amount = 25_000, 100_000
    assert deposits.again(link, "SEK") == {"deposit_amount": 25_000, "deposit_percent": None}
    assert deposits.again(link, "EUR") == {"deposit_amount": None, "deposit_percent": 25_000}
