"""The one search box in a real browser: typed into, picked from, scanned into, and where the cursor is after it."""

import re

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session

from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


def test_arrows_and_enter_add_and_the_cursor_stays_in_the_empty_search(maria: Agent) -> None:
    """B06, C-10: roles and states of the combobox; each option is read with price and stock."""
    page = maria.page
    maria.has_cursor_in("#field-q")
    page.keyboard.type("oak")
    options = page.get_by_role("listbox", name="Products").get_by_role("option")
    expect(options).to_have_count(2)
    expect(page.get_by_role("combobox", name="Add a product")).to_have_attribute("aria-controls", "product-results")
    expect(options.first).to_have_accessible_name(re.compile(r"Oak chair, natural TSH-0042 1.200,00.kr 14 in stock"))
    assert accessibility_problems(page) == []
    expect(page.locator("#field-q")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#field-q")).to_have_attribute("aria-activedescendant", "option-4")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Oak table")
    maria.has_cursor_in("#field-q")
    expect(page.locator("#field-q")).to_have_value("")
    expect(page.locator(".toast-text")).to_have_text("Oak table added.")
    assert maria.kept_focus()


def test_what_matches_nothing_stays_typed_and_says_why(maria: Agent) -> None:
    maria.page.keyboard.type("zzz")
    maria.page.keyboard.press("Enter")
    expect(maria.page.locator("#product-results")).to_have_text(
        "No product matches “zzz” in Retail SEK. Check the spelling or try the SKU.")
    expect(maria.page.locator("#field-q")).to_have_value("zzz")
    maria.has_cursor_in("#field-q")


def test_an_answer_that_is_there_before_the_search_would_begin_is_not_searched_for_again(
        maria: Agent, session: Session, shop: Shop) -> None:
    """What was moved to would be lost, and what was chosen called off."""
    make.product(session, "Oak lamp", sku="LAMP", stock={shop.warehouse: 5})
    session.commit()
    page, asked = maria.page, []
    page.keyboard.type("LAMP")
    with page.expect_response(lambda response: response.request.method == "POST") as slow:
        page.keyboard.press("Enter")
    told = slow.value
    answer = {"status": told.status, "headers": told.headers, "body": told.body()}
    page.route("**/lines", lambda route: route.fulfill(**answer))
    page.on("request", lambda request: asked.append(request.method) if "/products" in request.url else None)
    page.locator("#field-q").fill("")
    page.keyboard.type("LAMP")
    page.keyboard.press("Enter")
    expect(page.locator("#product-results .option-reason")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    expect(page.locator("#product-results [role=option]")).to_have_attribute("aria-selected", "true")
    assert asked == []
    page.keyboard.type(" X")
    expect(page.locator("#product-results")).to_contain_text("No product")
    assert asked == ["GET"], "what is typed after it is searched for"


def test_a_switch_for_a_product_without_a_price_is_shown_first_and_leaves_the_text_to_press_enter_on(
        maria: Agent, session: Session, shop: Shop) -> None:
    """Brief §3.2 and §3.5: from Enter on its code to the way out, the table of what changes, and the line."""
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    for variant in (shop.chair, shop.bag):
        make.price(session, vip, variant, 100)
    make.product(session, "Oak lamp", sku="LAMP", prices={vip: 100}, stock={shop.warehouse: 5})
    session.commit()
    page = maria.page
    page.keyboard.type("3*LAMP")
    page.keyboard.press("Enter")
    expect(page.locator("#product-results .option-reason")).to_have_text(
        "No price in Retail SEK — give a special price or switch to VIP SEK")
    expect(page.locator("#field-q")).to_have_value("3*LAMP")
    maria.has_cursor_in("#field-q")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    maria.has_cursor_in("#ways-out-title")
    page.keyboard.press("Escape")
    maria.has_cursor_in("#field-q")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    maria.has_cursor_in("#ways-out-title")
    page.get_by_role("link", name="Switch to VIP SEK").click()
    maria.has_cursor_in("#switch-title")
    expect(page.locator("#field-pricelist option:checked")).to_have_text("Retail SEK")
    page.get_by_role("button", name="Switch prices").click()
    maria.has_cursor_in("#field-q")
    expect(page.locator("#field-q")).to_have_value("3*LAMP")
    expect(page.locator("#ways-out, #switch")).to_have_count(0)
    page.keyboard.press("Enter")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Oak lamp")
    expect(page.locator(maria.quantity_of("Oak lamp"))).to_have_value("3")
    assert maria.kept_focus()


def test_several_matches_open_the_list_to_choose_from(maria: Agent) -> None:
    maria.page.keyboard.type("2*oak")
    maria.page.keyboard.press("Enter")
    # The list is there from typing already; what Enter says to it comes with a list of its own.
    expect(maria.page.locator("#product-results")).to_have_attribute(
        "data-status", "2 products match “oak”. Choose one.")
    expect(maria.page.locator("#product-results [role=option]")).to_have_count(2)
    maria.page.keyboard.press("ArrowDown")
    maria.page.keyboard.press("ArrowDown")
    maria.page.keyboard.press("Enter")
    expect(maria.page.locator(maria.quantity_of("Oak table"))).to_have_value("2")


def test_b03_typing_on_never_shows_what_an_older_query_found(maria: Agent) -> None:
    page = maria.page

    def late(route: Route) -> None:
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/products?q=oa*chair*", late)
    with page.expect_request("**/products?q=oa*chair*"):
        page.keyboard.type("oak chair")
    page.locator("#field-q").fill("linen")
    expect(page.locator("#product-results .option-title")).to_have_text("Linen bag")
    page.wait_for_timeout(2000)
    expect(page.locator("#product-results .option-title")).to_have_text("Linen bag")


def test_b04_a_row_shows_the_price_of_the_market_that_was_switched_to(maria: Agent) -> None:
    page = maria.page
    page.keyboard.type("table")
    option = page.locator("#product-results [role=option]")
    expect(option).to_contain_text(re.compile(r"4.500,00.kr"))
    page.keyboard.press("Escape")
    page.locator("#field-market").select_option(label="Norway")
    page.get_by_role("button", name="Switch prices").click()
    expect(page.locator("#field-pricelist")).to_have_text("Retail NOK")
    page.locator("#field-q").fill("tabl")
    expect(option).to_contain_text(re.compile(r"3.900,00"))
    expect(option).to_contain_text("3 in stock")


def test_b05_a_whole_sku_and_enter_add_without_arrows(maria: Agent) -> None:
    for typed in ("CAP-0001", "3*TAB-0001"):
        maria.page.keyboard.type(typed)
        maria.page.keyboard.press("Enter")
        expect(maria.page.locator("#field-q")).to_have_value("")
        maria.has_cursor_in("#field-q")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap", "Oak table")
    expect(maria.page.locator(maria.quantity_of("Oak table"))).to_have_value("3")


SCAN = """keys => { for (const key of keys) document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""
SILENT_SPEAKER = """window.tones = 0;
window.AudioContext = class {
    currentTime = 0;
    createOscillator() { return { frequency: {}, connect() {}, start() { window.tones += 1; }, stop() {} }; }
    createGain() { return { gain: {}, connect() {} }; }
};"""


@pytest.mark.parametrize("is_on", [True, False])
def test_an_unknown_scan_sounds_where_sounds_are_on_and_nothing_else_does(
        maria: Agent, session: Session, shop: Shop, is_on: bool) -> None:
    """Brief §3.2: what is typed, and what is scanned and known, is silent."""
    shop.agent.preferences = {"sounds": is_on}
    session.commit()
    page, results = maria.page, maria.page.locator("#product-results")
    page.add_init_script(SILENT_SPEAKER)
    page.reload()
    maria.has_cursor_in("#field-q")
    page.keyboard.type("NOPE-1", delay=60)
    page.keyboard.press("Enter")
    expect(results).to_contain_text("No product matches “NOPE-1”")
    page.locator("#field-q").fill("")
    page.locator("h1").focus()
    page.evaluate(SCAN, [*"7350001000428", "Enter"])
    expect(page.locator(maria.quantity_of("Oak chair"))).to_have_value("3")
    assert page.evaluate("tones") == 0
    page.locator("h1").focus()
    page.evaluate(SCAN, [*"9999999999999", "Enter"])
    expect(results).to_contain_text("No product matches “9999999999999”")
    assert page.evaluate("tones") == (1 if is_on else 0)
    # The next one is read with the cursor in the search, where the scanner types.
    page.locator("#field-q").fill("8888888888888")
    page.evaluate(SCAN, [*"8888888888888", "Enter"])
    page.locator("#add-line").evaluate("form => form.requestSubmit()")
    expect(results).to_contain_text("No product matches “8888888888888”")
    assert page.evaluate("tones") == (2 if is_on else 0)


def test_b08_a_scanner_adds_from_anywhere_on_the_page(maria: Agent) -> None:
    maria.page.locator("h1").focus()
    # As fast as a scanner types, however busy the machine is.
    maria.page.evaluate(SCAN, [*"7350001000428", "Enter"])
    expect(maria.page.locator(maria.quantity_of("Oak chair"))).to_have_value("3")
    maria.has_cursor_in("#field-q")


def test_the_slash_leads_back_to_the_search(maria: Agent) -> None:
    maria.page.locator("#link-button").focus()
    maria.page.keyboard.press("/")
    maria.has_cursor_in("#field-q")
    expect(maria.page.locator("#field-q")).to_have_value("")
