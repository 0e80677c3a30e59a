"""Two browsers in one selection: what does not clash is merged, what does is chosen, and each sees the other (B29)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def pair(session: Session, shop: Shop, open_page: Callable[..., Page]) -> tuple[Agent, Agent]:
    """Maria and Erik in the builder of one selection with chairs and a bag."""
    draft: Selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, for_anyone=True)
    make.staff(session, "Erik Berg", site=shop.site, role="admin", email="erik@demo.example")
    session.commit()
    people = Agent(open_page()).comes_in(), Agent(open_page()).comes_in("erik@demo.example")
    for person in people:
        person.builds(draft.number)
    return people


def test_different_lines_are_both_kept_and_told(pair: tuple[Agent, Agent]) -> None:
    maria, erik = pair
    erik.page.keyboard.type("CAP-0001")
    erik.page.keyboard.press("Enter")
    erik.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    maria.page.locator(maria.quantity_of("Oak chair")).fill("5")
    # Her own save and the look every few seconds may tell it both.
    expect(maria.page.locator(".toast-text").first).to_have_text("Erik added Wool cap")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    expect(maria.page.locator(maria.quantity_of("Oak chair"))).to_have_value("5")


@pytest.mark.parametrize(("label", "kept"), [("Keep mine", "5"), ("Keep Erik Berg’s", "7")])
def test_the_same_field_is_chosen_and_nothing_else_is_touched(
        pair: tuple[Agent, Agent], label: str, kept: str) -> None:
    maria, erik = pair
    # Before her page looks again: afterwards she would have seen what he did.
    maria.page.route("**/state*", lambda route: route.abort())
    with erik.page.expect_response("**/quantity"):
        erik.page.locator(erik.quantity_of("Oak chair")).fill("7")
    chairs = maria.quantity_of("Oak chair")
    maria.page.locator(chairs).fill("5")
    dialog = maria.page.locator("#conflict-dialog")
    expect(dialog).to_contain_text("Erik Berg changed this while you were typing")
    expect(maria.page.locator(chairs)).to_have_value("5")
    assert accessibility_problems(maria.page) == []
    dialog.get_by_label(label).check(force=True)
    dialog.get_by_role("button", name="Save choices").click()
    expect(dialog).to_have_count(0)
    expect(maria.page.locator(chairs)).to_have_value(kept)
    maria.page.reload()
    expect(maria.page.locator(chairs)).to_have_value(kept)


def test_each_sees_that_the_other_is_there_and_what_they_write(pair: tuple[Agent, Agent]) -> None:
    maria, erik = pair
    with erik.page.expect_response("**/presence"):
        erik.page.evaluate("htmx.trigger(document.body, 'poll')")
    with erik.page.expect_response("**/notes"):
        erik.page.locator("#field-customer_note").fill("From Erik")
        erik.page.locator("h1").focus()
    maria.page.evaluate("htmx.trigger(document.body, 'poll')")
    expect(maria.page.locator("#selection-here")).to_contain_text("Erik is also here")
    expect(maria.page.locator("#field-customer_note")).to_have_value("From Erik")
    expect(maria.page.locator(".toast-text").first).to_have_text("Erik changed the selection")


def test_a_note_being_typed_is_not_replaced_and_asks_when_it_is_saved(pair: tuple[Agent, Agent]) -> None:
    maria, erik = pair
    maria.page.locator("#field-customer_note").focus()
    maria.page.evaluate("document.querySelector('#field-customer_note').value = 'Mine'")
    with erik.page.expect_response("**/notes"):
        erik.page.locator("#field-customer_note").fill("From Erik")
        erik.page.locator("h1").focus()
    with maria.page.expect_response("**/state*"):
        maria.page.evaluate("htmx.trigger(document.body, 'poll')")
    expect(maria.page.locator("#field-customer_note")).to_have_value("Mine")
    maria.page.keyboard.type("!")
    maria.page.locator("h1").focus()
    expect(maria.page.locator("#conflict-dialog")).to_contain_text("Keep mine")
    expect(maria.page.locator("#field-customer_note")).to_have_value("Mine!")


def test_what_clashed_stays_typed_and_marked_when_the_dialog_is_closed(pair: tuple[Agent, Agent]) -> None:
    """§7.7: nothing typed is discarded, by no swap either, and the choice can be made later."""
    maria, erik = pair
    maria.page.route("**/state*", lambda route: route.abort())
    with erik.page.expect_response("**/quantity"):
        erik.page.locator(erik.quantity_of("Oak chair")).fill("7")
    with erik.page.expect_response("**/notes"):
        erik.page.locator("#field-customer_note").fill("From Erik")
        erik.page.locator("h1").focus()
    chairs, note, dialog = (maria.page.locator(place) for place in (
        maria.quantity_of("Oak chair"), "#field-customer_note", "#conflict-dialog"))
    for field, text in ((chairs, "5"), (note, "Mine")):
        field.fill(text)
        maria.page.locator("h1").focus()
        expect(dialog).to_be_visible()
        maria.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    maria.page.unroute("**/state*")
    with maria.page.expect_response("**/quantity"):
        maria.page.locator(maria.quantity_of("Linen bag")).fill("3")
    expect(maria.page.locator("#lines tr", has_text="Linen bag")).to_contain_text("930,00")
    expect(chairs).to_have_value("5")
    expect(note).to_have_value("Mine")
    expect(maria.page.locator(".not-saved > span")).to_have_text(["Not saved: 5", "Not saved: Mine"])
    expect(maria.page.locator("#save-status")).to_have_text("Not saved. Try now")
    assert maria.page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))") is False
    for label, mark in (("Keep mine", 0), ("Keep Erik Berg’s", 0)):
        maria.page.locator(".not-saved button").nth(mark).click()
        dialog.get_by_label(label).check(force=True)
        dialog.get_by_role("button", name="Save choices").click()
        expect(dialog).to_have_count(0)
    expect(maria.page.locator(".not-saved")).to_have_count(0)
    expect(chairs).to_have_value("5")
    expect(note).to_have_value("From Erik")
    expect(maria.page.locator("#save-status")).to_contain_text("Saved")
    assert maria.page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))") is True


def test_a_line_removed_under_the_fingers_comes_back_with_what_was_typed(pair: tuple[Agent, Agent]) -> None:
    maria, erik = pair
    maria.page.route("**/state*", lambda route: route.abort())
    erik.page.get_by_role("button", name="Remove Oak chair").click()
    erik.sees_lines("Linen bag")
    maria.page.locator(maria.quantity_of("Oak chair")).fill("5")
    maria.sees_lines("Linen bag")
    toast = maria.page.locator(".toast", has_text="Erik removed Oak chair, natural.")
    expect(toast).to_be_visible()
    expect(maria.page.locator("#error")).to_be_empty()
    toast.get_by_role("button", name="Restore it with 5").click()
    maria.sees_lines("Oak chair, natural", "Linen bag")
    expect(toast).to_have_count(0)
    chairs = maria.quantity_of("Oak chair")
    expect(maria.page.locator(chairs)).to_have_value("5")
    maria.has_cursor_in(chairs)
