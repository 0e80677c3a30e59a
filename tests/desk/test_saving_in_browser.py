"""Saving in a real browser: what the status says, and that nothing is lost without network, server or session."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import StaffSession
from sales_portal.core import clock
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Two chairs, a bag at a special price and a cap, for anyone."""
    made = make.selection(session, shop, {shop.chair: 2}, for_anyone=True)
    make.line(session, made, shop.bag, 1, special_price=25000, reason="Loyal since 2019")
    make.line(session, made, shop.cap)
    session.commit()
    return made


@pytest.fixture
def plain(session: Session, shop: Shop) -> Selection:
    """Two chairs for Anna: nothing that anybody must approve."""
    made = make.selection(session, shop, {shop.chair: 2})
    session.commit()
    return made


@pytest.fixture
def maria(draft: Selection, page: Page) -> Agent:
    """Maria in the builder of `draft`."""
    return Agent(page).comes_in().builds(draft.number)


def pass_seconds(page: Page, while_: Callable[[], bool]) -> None:
    """Let seconds pass in the page, its answers arriving in between."""
    for _ in range(300):
        if not while_():
            return
        page.clock.run_for(1000)
        page.wait_for_timeout(50)


def record_status(page: Page) -> None:
    """Keep everything the save status says from now on."""
    page.evaluate("""() => { window.said = []; const status = document.querySelector("[data-save-status]");
        new MutationObserver(() => { const text = status.textContent.trim();
            if (text && text !== window.said.at(-1)) window.said.push(text); })
        .observe(status, {childList: true, subtree: true, characterData: true}); }""")


def test_a_removed_line_comes_back_by_keys_after_a_reload(maria: Agent, session: Session, draft: Selection) -> None:
    """B11."""
    page = maria.page
    page.get_by_role("button", name="Remove Linen bag").press("Enter")
    maria.sees_lines("Oak chair, natural", "Wool cap")
    page.reload()
    page.locator("h1").focus()
    page.keyboard.press("Control+z")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    expect(page.locator(".toast-text")).to_have_text("Undone: Linen bag removed")
    expect(page.locator("#lines tr", has_text="Linen bag")).to_contain_text("“Loyal since 2019”")
    expect(page.locator("#lines tr", has_text="Linen bag")).to_contain_text("250,00")
    page.keyboard.press("Control+Shift+Z")
    maria.sees_lines("Oak chair, natural", "Wool cap")


def test_keys_in_a_text_field_stay_the_fields_own(maria: Agent) -> None:
    page = maria.page
    page.get_by_role("button", name="Remove Wool cap").press("Enter")
    maria.sees_lines("Oak chair, natural", "Linen bag")
    page.locator("#field-customer_note").focus()
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    maria.sees_lines("Oak chair, natural", "Linen bag")


def test_the_history_opens_as_a_drawer_and_leads_back(maria: Agent) -> None:
    page = maria.page
    page.get_by_role("button", name="Remove Wool cap").press("Enter")
    maria.sees_lines("Oak chair, natural", "Linen bag")
    page.locator("#selection-more summary").click()
    page.get_by_role("link", name="History").click()
    expect(page.locator("#versions > li")).to_have_count(2)
    assert accessibility_problems(page) == []
    page.locator("#versions button").click()
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")


def test_the_status_speaks_in_order(maria: Agent) -> None:
    """C-11, A-36; B17."""
    page = maria.page
    answers: list[int] = [200, 500, 500, 500, 500, 200]
    page.clock.install()

    def answer(route: Route) -> None:
        if answers.pop(0) == 500:
            route.fulfill(status=500, body="")
        else:
            page.clock.run_for(500)
            route.continue_()

    record_status(page)
    page.route("**/quantity", answer)
    with page.expect_response("**/quantity"):
        page.locator(maria.quantity_of("Oak chair")).fill("3")
        page.clock.run_for(450)
    expect(page.locator("#save-status")).to_contain_text("Saved")
    page.locator(maria.quantity_of("Oak chair")).fill("4")
    page.clock.run_for(450)
    expect(page.locator("#save-status")).to_have_text("Not saved — retrying")
    pass_seconds(page, lambda: len(answers) > 1)
    expect(page.locator("#save-status")).to_have_text("Not saved. Try now")
    expect(page.locator(".not-saved")).to_contain_text("Not saved: 4")
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#save-status")).to_contain_text("Saved")
    said = [text[:5] + text[-8:] if text.startswith("Saved") else text for text in page.evaluate("window.said")]
    kept = [text for text in said if not text.startswith("Saved")]
    assert kept[:3] == ["Saving…", "Not saved — retrying", "Not saved. Try now"]
    assert answers == []


