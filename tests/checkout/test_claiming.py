"""The private copy a visitor gets of a link."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.links import service as links
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.state import LinkState
from sales_portal.pricing.models import Price
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def test_a_claim_copies_the_frozen_offer_with_its_total(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    session.get_one(Price, (shop.pricelist.id, shop.chair.id)).amount = 1
    claimed = make.claim(session, linked)
    assert claimed.is_new
    assert claimed.visit.total_amount == linked.link.total_amount
    assert [(line.title, line.quantity, line.line_amount) for line in claimed.visit.lines] == [
        ("Oak chair, natural", 2, 240_000), ("Linen bag", 1, 31_000), ("PostNord to the door", 1, 5_900)]
    assert linked.link.status == "active"
    assert linked.link.orders_count == 0


def test_the_same_visitor_gets_the_same_copy_and_another_one_their_own(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    first = make.claim(session, linked)
    again = make.claim(session, linked, first.visitor_token)
    other = make.claim(session, linked)
    assert again.visit.id == first.visit.id
    assert not again.is_new
    assert other.visit.id != first.visit.id
    assert other.visitor_token != first.visitor_token


def test_only_the_digest_of_the_visitors_cookie_is_stored(session: Session, shop: make.Shop) -> None:
    claimed = make.claim(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    stored = session.scalars(select(VisitorSession.token_sha256)).one()
    assert len(stored) == 64
    assert stored != claimed.visitor_token


def test_the_copy_starts_with_what_the_agent_prefilled(session: Session, shop: make.Shop) -> None:
    claimed = make.claim(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    assert (claimed.visit.email, claimed.visit.name, claimed.visit.country) == (
        "anna@example.com", "Anna Svensson", "SE")


@pytest.mark.parametrize("end", ["revoked", "expired", "paused", "scheduled"])
def test_a_link_that_is_not_open_makes_no_copy(session: Session, shop: make.Shop, clock: Clock, end: str) -> None:
    start = {"starts_at": clock.set(clock.now()).replace(year=clock.now().year + 1), "expires_at": None}
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **(start if end == "scheduled" else {}))
    by = shop.agent.actor
    {"revoked": lambda: links.revoke_link(session, linked.link, "", by=by),
     "expired": lambda: clock.advance(days=31),
     "paused": lambda: links.pause_link(session, linked.link, by=by),
     "scheduled": lambda: None}[end]()
    session.flush()
    with pytest.raises(LinkNotOpen) as refused:
        make.claim(session, linked)
    assert refused.value.details["state"] is LinkState(end)
    assert session.scalars(select(CheckoutSession)).all() == []


def test_a_copy_whose_day_is_over_wakes_up_with_what_was_typed(session: Session, shop: make.Shop, clock: Clock) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    claimed = make.claim(session, linked)
    claimed.visit.city = "Luleå"
    claimed.visit.status = "expired"
    session.flush()
    again = make.claim(session, linked, claimed.visitor_token)
    assert (again.visit.id, again.visit.status, again.visit.city) == (claimed.visit.id, "open", "Luleå")


def test_a_claim_takes_few_statements_whatever_the_number_of_lines(session: Session, shop: make.Shop) -> None:
    variants = [make.product(session, f"Product {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5})
                for number in range(60)]
    linked = make.link(session, make.selection(session, shop, dict.fromkeys(variants, 1)))
    sent = count_on(session, lambda: make.claim(session, linked))
    assert len(sent) <= 15, "\n".join(sent)
