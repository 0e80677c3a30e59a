"""Building in a real browser: where the cursor is, what stays typed, and what comes back."""

from playwright.sync_api import expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import StaffSession
from sales_portal.core import clock
from sales_portal.selections.models import Selection
from tests import make
from tests.journeys.agent import Agent
from tests.make import Shop


def test_counting_keeps_the_cursor_and_changes_the_sum(maria: Agent) -> None:
    """C-10."""
    page = maria.page
    chairs = maria.quantity_of("Oak chair")
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
    assert maria.kept_focus()


def test_a_wrong_quantity_stays_typed_with_the_reason_beside_it(maria: Agent) -> None:
    chairs = maria.quantity_of("Oak chair")
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
    expect(page.locator(maria.quantity_of("Oak chair"))).to_have_value("2")
    maria.has_cursor_in(maria.quantity_of("Oak chair"))


def test_the_last_removed_line_leaves_the_cursor_in_the_search(maria: Agent) -> None:
    for title in ("Oak chair, natural", "Linen bag"):
        maria.page.get_by_role("button", name=f"Remove {title}").press("Enter")
        expect(maria.page.get_by_role("button", name=f"Remove {title}")).to_have_count(0)
    maria.has_cursor_in("#field-q")
    assert maria.kept_focus()


def test_b16_a_new_customer_with_only_an_e_mail_takes_two_acts(maria: Agent) -> None:
    page = maria.page
    maria.click("#field-customer")
    page.keyboard.type("bo@firma.example")
    expect(page.locator("#customer-results [role=option]")).to_have_text("New customer “bo@firma.example”")
    page.keyboard.press("ArrowDown")
    maria.press("Enter")
    expect(page.locator("#selection-customer .card-title")).to_have_text("bo@firma.example")
    assert maria.acts <= 4
    assert maria.kept_focus()


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
    expect(page.locator(maria.quantity_of("Wool cap"))).to_have_value("1")
    expect(page.locator("#log-in-dialog")).to_have_count(0)
    maria.has_cursor_in("#field-q")


def test_saving_by_keys_says_that_all_is_saved(maria: Agent) -> None:
    maria.page.keyboard.press("Control+s")
    expect(maria.page.locator("#save-status")).to_have_text("Everything is saved")
