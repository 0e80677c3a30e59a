"""One link's page: what it promises, what it holds, who used it, and everything that happened to it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import service as approvals
from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links import service as links
from sales_portal.links.terms import default_terms
from sales_portal.orders import making
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import rows
from tests.desk.asking import cheap, erik
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Shop

__all__ = ["cheap", "erik"]

SignedIn = Callable[[Staff], Client]
HOSTILE = ('<script>alert("x")</script>', "<img src=x onerror=1>", "😀 \u202etxet", "O'Neill & \"Co\"")


def sentences(answer: Answer) -> list[str]:
    """What the timeline says, newest first."""
    entries = answer.page.select("#link-timeline .event p:first-child")
    return [" ".join(entry.get_text(" ").split()) for entry in entries]


def test_the_page_names_label_status_amount_and_customer(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}), label="Spring offer")
    answer = maria.get(f"/links/{made.link.number}")
    assert answer.one("h1").get_text() == made.link.number
    assert answer.words("title").startswith(f"{made.link.number} · Anna Svensson")
    assert answer.words("#link-status") == "Not sent"
    header = answer.words("#page-header")
    assert "Spring offer" in header
    facts = answer.words("#link-facts")
    assert "2 769,00" in facts
    assert "Anna Svensson" in facts


@pytest.mark.usefixtures("noon")
def test_the_promise_is_the_sentence_the_agent_read_before(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    promised = maria.get(f"/selections/{selection.number}/link").one("#promise").get_text()
    made = make.link(session, selection)
    shown = maria.get(f"/links/{made.link.number}").one("#link-promise").get_text()
    assert shown.split() == promised.split()


@pytest.mark.parametrize("terms", [
    {"changes": "pick_one"}, {"policy": "reusable", "max_orders": 3},
    {"changes": "more", "may_change_quantities": True},
    {"ignores_shipping": True, "expires_at": None}])
def test_the_promise_follows_the_terms(
        maria: Client, session: Session, shop: Shop, terms: dict[str, object]) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), **terms)
    words = maria.get(f"/links/{made.link.number}").words("#link-promise")
    expected = {"pick_one": "picks one of 2 products, from 369,00 kr to 1 259,00 kr, once",
                "reusable": "It can be paid up to 3 times.", "more": "can change quantities.",
                "ignores_shipping": "with no end."}
    assert next(said for key, said in expected.items() if key in (*terms, *terms.values())) in words


def test_the_address_is_there_to_copy_and_as_a_code(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    answer = maria.get(f"/links/{made.link.number}")
    assert str(answer.one("#link-url")["value"]).endswith(made.path)
    assert answer.one("#link-address .copy-row [data-copy]")["hx-post"] == f"/links/{made.link.number}/copies"
    code = maria.get(str(answer.one("#link-address .qr img")["src"]))
    assert (code.status_code, code.mimetype) == (200, "image/svg+xml")


def test_who_may_only_look_does_not_see_the_secret_address(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    auditor = make.staff(session, "Rita", site=shop.site, role="auditor")
    answer = signed_in(auditor).get(f"/links/{made.link.number}")
    assert made.token not in answer.get_data(as_text=True)
    assert "The address is shown to those who may send this link." in answer.words("#link-address")
    assert answer.page.select("#link-actions form, #link-actions a[href*=revocation]") == []


def test_the_page_shows_the_frozen_items_and_the_total_to_the_last_unit(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2})
    make.line(session, selection, shop.bag, 3, special_price=25050)
    made = make.link(session, selection)
    words = maria.get(f"/links/{made.link.number}").words("#link-items")
    for said in ("Oak chair, natural", "2 × 1 200,00", "2 400,00", "3 × 250,50", "751,50", "Special price, was 310,00",
                 "Shipping PostNord to the door 59,00", "Customer pays 3 210,50 kr"):
        assert said.replace("\u00a0", " ") in words.replace("\u00a0", " ")


def test_a_link_nobody_used_says_so(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    answer = maria.get(f"/links/{made.link.number}")
    assert "Not opened yet." in answer.words("#link-visits")
    assert "Nothing was paid with this link yet." in answer.words("#link-orders")
    assert "No mail was sent by the portal." in answer.words("#link-mails")


@pytest.mark.usefixtures("noon")
def test_a_link_that_went_through_everything_tells_it_in_order(
        maria: Client, session: Session, shop: Shop, clock: Clock) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    made = make.link(session, selection)
    link, by = made.link, shop.agent.actor
    links.mark_copied(session, link, by=by)
    history.record(session, EventName.LINK_SENT, link, by=by, to="anna@example.com")
    history.record(session, EventName.LINK_CHECKED_BY_MACHINE, link, by=history.SYSTEM)
    history.record(session, EventName.LINK_OPENED, link, by=history.CUSTOMER)
    history.record(session, EventName.LINK_OPENED, link, by=history.CUSTOMER)
    until = clock.now() + timedelta(days=60)
    links.extend_link(session, link, until, by=by)
    links.pause_link(session, link, by=by)
    links.resume_link(session, link, by=by)
    clock.advance(hours=4)
    order = make.order(session, made)
    making.mark_paid(session, order.id)
    told = sentences(maria.get(f"/links/{link.number}"))
    assert [re.sub("\u00a0", " ", line) for line in told] == [
        f"Paid 1 259,00 kr · order {order.number} · 4 hours after sending",
        f"Ordered for 1 259,00 kr · order {order.number}",
        "Filled in the details",
        "Continued to checkout",
        "Maria Lind opened the link again",
        "Maria Lind put the link on hold",
        f"Maria Lind extended the link to {until.day} {until:%b} {until.year}",
        "Opened · 2nd time",
        "Opened",
        "A machine checked the link (not counted)",
        "Maria Lind sent the link · to anna@example.com",
        "Maria Lind copied the link",
        f"Maria Lind created the link from {selection.number} v1 · exactly these items · once · "
        + told[-1].split(" · ")[-1],
    ]


def test_visits_and_orders_are_listed(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    order = make.order(session, made)
    answer = maria.get(f"/links/{made.link.number}")
    assert "Anna Svensson" in answer.words("#link-visits")
    assert answer.words("#link-visits .badge") == "Paid"
    assert answer.one("#link-orders a.row-main")["href"] == f"/orders/{order.number}"
    assert answer.words("#link-status") == "Paid"


def test_a_manager_reviews_what_happened_to_a_colleagues_link(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    north = make.team(session)
    shop.agent.team_id = north.id
    erik = make.staff(session, "Erik Berg", site=shop.site, role="manager", team=north)
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    manager = signed_in(erik)
    listed = manager.get(f"/links?agent={shop.agent.id}&q=anna")
    answer = manager.get(str(listed.one("#link-list a.row-main")["href"]))
    assert sentences(answer)[0].startswith("Maria Lind created the link from")
    assert made.link.number == answer.one("h1").get_text()


def test_a_link_that_took_a_yes_says_who_asked_for_what_and_who_gave_it(
        maria: Client, session: Session, shop: Shop, cheap: Selection, erik: Staff) -> None:
    refused = make.approval(session, cheap, message="First try")
    approvals.reject(session, refused, reason="No", person=erik)
    asked = make.approval(session, cheap, message="She buys for the office.")
    assert approvals.approve(session, asked, read_basket(session, cheap), comment="ok", person=erik)
    terms = default_terms(read_basket(session, cheap), clock.now())
    made = links.create_link(session, read_basket(session, cheap), terms, agent=shop.agent, request_key="asked",
                             by=shop.agent.actor)
    told = [text.replace("\xa0", " ") for text in sentences(maria.get(f"/links/{made.number}"))]
    assert told[1:] == [f"Erik Holm approved {asked.number} · after 0 min · “ok”",
                        f"Maria Lind asked for 20 % on Linen bag · {asked.number} · “She buys for the office.”"]
    plain = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    assert len(sentences(maria.get(f"/links/{plain.link.number}"))) == 1


def test_long_histories_are_paged(maria: Client, session: Session, shop: Shop) -> None:
    link = rows.link(session, shop, make.selection(session, shop))
    for _ in range(70):
        history.record(session, EventName.LINK_CHECKED_BY_MACHINE, link, by=history.SYSTEM)
    first = maria.get(f"/links/{link.number}")
    assert len(sentences(first)) == 50
    assert len(sentences(maria.get(str(first.one("#link-timeline a[rel=next]")["href"])))) == 20


@pytest.mark.parametrize("events", [1, 60])
def test_the_page_takes_the_same_statements_whatever_happened(
        maria: Client, session: Session, shop: Shop, statements: Counting, events: int) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1, shop.cap: 1}))
    for _ in range(events):
        history.record(session, EventName.LINK_OPENED, made.link, by=history.CUSTOMER)
    with statements(at_most=8):
        assert maria.get(f"/links/{made.link.number}").status_code == 200


@pytest.mark.parametrize("number", ["L-9999", "L-x", "2001", "L-2001'", "L-" + "9" * 30, "L-%00", "S-1001", "L-٢٠٠١"])
def test_a_number_that_is_no_link_is_not_found_in_words(maria: Client, number: str) -> None:
    answer = maria.get(f"/links/{number}")
    assert answer.status_code == 404
    assert "We can't find the link" in answer.words()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(maria: Client, session: Session, shop: Shop, text: str) -> None:
    customer = make.customer(session, text, country="SE")
    variant = make.product(session, text, prices={shop.pricelist: 1000}, stock={shop.warehouse: 3})
    selection = make.selection(session, shop, {variant: 1}, customer=customer, customer_note=text)
    made = make.link(session, selection, label=text, metadata={text[:40]: text})
    links.pause_link(session, made.link, by=history.Actor("staff", text))
    links.revoke_link(session, made.link, text, by=history.Actor("staff", text))
    answer = maria.get(f"/links/{made.link.number}")
    assert answer.page.select("main script, main img[onerror]") == []
    assert answer.words("main").count(" ".join(text.split())) >= 8
