"""Undo, redo and the history in the builder, with and without htmx."""

from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def history(client: Client, selection: Selection, *, htmx: bool = False) -> Answer:
    """The history of `selection` as a page or as the drawer."""
    return cast(Answer, client.get(f"/selections/{selection.number}/history", htmx=htmx))


def test_undo_says_what_it_took_back_and_redo_does_it_again(maria: Client, draft: Selection) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    building.post(maria, draft, f"lines/{line}/quantity", htmx=True, quantity="3")
    undone = building.post(maria, draft, "undo", htmx=True)
    assert building.toasts(undone) == ["Undone: Oak chair, natural 2 → 3"]
    assert building.lines(undone) == [("Oak chair, natural", "2"), ("Linen bag", "1")]
    redone = building.post(maria, draft, "redo", htmx=True)
    assert building.toasts(redone) == ["Done again: Oak chair, natural 2 → 3"]
    assert building.lines(redone) == [("Oak chair, natural", "3"), ("Linen bag", "1")]


def test_without_script_the_page_comes_back_and_says_it(maria: Client, draft: Selection) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    building.post(maria, draft, f"lines/{line}/removal")
    answer = building.post(maria, draft, "undo")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/selections/{draft.number}")
    page = building.page(maria, draft)
    assert building.toasts(page) == ["Oak chair, natural removed.", "Undone: Oak chair, natural removed"]
    assert building.lines(page) == [("Oak chair, natural", "2"), ("Linen bag", "1")]


def test_a_note_comes_back_into_its_field(maria: Client, draft: Selection) -> None:
    for text in ("First", "Second"):
        building.post(maria, draft, "notes", htmx=True, customer_note=text, internal_note="")
    undone = building.post(maria, draft, "undo", htmx=True)
    assert undone.one("#field-customer_note").get_text(strip=True) == "First"


def test_the_buttons_say_whether_there_is_something_to_do(maria: Client, draft: Selection) -> None:
    def off(answer: Answer) -> list[bool]:
        return [answer.one(f"#{name}-button").get("aria-disabled") == "true" for name in ("undo", "redo")]

    assert off(building.page(maria, draft)) == [True, True]
    line = building.line_of(maria, draft, "Oak chair")
    assert off(building.post(maria, draft, f"lines/{line}/quantity", htmx=True, quantity="3")) == [False, True]
    assert off(building.post(maria, draft, "undo", htmx=True)) == [True, False]
    for verb, said in (("undo", "There is nothing more to undo."), ("redo", "Done again: Oak chair, natural 2 → 3"),
                       ("redo", "There is nothing to redo.")):
        assert building.toasts(building.post(maria, draft, verb, htmx=True)) == [said]


def test_another_persons_act_is_shown_before_it_can_be_undone(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    seen = draft.version
    erik = make.staff(session, "Erik Berg", site=shop.site)
    selections.add_line(session, draft, shop.cap.id, 1, by=erik.actor)
    session.commit()
    answer = building.post(maria, draft, "undo", htmx=True, version=str(seen))
    assert building.toasts(answer) == ["Erik Berg was quicker: Wool cap added. Press again to take that back too."]
    assert ("Wool cap", "1") in building.lines(answer)


@pytest.mark.parametrize(("is_allowed", "status"), [(False, 403), (True, 200)])
def test_undo_waives_no_tax_for_who_may_not(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, is_allowed: bool,
        status: int) -> None:
    role = make.role(session, "agent")
    if not is_allowed:
        role.grants[:] = [grant for grant in role.grants if grant.permission != Permission.LINK_IGNORE_TAX]
    person = make.staff(session, "Erik Berg", site=shop.site)
    draft = make.selection(session, shop, {shop.chair: 1}, agent=person)
    for is_waived in (True, False):
        selections.set_terms(session, draft, ignores_shipping=False, ignores_tax=is_waived, by=shop.agent.actor)
    session.commit()
    assert building.post(signed_in(person), draft, "undo", htmx=True).status_code == status
    session.expire_all()
    assert draft.ignores_tax is (status == 200)


def test_the_history_tells_who_did_what_and_leads_back(maria: Client, draft: Selection) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    building.post(maria, draft, f"lines/{line}/quantity", quantity="3")
    building.post(maria, draft, f"lines/{line}/removal")
    page = history(maria, draft)
    told = [" ".join(item.get_text(" ", strip=True).split()) for item in page.page.select("#versions > li")]
    assert [text.split(" Maria Lind")[0] for text in told] == [
        "Oak chair, natural removed Now", "Oak chair, natural 2 → 3", "Started"]
    form = page.page.select("#versions form")[0]
    assert maria.post(str(form["action"])).status_code == 303
    after = building.page(maria, draft)
    assert building.toasts(after)[-1] == "Back to: Oak chair, natural 2 → 3"
    assert building.lines(after)[0] == ("Oak chair, natural", "3")


def test_the_history_is_a_drawer_over_the_builder_with_the_same_entries(maria: Client, draft: Selection) -> None:
    building.post(maria, draft, "undo")
    whole, drawer = history(maria, draft), history(maria, draft, htmx=True)
    assert drawer.page.select("dialog.drawer")
    assert not drawer.page.select("html")
    assert whole.one("#versions").get_text() == drawer.one("#versions").get_text()


def test_the_history_of_an_untouched_selection_says_so(maria: Client, draft: Selection) -> None:
    assert "Nothing was changed yet." in history(maria, draft).words("main")
    assert maria.get(f"/selections/{draft.number}/history?before=x").status_code == 422


def test_who_may_only_look_sees_no_button(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, draft: Selection) -> None:
    auditor = signed_in(make.staff(session, "Ulla Ek", site=shop.site, role="auditor"))
    selections.set_notes(session, draft, label="x", by=shop.agent.actor)
    session.commit()
    for path in ("", "/history"):
        answer = cast(Answer, auditor.get(f"/selections/{draft.number}{path}"))
        assert not answer.page.select("#undo-button, #versions form")
