"""Prices and lists in a real browser: fields in step, focus where it belongs, nothing lost."""

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from sales_portal.pricing.models import PriceReason
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop, which knows one reason for a special price and sells 19 cups."""
    for number in range(1, 20):
        make.product(session, f"Cup {number}", sku=f"CUP-{number:02}", prices={kept_shop.pricelist: 1000},
                     stock={kept_shop.warehouse: 99})
    session.add(PriceReason(text="Loyal customer"))
    make.staff(session, "Eva Ek", site=kept_shop.site, role="admin")
    return kept_shop


def test_a_special_price_is_agreed_under_its_row(maria: Agent) -> None:
    """B12: the panel under the row, by keyboard."""
    page = maria.page
    price = page.get_by_role("link", name="Change price of Oak chair, natural, 1 200,00")
    price.click()
    maria.has_cursor_in("#price-amount")
    page.locator("#price-amount").fill("1080")
    expect(page.locator("#price-percent")).to_have_value("10")
    expect(page.locator("#price-meaning")).to_contain_text("discount 10 %")
    page.keyboard.press("Tab")
    page.locator("#price-percent").fill("20")
    expect(page.locator("#price-amount")).to_have_value("960,00")
    expect(page.locator("#price-meaning")).to_contain_text("20 % is over your 15 % limit. Eva Ek can approve it.")
    assert accessibility_problems(page) == []
    page.locator("#price-percent").fill("10")
    expect(page.locator("#price-amount")).to_have_value("1\u00a0080,00")
    page.get_by_role("button", name="Save price").click()
    expect(page.locator("#price-reason-error")).to_have_text("Give a reason for the special price")
    page.locator("#price-reason").select_option("Loyal customer")
    page.get_by_role("button", name="Save price").click()
    expect(page.locator("#lines")).to_contain_text("Special price −10 % · “Loyal customer”")
    expect(page.locator("#line-price")).to_have_count(0)
    expect(page.get_by_role("link", name="Change price of Oak chair")).to_be_focused()
    assert accessibility_problems(page) == []


def test_another_act_leaves_the_open_panel_and_what_is_typed_alone(maria: Agent) -> None:
    page = maria.page
    page.get_by_role("link", name="Change price of Oak chair").click()
    page.locator("#price-reason_text").fill("Scratched leg")
    page.get_by_role("button", name="More, Linen bag").click()
    expect(page.locator("#selection-summary")).to_contain_text("Items (4)")
    expect(page.locator("#price-reason_text")).to_have_value("Scratched leg")


def test_escape_closes_the_panel_and_goes_back_to_the_price(maria: Agent) -> None:
    page = maria.page
    page.get_by_role("link", name="Change price of Oak chair").click()
    maria.has_cursor_in("#price-amount")
    page.keyboard.press("Escape")
    expect(page.locator("#line-price")).to_have_count(0)
    expect(page.get_by_role("link", name="Change price of Oak chair")).to_be_focused()


def test_a_pasted_list_is_previewed_and_its_bad_rows_stay_editable(maria: Agent) -> None:
    """B09: 20 tab-separated rows, 18 added, 2 errors to correct."""
    page = maria.page
    rows = [f"CUP-{number:02}\t{number}" for number in range(1, 19)]
    text = "\n".join([*rows[:5], "NOPE-1\t2", *rows[5:], "CUP-19\tmany"])
    page.locator("#field-q").focus()
    page.evaluate("""text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true })); }""", text)
    expect(page.locator("#paste-heading")).to_have_text("18 of 20 rows can be added")
    expect(page.locator("#pasted-6")).to_contain_text("No product has this SKU or barcode")
    expect(page.locator("#pasted-20")).to_contain_text("Enter a whole number")
    assert accessibility_problems(page) == []
    page.get_by_role("button", name="Add 18 rows").click()
    expect(page.locator("#lines .product-title")).to_have_count(20)
    expect(page.locator("#pasted .input[name=code]")).to_have_count(2)
    expect(page.locator("#paste-heading")).to_have_text("0 of 2 rows can be added")
    page.locator("#paste-code-1").fill("CAP-0001")
    page.locator("#paste-quantity-2").fill("7")
    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name="Add 2 rows").click()
    expect(page.locator("#lines .product-title")).to_have_count(22)
    expect(page.locator("#paste")).to_have_count(0)
    maria.has_cursor_in("#field-q")