def test_an_answer_that_was_lost_adds_nothing_twice(maria: Agent, session: Session, draft: Selection) -> None:
    page, tries = maria.page, []

    def lose_the_first(route: Route) -> None:
        tries.append(route.fetch().status)
        if len(tries) == 1:
            route.fulfill(status=502, body="")
        else:
            route.continue_()

    page.route("**/lines", lose_the_first)
    page.keyboard.type("2*BAG-0001")
    page.keyboard.press("Enter")
    expect(page.locator("#lines tr", has_text="Linen bag")).to_have_count(2)
    expect(page.locator("#save-status")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("#lines .stepper-input")).to_have_count(4)
    assert len(tries) >= 2


def test_three_edits_without_network_are_sent_in_order(maria: Agent, session: Session, draft: Selection) -> None:
    """B31."""
    page, sent = maria.page, []
    page.context.set_offline(True)
    for title, number in (("Oak chair", "5"), ("Linen bag", "6")):
        page.locator(maria.quantity_of(title)).fill(number)
        expect(page.locator("#lines tr", has_text=title).locator(".not-saved")).to_contain_text(f"Not saved: {number}")
    page.locator("#field-customer_note").fill("As promised")
    page.locator("h1").focus()
    expect(page.locator("#selection-notes .not-saved")).to_contain_text("As promised")
    expect(page.locator("#offline")).to_contain_text("You're offline.")
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.context.set_offline(False)
    expect(page.locator(".not-saved")).to_have_count(0)
    expect(page.locator("#offline")).to_be_hidden()
    assert [url.rsplit("/", 1)[-1] for url in sent if "presence" not in url] == ["quantity", "quantity", "notes"]
    page.reload()
    for title, number in (("Oak chair", "5"), ("Linen bag", "6")):
        expect(page.locator(maria.quantity_of(title))).to_have_value(number)
    expect(page.locator("#field-customer_note")).to_have_value("As promised")


def test_a_link_that_failed_keeps_its_dialog_and_is_made_once(
        plain: Selection, maria: Agent, session: Session) -> None:
    """B32."""
    page, failures = maria.page, [True] * 4
    page.goto(f"/selections/{plain.number}")
    page.clock.install()
    page.locator("#link-button").click()
    page.locator("#field-label").fill("Anna – chairs")

    def answer(route: Route) -> None:
        if failures:
            failures.pop()
            route.fulfill(status=500, body='<div id="error">Code E-7F3K</div>')
        else:
            route.continue_()

    page.route("**/link", answer)
    page.get_by_role("button", name="Create and copy link").click()
    expect(page.locator(".dialog-error")).to_contain_text("Not saved — retrying")
    pass_seconds(page, lambda: bool(failures))
    expect(page.locator(".dialog-error")).to_contain_text("The link was not created. Nothing was sent. Code E-7F3K")
    expect(page.locator("#field-label")).to_have_value("Anna – chairs")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#link-url")).to_be_visible()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_what_is_typed_when_the_session_ends_is_saved_once(
        maria: Agent, session: Session, draft: Selection) -> None:
    """B30."""
    page = maria.page
    version = draft.version
    session.rollback()
    session.execute(update(StaffSession).values(ended_at=clock.now()))
    session.commit()
    page.locator("#field-customer_note").fill("Typed too late")
    page.locator("h1").focus()
    expect(page.locator("#log-in-dialog-title")).to_have_text("Log in to continue")
    maria.has_cursor_in("#log-in-dialog #field-email")
    page.keyboard.type("maria@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    with page.expect_response(lambda answer: answer.url.endswith("/notes") and answer.ok):
        page.keyboard.press("Enter")
    expect(page.locator("#log-in-dialog")).to_have_count(0)
    expect(page.locator("#save-status")).to_contain_text("Saved")
    expect(page.locator("#field-customer_note")).to_have_value("Typed too late")
    page.wait_for_timeout(300)
    session.expire_all()
    assert (draft.customer_note, draft.version) == ("Typed too late", version + 1)


def test_two_minutes_before_the_end_one_press_stays_logged_in(
        maria: Agent) -> None:
    page = maria.page
    page.clock.install()
    page.reload()
    expect(page.locator("#session-ends")).to_be_hidden()
    page.clock.fast_forward("11:58:30")
    expect(page.locator("#session-ends")).to_contain_text("You will be logged out in 2 minutes.")
    page.get_by_role("button", name="Stay logged in").click()
    expect(page.locator("#session-ends")).to_be_hidden()


def test_question_mark_lists_the_keys(maria: Agent) -> None:
    page = maria.page
    page.locator("h1").focus()
    page.keyboard.press("?")
    for said in ("Undo", "Redo", "Search for a product", "The main act of the page", "Next row"):
        expect(page.locator("#keys-dialog")).to_contain_text(said)


def test_the_builder_with_its_tools_fits_a_phone_and_axe_finds_nothing(maria: Agent) -> None:
    page = maria.page
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert accessibility_problems(page) == []
