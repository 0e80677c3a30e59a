"""Leaving a field in a real browser: what it says, where the cursor is, and when nothing is asked."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def shop(session: Session) -> Shop:
    """Maria's shop."""
    return make.shop(session)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asked `/validate`, with the query."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "validate" in request.url else None)
    return found


def test_a_mistyped_e_mail_is_asked_about_beside_it_and_taken_with_one_click(
        session: Session, shop: Shop, page: Page, asked: list[str]) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    session.commit()
    maria = Agent(page).comes_in()
    page.goto(f"/selections/{draft.number}")
    page.locator("#field-customer").fill("bo@gmial")
    page.locator("#field-customer").press("Enter")
    maria.has_cursor_in("#field-email")
    page.keyboard.press("Tab")
    assert asked == []
    page.locator("#field-email").fill("bo@gmial.com")
    page.keyboard.press("Tab")
    check = page.locator("#field-email-check")
    expect(check).to_have_text("Did you mean bo@gmail.com?")
    maria.has_cursor_in("#field-phone")
    assert accessibility_problems(page) == []
    page.get_by_role("button", name="bo@gmail.com").click()
    expect(page.locator("#field-email")).to_have_value("bo@gmail.com")
    expect(check).to_have_text("")
    maria.has_cursor_in("#field-email")
    page.locator("#field-email").fill("bo@")
    page.keyboard.press("Tab")
    expect(check).to_have_text("Enter an e-mail address like name@example.com")
    expect(page.locator("#field-email")).to_have_attribute("aria-invalid", "true")
    count = len(asked)
    page.locator("#field-email").fill("")
    page.keyboard.press("Tab")
    expect(check).to_have_text("")
    expect(page.locator("#field-email")).not_to_have_attribute("aria-invalid", "true")
    maria.has_cursor_in("#field-phone")
    assert len(asked) == count


def test_a_code_is_judged_when_it_is_left_and_by_the_button_alone_when_that_is_pressed(
        session: Session, shop: Shop, page: Page, asked: list[str]) -> None:
    draft = make.selection(session, shop, {shop.chair: 1}, for_anyone=True)
    make.discount(session, code="SUMMER10")
    session.commit()
    Agent(page).comes_in()
    page.goto(f"/selections/{draft.number}")
    page.locator("#field-code").fill("SUMER10")
    page.keyboard.press("Tab")
    expect(page.locator("#field-code-check")).to_have_text(
        "There is no discount with this code. Check how it is written")
    assert len(asked) == 1
    page.locator("#field-code").fill("SUMMER10")
    page.get_by_role("button", name="Add discount").click()
    expect(page.locator(".given")).to_contain_text("SUMMER10")
    expect(page.locator("#field-code")).to_have_value("")
    expect(page.locator("#field-code-check")).to_have_text("")
    assert len(asked) == 1
