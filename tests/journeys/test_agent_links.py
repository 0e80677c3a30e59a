"""The main job: from the log-in to a link on the clipboard, with keys alone, by mouse, and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.journeys.agent import Agent
from tests.make import Shop

LINES = ("Oak chair, natural", "Linen bag", "Wool cap")


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop."""
    session.commit()
    return kept_shop


@pytest.fixture
def maria(shop: Shop, page: Page) -> Agent:
    """Maria before the log-in page."""
    agent = Agent(page)
    agent.opens_the_portal()
    return agent


def events(session: Session, name: str) -> int:
    """How often that happened."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


@pytest.mark.on_postgresql
def test_with_keys_alone_eight_acts_put_a_link_of_three_lines_on_the_clipboard(maria: Agent, session: Session) -> None:
    """B01 by keyboard, and B02: after the log-in the cursor stands in *Start a selection*."""
    page = maria.page
    maria.has_cursor_in("[name=email]")
    maria.type("maria@demo.example", "Tab")
    maria.type("demo", "Enter")
    page.wait_for_url("**/home")
    maria.has_cursor_in("#field-q")
    maria.type("TSH-0042", "Enter")
    page.wait_for_url("**/selections/S-*")
    maria.has_cursor_in("#field-q")
    maria.sees_lines(*LINES[:1])
    maria.type("linen bag", "Enter")
    maria.sees_lines(*LINES[:2])
    maria.type("CAP-0001", "Enter")
    maria.sees_lines(*LINES)
    maria.has_cursor_in("#field-q")
    maria.press("Control+Enter")
    expect(page.locator("#promise")).to_contain_text("can buy exactly these 3 items for 2 529,00 kr")
    maria.has_cursor_in("#link-dialog-title")
    with page.expect_response("**/links/*/copies"):
        maria.press("Enter")
        expect(page.locator("#link-dialog-title")).to_have_text("Link L-2001 is ready and copied")
    assert maria.acts <= 8
    url = page.locator("#link-url").input_value()
    assert maria.clipboard() == url
    assert "/selection/" in url
    session.rollback()
    assert session.scalars(select(CheckoutLink)).one().number == "L-2001"
    assert events(session, "link.copied") == 1


def test_by_mouse_it_takes_twelve_acts(maria: Agent) -> None:
    """B01 by mouse."""
    page = maria.page
    maria.click("[name=email]")
    maria.type("maria@demo.example", "Tab")
    maria.type("demo")
    maria.click("main button[type=submit]")
    for text in ("oak", "linen", "wool"):
        page.locator("#field-q:focus").wait_for()
        maria.type(text)
        maria.click("#product-results [role=option]")
        expect(page.locator("#lines .product-title", has_text=text.capitalize())).to_be_visible()
    maria.click("#link-button")
    maria.click("#link-dialog button[data-primary]")
    expect(page.locator("#link-dialog-title")).to_have_text("Link L-2001 is ready and copied")
    assert maria.acts <= 12
    assert maria.clipboard() == page.locator("#link-url").input_value()


def test_without_script_the_link_is_made_by_full_pages(
        shop: Shop, session: Session, open_page: Callable[..., Page]) -> None:
    maria = Agent(open_page(java_script_enabled=False)).comes_in()
    page = maria.page
    page.goto("/home")
    page.locator("#field-q").fill("2*TSH-0042")
    page.locator("#field-q").press("Enter")
    page.wait_for_url("**/selections/S-*")
    page.locator("#field-q").fill("wool cap")
    page.locator("#field-q").press("Enter")
    expect(page.locator("#lines .product-title")).to_have_text(["Oak chair, natural", "Wool cap"])
    page.locator("#lines .stepper-input").first.fill("3")
    page.locator("#lines tr", has_text="Oak chair").get_by_role("button", name="Update").click()
    expect(page.locator("#totals")).to_contain_text("Items (4)")
    page.locator("#field-customer").fill("anna@example.com")
    page.locator("#choose-customer").get_by_role("button", name="Find").click()
    expect(page.locator("#selection-customer")).to_contain_text("Anna Svensson")
    page.get_by_role("link", name="Link", exact=True).click()
    expect(page.locator("#promise")).to_contain_text("exactly these 4 items for 4 619,00 kr")
    page.get_by_role("button", name="Create and copy link").click()
    expect(page.locator("h1")).to_have_text("Link L-2001 is ready")
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#selection-strip")).to_contain_text("L-2001 is live")


def test_the_ready_link_is_mailed_from_the_same_dialog(maria: Agent, shop: Shop, session: Session) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    session.commit()
    page = maria.comes_in().page
    page.goto(f"/selections/{selection.number}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#promise")).to_be_visible()
    maria.has_cursor_in("#link-dialog-title")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Send to Anna by e-mail").click()
    maria.has_cursor_in("#field-to")
    expect(page.locator("#field-to")).to_have_value("anna@example.com")
    page.get_by_role("button", name="Send e-mail").click()
    expect(page.locator("#link-sending")).to_contain_text("to anna@example.com. We'll tell you when it's delivered.")
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#link-dialog")).to_have_count(0)
    maria.has_cursor_in("#link-button")
    assert events(session, "link.sent") == 1


def test_the_password_can_be_shown_while_it_is_typed(maria: Agent) -> None:
    password = maria.page.locator("[name=password]")
    password.fill("secret")
    maria.page.get_by_label("Show password").check()
    expect(password).to_have_attribute("type", "text")
    maria.page.get_by_label("Show password").uncheck()
    expect(password).to_have_attribute("type", "password")


def test_a_double_press_makes_one_link(maria: Agent, shop: Shop, session: Session) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    session.commit()
    maria.comes_in()
    maria.page.goto(f"/selections/{selection.number}")
    maria.press("Control+Enter")
    maria.page.locator("#link-dialog button[data-primary]").dblclick()
    expect(maria.page.locator("#link-url")).to_be_visible()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1
