"""Extending, holding, opening again and revoking a link, and noting that it was copied."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.desk import rows
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop

SignedIn = Callable[[Staff], Client]


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna."""
    return make.link(session, make.selection(session, shop, {shop.chair: 1}))


def facts(session: Session, link: CheckoutLink, name: EventName) -> list[Event]:
    """The facts of one kind about a link."""
    return list(session.scalars(select(Event).where(
        Event.subject_type == "checkout_links", Event.subject_id == link.id, Event.name == name.value)
        .order_by(Event.id)))


def offered(answer: Answer) -> set[str]:
    """The acts the page offers, by the words on them."""
    return {element.get_text(strip=True) for element in answer.page.select("#link-actions :is(button, a)")}


MAKES_MORE = {"Replace link…", "Clone the selection"}
EVERYTHING = {"Send e-mail", "Extend by 7 days", "Extend by 30 days", "Put on hold", "Revoke…"} | MAKES_MORE
AGO = timedelta(days=3)
OFFERS = [
    ({}, EVERYTHING),
    ({"progress": "sent"}, EVERYTHING - {"Send e-mail"} | {"Resend"}),
    ({"starts_at": AGO}, EVERYTHING),
    ({"expires_at": None}, {"Send e-mail", "Put on hold", "Revoke…"} | MAKES_MORE),
    ({"paused_at": -AGO}, {"Open again", "Extend by 7 days", "Extend by 30 days", "Revoke…"} | MAKES_MORE),
    ({"status": "revoked", "revoked_at": -AGO}, MAKES_MORE),
    ({"created_at": -2 * AGO, "expires_at": -AGO}, MAKES_MORE),
    ({"status": "consumed", "consumed_at": -AGO}, {"Open selection", "Clone the selection"}),
]


@pytest.mark.parametrize(("values", "acts"), OFFERS)
def test_only_acts_that_make_sense_are_offered(
        maria: Client, session: Session, shop: Shop, values: dict[str, object], acts: set[str]) -> None:
    at = clock.now()
    dated = {name: at + value if isinstance(value, timedelta) else value for name, value in values.items()}
    link = rows.link(session, shop, make.selection(session, shop), **dated)
    answer = maria.get(f"/links/{link.number}")
    assert offered(answer) == acts
    assert len(answer.page.select("main .button-primary")) == 1


def test_a_paid_link_leads_to_its_order(maria: Client, session: Session, made: Linked) -> None:
    order = make.order(session, made)
    assert offered(maria.get(f"/links/{made.link.number}")) == {f"Open order {order.number}", "Clone the selection"}


@pytest.mark.parametrize("days", [7, 30])
@pytest.mark.parametrize("htmx", [False, True])
def test_extending_adds_days_to_the_end(
        maria: Client, session: Session, made: Linked, days: int, htmx: bool) -> None:
    before, page = made.link.expires_at, f"/links/{made.link.number}"
    answer = maria.post(f"{page}/extension", data={"days": str(days)}, htmx=htmx)
    assert answer.headers["HX-Redirect" if htmx else "Location"] == page
    session.refresh(made.link)
    assert made.link.expires_at == before + timedelta(days=days)
    assert "works until" in maria.get(page).words("#toasts")


@pytest.mark.parametrize("days", ["", "0", "-7", "8", "1.5", "10000000000", "x"])
def test_extending_by_anything_else_is_refused(maria: Client, session: Session, made: Linked, days: str) -> None:
    before = made.link.expires_at
    answer = maria.post(f"/links/{made.link.number}/extension", data={"days": days})
    assert answer.status_code == 422
    assert "Choose 7 or 30 days" in answer.words()
    session.refresh(made.link)
    assert made.link.expires_at == before


def test_a_link_without_end_cannot_be_extended(maria: Client, session: Session, shop: Shop) -> None:
    link = rows.link(session, shop, make.selection(session, shop), expires_at=None)
    assert maria.post(f"/links/{link.number}/extension", data={"days": "7"}).status_code == 422


def test_holding_and_opening_again(maria: Client, session: Session, made: Linked) -> None:
    page = f"/links/{made.link.number}"
    assert maria.post(f"{page}/pause").headers["Location"] == page
    assert maria.get(page).words("#link-status") == "Paused"
    assert maria.post(f"{page}/resumption").headers["Location"] == page
    assert maria.get(page).words("#link-status") == "Not sent"


def test_revoking_asks_for_a_reason_and_states_the_effect(maria: Client, made: Linked) -> None:
    answer = maria.get(f"/links/{made.link.number}/revocation")
    assert f"Revoke {made.link.number}?" in answer.words("#revocation-dialog")
    assert "Anna will see that it was withdrawn and can ask you for a new one." in answer.words("#revocation-dialog")
    assert answer.one("[name=shows_reason]").get("checked") is None
    assert answer.one("h1").get_text() == f"Revoke {made.link.number}?"


def test_asked_by_htmx_revoking_is_a_dialog_alone(maria: Client, made: Linked) -> None:
    answer = maria.get(f"/links/{made.link.number}/revocation", htmx=True)
    assert answer.one("dialog")["id"] == "revocation-dialog"
    assert answer.page.select("html, .rail") == []


