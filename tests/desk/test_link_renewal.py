"""Replacing a link and updating its offer at the desk: offered where it makes sense, told in words, done once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals.models import Approval
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop

SignedIn = Callable[[Staff], Client]


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna, whose selection has another cap since."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    selections.add_line(session, linked.link.selection, shop.cap.id, 1, by=shop.agent.actor)
    return linked


def selection_of(session: Session, linked: Linked) -> Selection:
    return session.get_one(Selection, linked.link.selection_id)


def newest(session: Session) -> CheckoutLink:
    session.rollback()
    return session.scalars(select(CheckoutLink).order_by(CheckoutLink.id.desc())).first() or pytest.fail("no link")


def words(answer: Answer, selector: str = "main") -> str:
    return answer.words(selector).replace("\u00a0", " ")


def test_the_strip_says_what_is_live_and_offers_to_show_what_was_changed(
        maria: Client, session: Session, made: Linked) -> None:
    """B27: editing after linking doesn't change the live link."""
    strip = building.page(maria, selection_of(session, made)).one("#selection-strip")
    said = " ".join(strip.get_text(" ").split())
    assert f"{made.link.number} shows version 1; you have changed it since. Your changes here don't change it." in said
    assert [link.get_text(strip=True) for link in strip.select(".alert-text .button:not(summary)")] == [
        "Update offer", "Replace link"]


