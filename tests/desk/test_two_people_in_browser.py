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
        person.page.goto(f"/selections/{draft.number}")
        person.has_cursor_in("#field-q")
    return people


def quantity(page: Page, title: str) -> str:
    """The selector of the quantity of the line called `title`."""
    return "#" + str(page.locator("#lines tr", has_text=title).locator(".stepper-input").get_attribute("id"))


def test_different_lines_are_both_kept_and_told(pair: tuple[Agent, Agent]) -> None:
    maria, erik = pair
    erik.page.keyboard.type("CAP-0001")
    erik.page.keyboard.press("Enter")
    erik.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    maria.page.locator(quantity(maria.page, "Oak chair")).fill("5")
    # Her own save and the look every few seconds may tell it both.
    expect(maria.page.locator(".toast-text").first).to_have_text("Erik added Wool cap")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    expect(maria.page.locator(quantity(maria.page, "Oak chair"))).to_have_value("5")


@pytest.mark.parametrize(("label", "kept"), [("Keep mine", "5"), ("Keep Erik Berg’s", "7")])
def test_the_same_field_is_chosen_and_nothing_else_is_touched(
        pair: tuple[Agent, Agent], label: str, kept: str) -> None:
    maria, erik = pair
    # Before her page looks again: afterwards she would have seen what he did.
    maria.page.route("**/state*", lambda route: route.abort())
    with erik.page.expect_response("**/quantity"):
        erik.page.locator(quantity(erik.page, "Oak chair")).fill("7")
    chairs = quantity(maria.page, "Oak chair")
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