@pytest.mark.parametrize("htmx", [False, True])
def test_revoking_ends_the_link_and_keeps_the_reason(
        maria: Client, session: Session, made: Linked, htmx: bool) -> None:
    page = f"/links/{made.link.number}"
    shown = maria.get(f"{page}/revocation", htmx=htmx)
    answer = maria.submit(shown, "#revocation-dialog form", htmx=htmx, reason="Wrong price")
    assert answer.headers["HX-Redirect" if htmx else "Location"] == page
    after = maria.get(page)
    assert after.words("#link-status") == "Revoked"
    assert "“Wrong price”" in after.words("#link-timeline")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_reason_that_is_too_long_shows_the_form_again_with_what_was_typed(
        maria: Client, session: Session, made: Linked, htmx: bool) -> None:
    reason = "x" * 301
    answer = maria.post(f"/links/{made.link.number}/revocation", data={"reason": reason, "shows_reason": "1"},
                        htmx=htmx)
    assert answer.status_code == 422
    assert "Use at most 300 characters" in answer.words(".error-summary")
    assert answer.one("[name=shows_reason]").has_attr("checked")
    assert answer.one("input[name=reason]")["value"] == reason
    session.refresh(made.link)
    assert made.link.status == "active"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_link_can_be_revoked_without_a_reason(
        maria: Client, session: Session, made: Linked, reason: str) -> None:
    """Brief §3.11: the reason is optional; where there is none, there is none to show."""
    maria.post(f"/links/{made.link.number}/revocation", data={"reason": reason, "shows_reason": "1"})
    session.refresh(made.link)
    assert (made.link.status, made.link.revoked_reason, made.link.shows_reason) == ("revoked", "", False)


@pytest.mark.parametrize(("most", "days"), [(None, [7, 30]), (40, [7]), (31, [])])
def test_a_link_is_offered_no_more_days_than_its_site_allows(
        maria: Client, session: Session, shop: Shop, most: int | None, days: list[int]) -> None:
    """Mission §3 row 18, B26: what would be refused is not offered."""
    shop.site.max_link_days = most
    link = rows.link(session, shop, make.selection(session, shop), expires_at=clock.now() + timedelta(days=30))
    buttons = maria.get(f"/links/{link.number}").page.select("#link-actions button[name=days]")
    assert [int(str(button["value"])) for button in buttons] == days


@pytest.mark.parametrize("act", ["revocation", "pause", "resumption", "extension", "sending"])
def test_an_ended_link_refuses_every_act_in_words(
        maria: Client, session: Session, shop: Shop, act: str) -> None:
    link = rows.link(session, shop, make.selection(session, shop), status="revoked", revoked_at=clock.now())
    typed = {"reason": "again", "days": "7", "to": "anna@example.com"}
    answer = maria.post(f"/links/{link.number}/{act}", data=typed)
    assert answer.status_code == 409
    assert f"{link.number} is revoked already. Create a new link from the selection instead." in answer.words()


def test_copying_is_noted_once_until_something_else_happens(maria: Client, session: Session, made: Linked) -> None:
    copies = f"/links/{made.link.number}/copies"
    assert maria.post(copies, htmx=True).status_code == 204
    assert maria.post(copies).headers["Location"] == f"/links/{made.link.number}"
    assert len(facts(session, made.link, EventName.LINK_COPIED)) == 1
    maria.post(f"/links/{made.link.number}/pause")
    maria.post(copies)
    assert len(facts(session, made.link, EventName.LINK_COPIED)) == 2


@pytest.mark.parametrize("act", ["revocation", "pause", "resumption", "extension", "sending", "copies"])
def test_acts_on_a_colleagues_link_are_not_found(
        signed_in: SignedIn, session: Session, shop: Shop, made: Linked, act: str) -> None:
    ben = make.staff(session, "Ben Ek", site=shop.site)
    answer = signed_in(ben).post(f"/links/{made.link.number}/{act}", data={"reason": "mine", "days": "7"})
    assert answer.status_code == 404
    session.refresh(made.link)
    assert (made.link.status, made.link.paused_at) == ("active", None)


def test_a_senior_agent_acts_on_links_of_the_team(
        signed_in: SignedIn, session: Session, shop: Shop, made: Linked) -> None:
    north = make.team(session)
    shop.agent.team_id = north.id
    senior = make.staff(session, "Siv", site=shop.site, role="senior_agent", team=north)
    assert signed_in(senior).post(f"/links/{made.link.number}/pause").status_code == 303


def test_a_link_of_a_disabled_colleague_stays_with_the_team(
        signed_in: SignedIn, session: Session, shop: Shop, made: Linked) -> None:
    north = make.team(session)
    shop.agent.team_id, shop.agent.is_active = north.id, False
    erik = make.staff(session, "Erik", site=shop.site, role="manager", team=north)
    assert signed_in(erik).get(f"/links/{made.link.number}").status_code == 200
