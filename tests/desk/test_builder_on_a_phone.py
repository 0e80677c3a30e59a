"""The builder where there is little room: menus, the sheet with the summary, and the way to what must be fixed."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk.test_link_dialog_in_browser import IN_SIGHT, PHONE
from tests.desk.test_records_in_browser import sign_in
from tests.harness.browser import accessibility_problems
from tests.make import Shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """A chair and a bag at a special price, for anyone."""
    made = make.selection(session, shop, {shop.chair: 2}, for_anyone=True)
    make.line(session, made, shop.bag, 1, special_price=25000, reason="Loyal since 2019")
    session.commit()
    return made


def test_the_menu_of_every_line_opens_in_sight_at_any_width(page: Page, shop: Shop, draft: Selection) -> None:
    sign_in(page, shop.agent.email).goto(f"/selections/{draft.number}")
    for width in (320, 360, 768, 820, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 740})
        for opener in page.locator("#lines [data-menu] > summary").all():
            opener.click()
            assert page.locator("#lines [data-menu][open] .menu-panel").evaluate(IN_SIGHT), width
            opener.click()


def test_the_menu_of_a_live_link_opens_in_sight_wherever_it_stands(
        page: Page, session: Session, shop: Shop, draft: Selection) -> None:
    """Above what comes after it, and above the bar at the bottom of a phone."""
    make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True))
    link = make.link(session, draft).link
    session.commit()
    sign_in(page, shop.agent.email)
    for path in (f"/selections/{draft.number}", f"/links/{link.number}", "/links", "/home"):
        page.goto(path)
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            for opener in page.locator(f"main [data-menu]:has(#acts-{link.number}) > summary:visible").all():
                opener.click()
                items = page.locator("[data-menu][open] .menu-item").all()
                assert len(items) > 3
                for shown in (page.locator("[data-menu][open] .menu-panel"), *items):
                    assert shown.evaluate(IN_SIGHT), (path, width, shown.inner_text())
                opener.click()


@pytest.mark.parametrize("place", ["selection-summary", "selection-charges", "selection-market", "selection-customer"])
def test_what_must_be_fixed_in_the_summary_opens_its_sheet_with_the_cursor_in_it(
        page: Page, shop: Shop, draft: Selection, place: str) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, shop.agent.email).goto(f"/selections/{draft.number}#{place}")
    expect(page.locator(f"#{place} :focus")).to_be_visible()
    expect(page.locator("[data-sheet]")).to_have_attribute("aria-expanded", "true")


def test_a_fix_leads_there_from_the_dialog_and_a_fragment_of_the_page_itself(
        page: Page, session: Session, shop: Shop, draft: Selection) -> None:
    page.set_viewport_size(PHONE)
    shop.pricelist.ends_at = draft.created_at
    session.commit()
    sign_in(page, shop.agent.email).goto(f"/selections/{draft.number}")
    page.locator("#link-button").click()
    page.locator("#link-checks a[href$='#selection-market']").click()
    expect(page.locator("#selection-market :focus")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#selection-market")).to_be_hidden()
    page.evaluate("""document.querySelector("h1").innerHTML = '<a href="#selection-market">Here</a>'""")
    page.get_by_role("link", name="Here").click()
    expect(page.locator("#selection-market :focus")).to_be_visible()


def test_the_promise_takes_two_lines_and_shows_the_rest_at_a_press(page: Page, shop: Shop, draft: Selection) -> None:
    """§3.9: below 768 px its first sentence, and a button that says there is more."""
    page.set_viewport_size(PHONE)
    sign_in(page, shop.agent.email).goto(f"/selections/{draft.number}")
    lines = "text => Math.round(text.getBoundingClientRect().height / parseFloat(getComputedStyle(text).lineHeight))"
    page.locator("#link-button").click()
    text, more, rest = (page.locator(f"#promise{part}") for part in (
        "-text", " button[aria-expanded]", " .promise-rest"))
    expect(text).to_be_visible()
    assert text.evaluate(lines) <= 2
    expect(rest).to_be_hidden()
    expect(more).to_have_accessible_name("Show all of it")
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(rest).to_be_visible()
    assert text.evaluate(lines) > 2
    more.click()
    expect(rest).to_be_hidden()
    assert accessibility_problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(rest).to_be_visible()
    expect(more).to_be_hidden()
