"""Two people in one builder: what does not clash is merged and told, what does is asked, and nothing is lost (B29)."""

from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.history.service import SYSTEM
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture
def erik(session: Session, shop: Shop) -> Staff:
    """Another agent, who acts on the service directly."""
    return make.staff(session, "Erik Berg", site=shop.site, role="admin")


def state(client: Client, selection: Selection, version: int, here: str = "") -> Answer:
    """What the page is answered when it asks what is new."""
    return cast(Answer, client.get(f"/selections/{selection.number}/state?version={version}&here={here}", htmx=True))


def test_what_the_other_added_is_kept_and_told(
        maria: Client, session: Session, shop: Shop, draft: Selection, erik: Staff) -> None:
    chair, seen = building.line_of(maria, draft, "Oak chair"), draft.version
    selections.add_line(session, draft, shop.cap.id, 1, by=erik.actor)
    session.commit()
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="5", version=str(seen))
    assert building.toasts(answer) == ["Erik added Wool cap"]
    assert building.lines(answer) == [("Oak chair, natural", "5"), ("Linen bag", "1"), ("Wool cap", "1")]


def test_ones_own_acts_are_not_told(maria: Client, draft: Selection) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    for quantity in ("4", "5"):
        answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity=quantity, version="1")
        assert building.toasts(answer) == []


def test_many_acts_of_others_are_told_in_four_sentences(
        maria: Client, session: Session, shop: Shop, draft: Selection, erik: Staff) -> None:
    seen = draft.version
    for quantity in range(5, 10):
        selections.set_quantity(session, draft, building.line_of(maria, draft, "Linen bag"), quantity, by=erik.actor)
        session.commit()
    assert building.toasts(state(maria, draft, seen)) == [
        "2 more changes by others", *["Erik changed Linen bag"] * 3]


@pytest.mark.parametrize(("choice", "kept"), [(0, "4"), (1, "5")])
def test_either_value_can_be_chosen(
        maria: Client, session: Session, draft: Selection, erik: Staff, choice: int, kept: str) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    selections.set_quantity(session, draft, chair, 5, by=erik.actor)
    session.commit()
    clash = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="4", version="1")
    radios = clash.page.select("#choose-quantity input")
    assert [radio["value"] for radio in radios] == ["4", "5"]
    assert maria.submit(clash, "form", quantity=str(radios[choice]["value"])).status_code == 303
    assert ("Oak chair, natural", kept) in building.lines(building.page(maria, draft))


def test_two_notes_are_two_choices(maria: Client, session: Session, draft: Selection, erik: Staff) -> None:
    selections.set_notes(session, draft, customer_note="E1", internal_note="E2", by=erik.actor)
    session.commit()
    clash = building.post(maria, draft, "notes", htmx=True, customer_note="M1", internal_note="M2", version="1")
    assert len(clash.page.select("fieldset")) == 2
    assert maria.submit(clash, "form", customer_note="M1", internal_note="E2").status_code == 303
    session.expire_all()
    assert (draft.customer_note, draft.internal_note) == ("M1", "E2")


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Bo Ek"), ("theirs", "Cia Ek")])
def test_a_choice_that_is_no_field_of_its_own(
        maria: Client, session: Session, draft: Selection, erik: Staff, choice: str, kept: str) -> None:
    mine, theirs = make.customer(session, "Bo Ek"), make.customer(session, "Cia Ek")
    selections.set_customer(session, draft, theirs, by=erik.actor)
    session.commit()
    clash = building.post(maria, draft, "customer", htmx=True, customer=mine.number, version="1")
    assert "Keep mine Bo Ek Keep Erik Berg’s Cia Ek" in clash.words("fieldset")
    assert maria.submit(clash, "form", choice=choice).status_code == 303
    assert building.page(maria, draft).words("#selection-customer .card-title") == kept


def test_nothing_new_is_no_answer(maria: Client, draft: Selection) -> None:
    assert state(maria, draft, draft.version).status_code == 204


def test_the_page_learns_what_the_other_did_and_who_is_there(
        maria: Client, session: Session, shop: Shop, draft: Selection, erik: Staff, open_client: object,
        clock: Clock) -> None:
    seen, other = draft.version, cast(Client, open_client())  # type: ignore[operator]
    session.commit()
    other.sign_in(erik.email)
    assert building.post(other, draft, "presence").status_code == 204
    answer = state(maria, draft, seen)
    assert answer.words("#selection-here") == "EB Erik is also here"
    here = str(answer.one("#here-who")["value"])
    assert state(maria, draft, seen, here).status_code == 204
    selections.set_notes(session, draft, customer_note="From Erik", by=erik.actor)
    session.commit()
    answer = state(maria, draft, seen, here)
    assert answer.one("#field-customer_note").get_text(strip=True) == "From Erik"
    assert answer.one("#here-version")["value"] == str(seen + 1)
    clock.advance(seconds=60)
    assert state(maria, draft, seen + 1, here).words("#selection-here") == ""
    assert state(maria, draft, seen + 1).status_code == 204


def test_ones_own_presence_is_not_news(maria: Client, draft: Selection) -> None:
    for _ in range(2):
        assert building.post(maria, draft, "presence").status_code == 204
    assert state(maria, draft, draft.version).status_code == 204


def test_the_same_act_sent_twice_is_done_once(maria: Client, draft: Selection, shop: Shop) -> None:
    key = {"act_key": "a" * 32}
    for _ in range(2):
        answer = building.add(maria, draft, shop.cap.sku, **key)
        assert answer.status_code == 200
        assert ("Wool cap", "1") in building.lines(answer)
    assert ("Wool cap", "2") in building.lines(building.add(maria, draft, shop.cap.sku, act_key="b" * 32))


def test_an_act_that_was_refused_can_be_sent_again_with_its_key(maria: Client, draft: Selection, shop: Shop) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    for quantity, status in (("x", 422), ("4", 200)):
        answer = building.post(maria, draft, f"lines/{line}/quantity", htmx=True, quantity=quantity, act_key="k")
        assert answer.status_code == status


def test_what_was_archived_meanwhile_is_restored_with_the_change(
        maria: Client, session: Session, draft: Selection, erik: Staff) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    selections.archive_selection(session, draft, by=erik.actor)
    session.commit()
    closed = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="4", version="1")
    assert (closed.status_code, closed.headers["HX-Retarget"]) == (409, "#dialog")
    assert closed.words("h2") == f"Erik Berg archived {draft.number}"
    assert maria.submit(closed, "form").status_code == 303
    page = building.page(maria, draft)
    assert page.words("#selection-status") == "Draft"
    assert ("Oak chair, natural", "4") in building.lines(page)


def test_what_was_paid_meanwhile_leads_to_its_order(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """B29."""
    order = make.order(session, make.link(session, draft))
    assert draft.status == "won" or not selections.mark_won(session, draft.id, by=SYSTEM)
    closed = building.post(maria, draft, "notes", htmx=True, customer_note="Late", internal_note="")
    assert closed.status_code == 409
    assert closed.words("h2").startswith("Anna paid ")
    assert closed.one(".dialog-foot a")["href"] == f"/orders/{order.number}"


def test_a_selection_is_put_away_and_taken_out_again(maria: Client, draft: Selection) -> None:
    assert building.post(maria, draft, "archive").status_code == 303
    page = building.page(maria, draft)
    assert page.words("#selection-status") == "Archived"
    assert not page.page.select("#undo-button")
    assert building.post(maria, draft, "restoration").status_code == 303
    assert building.page(maria, draft).words("#selection-status") == "Draft"