def test_the_strip_offers_no_update_where_nothing_changed(maria: Client, session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    assert "Update offer" not in words(building.page(maria, selection_of(session, linked)), "#selection-strip")


@pytest.mark.parametrize("htmx", [False, True])
def test_replacing_says_what_it_does_and_leads_to_the_new_link(
        maria: Client, session: Session, made: Linked, htmx: bool) -> None:
    """A10: open the link, Replace link, Replace: three acts, and the new link is ready to be copied and sent."""
    shown = maria.get(f"/links/{made.link.number}/replacement", htmx=htmx)
    said = words(shown, "#replacement-dialog")
    assert "Anna Svensson can buy exactly these 2 items for 2 219,00 kr, once, until" in said
    assert f"{made.link.number} stops working, also for whoever has its checkout open." in said
    assert f"Where Anna opens {made.link.number}, there is a button that leads to the new one." in said
    answer = maria.submit(shown, "#replacement-dialog form", htmx=htmx)
    number = newest(session).number
    where = answer.headers["HX-Redirect" if htmx else "Location"]
    assert where == f"/selections/{selection_of(session, made).number}/link?made={number}"
    ready = maria.get(where)
    assert f"Link {number} is ready" in words(ready)
    assert ready.page.select("#link-sending-place")
    assert maria.get(f"/links/{made.link.number}").words("#link-status") == "Replaced"
    for link in (made.link.number, number):
        assert f"Maria Lind replaced {made.link.number} by {number}" in words(
            maria.get(f"/links/{link}"), "#link-timeline")


def test_the_same_press_twice_makes_one_link(maria: Client, session: Session, made: Linked) -> None:
    shown = maria.get(f"/links/{made.link.number}/replacement")
    answers = [maria.submit(shown, "#replacement-dialog form").location for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(session.scalars(select(CheckoutLink)).all()) == 2


def test_who_comes_second_is_told_who_was_first(maria: Client, session: Session, made: Linked) -> None:
    first, second = (maria.get(f"/links/{made.link.number}/replacement") for _ in range(2))
    maria.submit(first, "#replacement-dialog form")
    answer = maria.submit(second, "#replacement-dialog form")
    assert answer.status_code == 409
    assert f"{made.link.number} was replaced by {newest(session).number} already." in answer.words()
    assert maria.get(f"/links/{made.link.number}/replacement").status_code == 409


def test_a_dead_link_offers_its_replacement_where_resend_stood(maria: Client, session: Session, made: Linked) -> None:
    """B26, brief §3.11."""
    links.revoke_link(session, made.link, "", by=SYSTEM)
    shown = maria.get(f"/links/{made.link.number}")
    assert shown.words("#link-actions .button-primary") == "Replace link…"
    row = maria.get("/links").words("#link-list")
    assert "Replace link…" in row
    assert "Resend" not in row


@pytest.mark.parametrize("htmx", [False, True])
def test_updating_shows_the_change_and_keeps_the_address(
        maria: Client, session: Session, made: Linked, htmx: bool) -> None:
    shown = maria.get(f"/links/{made.link.number}/update", htmx=htmx)
    said = words(shown, "#update-dialog")
    assert "The total goes from 1 259,00 kr to 2 219,00 kr" in said
    assert "A payment that is under way ends as it began." in said
    answer = maria.submit(shown, "#update-dialog form", htmx=htmx)
    page = f"/links/{made.link.number}"
    assert answer.headers["HX-Redirect" if htmx else "Location"] == page
    after = maria.get(page)
    assert "Wool cap" in words(after, "#link-items")
    assert "1 259,00 kr → 2 219,00 kr" in words(after, "#link-timeline")
    before = maria.get(f"{page}/versions/1")
    assert "Wool cap" not in words(before)
    assert "1 259,00 kr" in words(before, "#version-totals")
    assert maria.get(f"{page}/versions/2").status_code == 404
    strip = words(building.page(maria, selection_of(session, made)), "#selection-strip")
    assert f"{made.link.number} is live with the version from" in strip


def test_an_update_looked_at_before_another_is_refused(maria: Client, session: Session, made: Linked) -> None:
    first, second = (maria.get(f"/links/{made.link.number}/update") for _ in range(2))
    maria.submit(first, "#update-dialog form")
    selections.set_notes(session, selection_of(session, made), customer_note="Hello", by=SYSTEM)
    session.commit()
    answer = maria.submit(second, "#update-dialog form")
    assert (answer.status_code, f"{made.link.number} was updated meanwhile." in answer.words()) == (409, True)


@pytest.mark.parametrize("act", ["update", "replacement"])
def test_a_selection_with_problems_says_what_to_fix_first(
        maria: Client, session: Session, made: Linked, shop: Shop, act: str) -> None:
    make.line(session, selection_of(session, made), make.product(session, "Stool"))
    shown = maria.get(f"/links/{made.link.number}/{act}")
    assert "No price in Retail SEK" in words(shown, "#renewal-checks")
    assert [button.get_text(strip=True) for button in shown.page.select(f"#{act}-dialog .button-primary")] == []
    assert maria.post(f"/links/{made.link.number}/{act}", data={"version": "1"}).status_code == 422
    assert len(session.scalars(select(CheckoutLink)).all()) == 1


@pytest.mark.parametrize(("act", "then"), [("update", "update"), ("replacement", "replace")])
def test_what_goes_further_is_asked_for_first(
        maria: Client, session: Session, made: Linked, shop: Shop, act: str, then: str) -> None:
    make.staff(session, "Erik Ek", site=shop.site, role="admin")
    shop.site.asks_for = ["ignore_tax"]
    selections.set_terms(session, selection_of(session, made), ignores_shipping=False, ignores_tax=True,
                         reason="Export", by=SYSTEM)
    page = f"/links/{made.link.number}"
    shown = maria.get(f"{page}/{act}")
    assert "Tax is not charged: this site asks for a yes." in words(shown, "#link-renewal")
    answer = maria.submit(shown, f"#{act}-dialog form", approval_message="For Oslo")
    assert answer.location == page
    assert f"Once it is approved you can {then} {made.link.number}." in words(maria.get(page), "#toasts")
    approval = session.scalars(select(Approval)).one()
    assert (approval.status, approval.wants_link, approval.message) == ("waiting", False, "For Oslo")
    assert session.get_one(CheckoutLink, made.link.id).offer_version == 1


@pytest.mark.parametrize("path", ["replacement", "update", "versions/1"])
def test_a_colleagues_link_is_not_found(
        signed_in: SignedIn, session: Session, shop: Shop, made: Linked, path: str) -> None:
    ben = signed_in(make.staff(session, "Ben Ek", site=shop.site))
    assert ben.get(f"/links/{made.link.number}/{path}").status_code == 404


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1"])
def test_a_version_that_is_none_updates_nothing(
        maria: Client, session: Session, made: Linked, version: str) -> None:
    answer = maria.post(f"/links/{made.link.number}/update", data={"version": version, "request_key": "k" * 500})
    assert answer.status_code == 409
    assert session.get_one(CheckoutLink, made.link.id).offer_version == 1


def test_old_versions_beyond_any_number_are_not_found(maria: Client, made: Linked) -> None:
    assert maria.get(f"/links/{made.link.number}/versions/{'9' * 30}").status_code == 404
