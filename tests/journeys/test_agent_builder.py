"""Building in a real browser: where the cursor is, what stays typed, and what comes back."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import StaffSession
from sales_portal.core import clock
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop, with a second table and a market in Norway."""
    table = make.product(session, "Oak table", sku="TAB-0001", prices={kept_shop.pricelist: 450000},
                         stock={kept_shop.warehouse: 3})
    norway = make.market(session, "Norway", site=kept_shop.site, currency="NOK", locale="nb_NO", countries=("NO",),
                         warehouses=[kept_shop.warehouse], position=2)
    make.price(session, make.pricelist(session, norway, "Retail NOK"), table, 390000)
    return kept_shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Two chairs and a bag, for anyone."""
    made = make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, for_anyone=True)
    session.commit()
    return made


@pytest.fixture
def maria(draft: Selection, page: Page) -> Agent:
    """Maria in the builder of `draft`; the test fails where the focus falls on the body after a swap."""
    agent = Agent(page).comes_in()
    page.goto(f"/selections/{draft.number}")
    agent.has_cursor_in("#field-q")
    page.evaluate("""() => document.addEventListener("htmx:finally:request", () => {
        if (document.activeElement === document.body) window.lostFocus = (window.lostFocus ?? 0) + 1; })""")
    return agent


def keeps_focus(page: Page) -> bool:
    """Whether the focus was somewhere after every swap."""
    return not page.evaluate("window.lostFocus ?? 0")


def quantity(page: Page, title: str) -> str:
    """The selector of the quantity of the line called `title`."""
    return "#" + str(page.locator("#lines tr", has_text=title).locator(".stepper-input").get_attribute("id"))


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
    assert keeps_focus(page)


def test_what_matches_nothing_stays_typed_and_says_why(maria: Agent) -> None:
    maria.page.keyboard.type("zzz")
    maria.page.keyboard.press("Enter")
    expect(maria.page.locator("#product-results")).to_have_text(
        "No product matches “zzz” in Retail SEK. Check the spelling or try the SKU.")
    expect(maria.page.locator("#field-q")).to_have_value("zzz")
    maria.has_cursor_in("#field-q")


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
    expect(page.locator(quantity(page, "Oak lamp"))).to_have_value("3")
    assert keeps_focus(page)


def test_several_matches_open_the_list_to_choose_from(maria: Agent) -> None:
    maria.page.keyboard.type("2*oak")
    maria.page.keyboard.press("Enter")
    expect(maria.page.locator("#product-results [role=option]")).to_have_count(2)
    maria.page.keyboard.press("ArrowDown")
    maria.page.keyboard.press("ArrowDown")
    maria.page.keyboard.press("Enter")
    expect(maria.page.locator(quantity(maria.page, "Oak table"))).to_have_value("2")


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
    expect(maria.page.locator(quantity(maria.page, "Oak table"))).to_have_value("3")


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
    expect(page.locator(quantity(page, "Oak chair"))).to_have_value("3")
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
    expect(maria.page.locator(quantity(maria.page, "Oak chair"))).to_have_value("3")
    maria.has_cursor_in("#field-q")


def test_the_slash_leads_back_to_the_search(maria: Agent) -> None:
    maria.page.locator("#link-button").focus()
    maria.page.keyboard.press("/")
    maria.has_cursor_in("#field-q")
    expect(maria.page.locator("#field-q")).to_have_value("")


def test_counting_keeps_the_cursor_and_changes_the_sum(maria: Agent) -> None:
    """C-10."""
    page = maria.page
    chairs = quantity(page, "Oak chair")
    page.locator(chairs).fill("3")
    expect(page.locator("#totals")).to_contain_text("3 969,00 kr")
    maria.has_cursor_in(chairs)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#totals")).to_contain_text("5 169,00 kr")
    expect(page.locator(chairs)).to_have_value("4")
    maria.has_cursor_in(chairs)
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(chairs)).to_have_value("14")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(chairs)).to_have_value("4")
    expect(page.locator("#totals")).to_contain_text("5 169,00 kr")
    page.locator("#lines tr", has_text="Oak chair").get_by_role("button", name="Fewer, Oak chair, natural").click()
    expect(page.locator("#totals")).to_contain_text("3 969,00 kr")
    expect(page.locator("#save-status")).to_contain_text("Saved")
    assert keeps_focus(page)


def test_a_wrong_quantity_stays_typed_with_the_reason_beside_it(maria: Agent) -> None:
    chairs = quantity(maria.page, "Oak chair")
    maria.page.locator(chairs).fill("1.5")
    expect(maria.page.locator("#lines tr", has_text="Oak chair")).to_contain_text("Enter a whole number")
    expect(maria.page.locator(chairs)).to_have_value("1.5")
    maria.has_cursor_in(chairs)


def test_a_removed_line_gives_the_cursor_to_the_next_and_comes_back(maria: Agent) -> None:
    page = maria.page
    page.get_by_role("button", name="Remove Oak chair, natural").press("Enter")
    maria.sees_lines("Linen bag")
    expect(page.get_by_role("button", name="Remove Linen bag")).to_be_focused()
    page.locator(".toast", has_text="Oak chair, natural removed.").get_by_role("button", name="Undo").click()
    maria.sees_lines("Oak chair, natural", "Linen bag")
    expect(page.locator(quantity(page, "Oak chair"))).to_have_value("2")
    maria.has_cursor_in(quantity(page, "Oak chair"))


def test_the_last_removed_line_leaves_the_cursor_in_the_search(maria: Agent) -> None:
    for title in ("Oak chair, natural", "Linen bag"):
        maria.page.get_by_role("button", name=f"Remove {title}").press("Enter")
        expect(maria.page.get_by_role("button", name=f"Remove {title}")).to_have_count(0)
    maria.has_cursor_in("#field-q")
    assert keeps_focus(maria.page)


def test_b16_a_new_customer_with_only_an_e_mail_takes_two_acts(maria: Agent) -> None:
    page = maria.page
    maria.click("#field-customer")
    page.keyboard.type("bo@firma.example")
    expect(page.locator("#customer-results [role=option]")).to_have_text("New customer “bo@firma.example”")
    page.keyboard.press("ArrowDown")
    maria.press("Enter")
    expect(page.locator("#selection-customer .card-title")).to_have_text("bo@firma.example")
    assert maria.acts <= 4
    assert keeps_focus(page)


def test_a_note_is_saved_while_it_is_typed_and_never_replaced(maria: Agent, session: Session, draft: Selection) -> None:
    page = maria.page
    note = page.locator("#field-customer_note")
    note.focus()
    page.keyboard.type("As promised <b>🪑</b>")
    expect(page.locator("#save-status")).to_contain_text("Saved")
    page.wait_for_timeout(1200)
    maria.has_cursor_in("#field-customer_note")
    with page.expect_response("**/notes"):
        page.keyboard.type("!")
        page.locator("#field-q").focus()
    page.reload()
    expect(note).to_have_value("As promised <b>🪑</b>!")


def test_ignoring_tax_asks_why_in_place(maria: Agent) -> None:
    page = maria.page
    page.locator("#field-ignores_tax").check()
    maria.has_cursor_in("#field-ignores_tax_reason")
    expect(page.locator("#totals")).to_contain_text("incl. tax 25 %")
    page.keyboard.type("Reverse charge")
    page.keyboard.press("Enter")
    expect(page.locator("#totals")).to_contain_text("Not charged")
    page.locator("#field-ignores_tax").uncheck()
    expect(page.locator("#totals")).to_contain_text("incl. tax 25 %")
    expect(page.locator("#field-ignores_tax_reason")).to_have_count(0)


def test_b14_another_market_is_tried_cancelled_taken_and_undone(maria: Agent) -> None:
    page = maria.page
    page.locator("#field-market").focus()
    page.locator("#field-market").select_option(label="Norway")
    maria.has_cursor_in("#switch-title")
    page.locator("#switch").get_by_role("link", name="Cancel").click()
    expect(page.locator("#field-market")).to_have_value(page.locator("#field-market [selected]").get_attribute("value"))
    expect(page.locator("#totals")).to_contain_text("2 769,00 kr")
    page.locator("#field-market").select_option(label="Norway")
    expect(page.locator("#switch-lines")).to_contain_text("Kept out")
    page.get_by_label("Give a special price afterwards").check()
    expect(page.locator("#switch-lines")).not_to_contain_text("Kept out")
    page.get_by_role("button", name="Switch prices").click()
    expect(page.locator("#field-pricelist")).to_have_text("Retail NOK")
    expect(page.locator("#lines")).to_contain_text("No price in Retail NOK.")
    maria.has_cursor_in("#field-market")
    expect(page.locator("#switch")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#totals")).to_contain_text("2 769,00 kr")
    expect(page.locator("#lines")).not_to_contain_text("No price in")


def test_on_a_phone_the_sheet_gives_way_to_what_a_switch_would_change(maria: Agent) -> None:
    page = maria.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.locator(".summary-toggle").click()
    page.locator("#field-market").select_option(label="Norway")
    maria.has_cursor_in("#switch-title")
    expect(page.locator("#totals")).to_be_hidden()
    expect(page.locator("#switch-title")).to_be_in_viewport()
    page.get_by_role("button", name="Switch prices").click()
    expect(page.locator("#switch")).to_have_count(0)
    maria.has_cursor_in(".summary-toggle")


def test_the_dialog_closes_by_escape_back_and_cancel_and_the_cursor_returns(maria: Agent, draft: Selection) -> None:
    """B28."""
    page = maria.page
    builder = page.url
    for close in (lambda: page.keyboard.press("Escape"), page.go_back,
                  lambda: page.locator("#link-dialog").get_by_role("link", name="Cancel").click()):
        page.locator("#link-button").click()
        expect(page.locator("#link-dialog")).to_be_visible()
        assert page.url == f"{builder}/link"
        close()
        expect(page.locator("#link-dialog")).to_have_count(0)
        page.wait_for_url(builder)
        maria.has_cursor_in("#link-button")


def test_the_promise_follows_every_change(maria: Agent) -> None:
    page = maria.page
    page.keyboard.press("Control+Enter")
    promise = page.locator("#promise")
    expect(promise).to_contain_text("exactly these 3 items for 2 769,00 kr, once")
    page.locator(".radio-card-label", has_text="Let the customer buy more").click()
    expect(promise).to_contain_text("can change quantities. The total starts at 2 769,00 kr")
    page.get_by_label("Don't charge shipping").check()
    expect(promise).to_contain_text("2 710,00 kr")
    expect(page.locator("#dialog-total")).to_have_text("2 710,00 kr")
    page.get_by_label("Up to …").check()
    page.get_by_label("How many times").fill("")
    expect(promise).to_contain_text("Enter how many times it can be paid")
    page.get_by_label("How many times").fill("7")
    expect(promise).to_contain_text("up to 7 times")
    maria.has_cursor_in("#field-times")


def test_what_is_in_the_way_is_shown_instead_and_leads_to_the_line(
        maria: Agent, session: Session, shop: Shop, draft: Selection) -> None:
    make.line(session, draft, shop.cap, 2)
    session.commit()
    page = maria.page
    page.reload()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#link-dialog-title")).to_have_text("1 thing to fix before you can create the link")
    page.locator("#link-checks").get_by_role("link", name="Fix").click()
    page.get_by_role("button", name="Set to 1").click()
    expect(page.locator("#lines")).to_contain_text("Only 1 left in Sweden.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#promise")).to_be_visible()


def test_a_session_that_ends_while_typing_is_renewed_over_the_page_and_the_change_is_saved_once(
        maria: Agent, session: Session) -> None:
    """B30."""
    page = maria.page
    session.execute(update(StaffSession).values(ended_at=clock.now()))
    session.commit()
    page.keyboard.type("CAP-0001")
    page.keyboard.press("Enter")
    expect(page.locator("#log-in-dialog-title")).to_have_text("Log in to continue")
    maria.has_cursor_in("#log-in-dialog #field-email")
    page.keyboard.type("maria@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    maria.sees_lines("Oak chair, natural", "Linen bag", "Wool cap")
    expect(page.locator(quantity(page, "Wool cap"))).to_have_value("1")
    expect(page.locator("#log-in-dialog")).to_have_count(0)
    maria.has_cursor_in("#field-q")


def test_saving_by_keys_says_that_all_is_saved(maria: Agent) -> None:
    maria.page.keyboard.press("Control+s")
    expect(maria.page.locator("#save-status")).to_have_text("Everything is saved")
