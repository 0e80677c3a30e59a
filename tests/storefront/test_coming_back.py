"""Coming back: a link outlives its sessions, and what was typed is kept on the device it was typed on (§3 row 25)."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Customer, Enter

VISIT, AGAIN = "__Host-visit", "__Host-again"
INNER = ("/details", "/delivery", "/payment", "/receipt")


def a_day_later(customer: Customer, clock: Clock) -> None:
    """The session's cookie is gone from the browser, as its age says."""
    customer.client.delete_cookie(VISIT)
    clock.advance(hours=25)


@pytest.fixture
def anna(enter: Enter, linked: Linked, clock: Clock) -> Customer:
    """Anna, who typed everything and did not pay."""
    clock.set(clock.now())
    customer = enter(linked)
    customer.give_details(street="Tysta gatan 9")
    return customer


def test_an_ended_visit_becomes_a_new_one_with_everything_typed(
        session: Session, anna: Customer, clock: Clock) -> None:
    """P-02, brief §4.9: as long as the link itself is valid."""
    a_day_later(anna, clock)
    anna.go_on()
    assert anna.where == "/delivery"
    assert anna.page is not None
    assert "Tysta gatan 9" in anna.page.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutSession)) == 1


def test_until_continue_is_pressed_nothing_of_it_is_shown(anna: Customer, clock: Clock) -> None:
    """C07, C08: a GET heals nothing and tells nothing."""
    a_day_later(anna, clock)
    for page in ("", *INNER):
        shown = anna.look(page)
        assert anna.where == ""
        assert "Tysta gatan 9" not in shown.text
        assert DETAILS["email"] not in shown.text


@pytest.mark.parametrize("page", INNER)
def test_an_ended_checkout_says_so_on_the_first_page(anna: Customer, clock: Clock, page: str) -> None:
    a_day_later(anna, clock)
    assert anna.look(page).words("#ended") == (
        "That checkout has ended What you typed here is kept. Continue from this page.")


@pytest.mark.parametrize("page", INNER)
def test_an_address_pasted_elsewhere_says_so_and_goes_on_from_the_link(
        linked: Linked, enter: Enter, page: str) -> None:
    """P-16: whatever is shared leads to the link."""
    enter(linked).give_details()
    stranger = enter(linked)
    assert stranger.look(page).words("#ended") == (
        "That checkout has ended It was open for more than a day, or in another browser. Continue from this page.")
    stranger.go_on()
    assert stranger.where == "/details"
    assert stranger.page is not None
    assert stranger.page.one("#field-street")["value"] == ""


def test_an_ended_session_comes_back_under_a_new_token_and_the_old_one_is_dead(
        session: Session, anna: Customer, enter: Enter, clock: Clock) -> None:
    """P-02, T109: what was stolen with the old one opens nothing."""
    old = anna.client.cookie(AGAIN)
    assert old is not None
    a_day_later(anna, clock)
    anna.go_on()
    assert anna.client.cookie(VISIT) == anna.client.cookie(AGAIN) != old
    thief = enter(anna.linked)
    for name in (VISIT, AGAIN):
        thief.client.set_cookie(name, old, secure=True)
    assert "Tysta" not in thief.go_on().text


def test_a_living_session_is_not_taken_over_by_the_long_cookie(anna: Customer, enter: Enter) -> None:
    thief = enter(anna.linked)
    thief.client.set_cookie(AGAIN, anna.client.cookie(AGAIN) or "", secure=True)
    assert "Tysta" not in thief.go_on().text


def test_the_long_cookie_serves_its_own_link_alone(
        session: Session, shop: Shop, anna: Customer, enter: Enter, clock: Clock) -> None:
    other = make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True))
    a_day_later(anna, clock)
    there = enter(other)
    there.client.set_cookie(AGAIN, anna.client.cookie(AGAIN) or "", secure=True)
    there.go_on()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(VisitorSession)) == 2


def test_details_sent_after_the_end_heal_by_themselves(anna: Customer, clock: Clock) -> None:
    """Nobody types twice: the POST of a form that was open for too long is taken all the same."""
    form = anna.look("/details")
    clock.advance(hours=23)
    token = anna.look().one("#offer-form [name=form_token]")["value"]
    clock.advance(hours=2)
    anna.client.delete_cookie(VISIT)
    anna.submit(form, "#details-form", form_token=str(token), name="Anna Ny")
    assert anna.where == "/delivery"


def test_nobody_comes_back_to_a_link_that_ended(session: Session, anna: Customer, clock: Clock) -> None:
    a_day_later(anna, clock)
    session.rollback()
    link = session.get_one(CheckoutLink, anna.linked.link.id)
    link.expires_at = clock.now()
    session.commit()
    shown = anna.look("/details")
    assert (shown.status_code, shown.words("h1")[:15]) == (410, "This link ended")
    assert not shown.page.select("#ended")


def test_leaving_the_providers_page_loses_nothing(anna: Customer) -> None:
    """A-40."""
    anna.pay()
    back = anna.look()
    anna.submit(back, "#offer-form")
    assert anna.where == "/delivery"
    assert anna.page is not None
    assert "Tysta gatan 9" in anna.page.text
