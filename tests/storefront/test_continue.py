"""*Continue*: the private copy, the cookie that holds it, and how both heal."""

from collections.abc import Callable

import pytest
from limits import parse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront.limits import CLAIMS
from sales_portal.web.extensions import limiter
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Enter

INNER = ("/details", "/delivery", "/payment", "/receipt")


def copies(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(CheckoutSession)) or 0


def test_it_makes_a_copy_sets_a_cookie_and_leads_to_the_next_page_under_the_same_address(
        session: Session, linked: Linked, client: Client) -> None:
    """C-22, C-18: the link leads to a checkout holding the products of the selection."""
    answer = client.submit(client.get(linked.path), "#offer-form")
    assert (answer.status_code, answer.location) == (303, f"{linked.path}/details")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-visit=")
    assert {part.strip() for part in cookie.split(";")[1:] if not part.strip().startswith("Expires")} == {
        "Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=86400"}
    token = cookie.split("=", 1)[1].split(";")[0]
    session.rollback()
    assert token not in session.scalars(select(VisitorSession.token_sha256)).one()
    assert copies(session) == 1
    assert session.get_one(CheckoutLink, linked.link.id).status == "active"


def test_over_plain_http_elsewhere_the_cookie_goes_without_prefix_and_secure(linked: Linked, client: Client) -> None:
    there = {"base_url": "http://shop.example"}
    answer = client.submit(client.get(linked.path, **there), "#offer-form")
    shown = client.get(linked.path, **there)
    token = shown.one("#offer-form [name=form_token]")["value"]
    answer = client.post(f"{linked.path}/visit", data={"form_token": token}, **there)
    assert answer.headers["Set-Cookie"].startswith("visit=")
    assert "Secure" not in answer.headers["Set-Cookie"]


def test_a_second_press_answers_the_same_copy(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    anna.go_on()
    assert copies(session) == 1


def test_it_takes_few_statements(linked: Linked, client: Client, statements: Counting) -> None:
    shown = client.get(linked.path)
    with statements(at_most=15):
        assert client.submit(shown, "#offer-form").status_code == 303


def test_a_second_device_gets_its_own_copy_and_none_of_the_first_ones_data(
        session: Session, linked: Linked, enter: Enter) -> None:
    """P174."""
    anna, bo = enter(linked), enter(linked)
    anna.give_details(name="Anna Hemlig", street="Tysta gatan 9")
    shown = bo.go_on()
    assert copies(session) == 2
    assert "Hemlig" not in shown.text
    assert "Tysta" not in shown.text


@pytest.mark.parametrize("page", INNER)
def test_an_inner_page_opened_elsewhere_is_the_first_page_without_personal_data(
        linked: Linked, enter: Enter, page: str) -> None:
    enter(linked).give_details()
    stranger = enter(linked)
    shown = stranger.look(page)
    assert stranger.where == ""
    assert "Storgatan 1, 111" not in shown.text
    assert "anna@" not in shown.text


def test_a_worn_out_copy_heals_from_the_link_with_everything_typed(
        session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    clock.set(clock.now())
    anna = enter(linked)
    anna.give_details(street="Tysta gatan 9")
    clock.advance(hours=23)
    assert "Tysta gatan 9" in anna.look("/details").text
    clock.advance(hours=2)
    assert anna.look("/details").status_code == 200
    assert anna.where == ""
    anna.go_on()
    assert anna.where in ("/details", "/delivery")


def test_details_typed_while_the_session_ran_out_are_kept(
        session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    clock.set(clock.now())
    anna = enter(linked)
    form = anna.go_on()
    clock.advance(hours=23, minutes=50)
    token = anna.look().one("#offer-form [name=form_token]")["value"]
    clock.advance(minutes=20)
    anna.client.delete_cookie("__Host-visit")
    anna.submit(form, "#details-form", **DETAILS, form_token=str(token))
    assert anna.where == "/delivery"
    assert "Storgatan 1" in anna.page.text


def test_a_mistake_typed_while_the_session_ran_out_is_shown_with_everything_typed(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    form = anna.go_on()
    anna.client.delete_cookie("__Host-visit")
    shown = anna.submit(form, "#details-form", **(DETAILS | {"postcode": "12"}))
    assert shown.status_code == 422
    assert shown.words("#field-postcode-error") == "12 is not a postcode in Sweden"
    assert shown.one("#field-street")["value"] == "Storgatan 1"


@pytest.mark.parametrize("path", ["/visit", "/details", "/delivery", "/payment", "/choice", "/lines/1/quantity"])
def test_a_dead_link_makes_no_copy(session: Session, linked: Linked, enter: Enter, path: str) -> None:
    anna = enter(linked)
    token = anna.look().one("#offer-form [name=form_token]")["value"]
    links.revoke_link(session, session.get_one(CheckoutLink, linked.link.id), "", by=SYSTEM)
    answer = anna.client.post(linked.path + path, data={"form_token": token, **DETAILS})
    assert (answer.status_code, answer.location) == (303, linked.path)
    assert "Set-Cookie" not in answer.headers
    assert copies(session) == 0


def test_copies_of_a_first_closes_link_live_on_after_the_first_order(
        session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), policy="first_closes")
    early, first, late = enter(linked), enter(linked), enter(linked)
    early.give_details()
    first.buy()
    assert first.where == "/receipt"
    assert late.look().status_code == 410
    early.buy()
    assert early.where == "/receipt"


def test_machines_may_look_and_press_as_often_as_they_like(
        session: Session, linked: Linked, open_client: Callable[[], Client]) -> None:
    scanner = {"User-Agent": "Mozilla/5.0 (compatible; Proofpoint URL scanner)"}
    for _ in range(5):
        machine = open_client()
        machine.head(linked.path, headers=scanner)
        token = machine.get(linked.path, headers=scanner).one("#offer-form [name=form_token]")["value"]
        machine.post(f"{linked.path}/visit", data={"form_token": token}, headers=scanner)
    session.rollback()
    link = session.get_one(CheckoutLink, linked.link.id)
    assert (link.status, link.orders_count) == ("active", 0)
    assert "link.opened" not in set(session.scalars(select(Event.name)))


def test_no_more_copies_of_one_link_are_made_than_anybody_needs(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    other = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    session.commit()
    page, other_page = client.get(linked.path), client.get(other.path)
    limiter.limiter.hit(parse(CLAIMS), "sales_portal.storefront.landing.visit", linked.public_id, cost=599)
    assert client.submit(page, "#offer-form").status_code == 303
    refused = client.submit(page, "#offer-form")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "Wait 1 hour and try again." in refused.text
    assert client.submit(other_page, "#offer-form").status_code == 303
