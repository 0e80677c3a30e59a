"""The agent's pages as they stand: no accessibility problem in either theme, no sideways scroll at any width."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import rows
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop

WIDTHS = (320, 360, 390, 768, 1024, 1280, 1920, 2560)
LONG = "Handwoven throw of undyed northern wool with a fringe, extra long, for two 🧶"
Show = Callable[[Page, Selection, Selection], None]


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop with all that can be wrong with a line."""
    return kept_shop


@pytest.fixture
def full(session: Session, shop: Shop) -> Selection:
    """A selection with one line of every kind, and a live link."""
    made = make.selection(session, shop, {shop.chair: 2, shop.cap: 3}, customer_note="As promised",
                          internal_note="Calls back")
    make.line(session, made, shop.bag, special_price=25000)
    make.line(session, made, make.product(session, LONG, prices={shop.pricelist: 99_999_999_900},
                                          stock={shop.warehouse: 4}))
    make.line(session, made, make.product(session, "Oak lamp", prices={}, stock={shop.warehouse: 4}))
    make.line(session, made, make.product(session, "Oak bench", prices={shop.pricelist: 100},
                                          stock={shop.warehouse: 0}))
    make.line(session, made, make.product(session, "Oak stool", prices={shop.pricelist: 100},
                                          stock={shop.warehouse: 4}, unpublished_at=clock.now()))
    rows.link(session, shop, made, progress="opened", expires_at=clock.now() + timedelta(hours=20))
    return made


@pytest.fixture
def good(session: Session, shop: Shop) -> Selection:
    """A selection that can be linked."""
    made = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    session.commit()
    return made


def _log_in_refused(page: Page, _: Selection, __: Selection) -> None:
    page.context.clear_cookies()
    page.goto("/login")
    page.locator("[name=email]").fill("maria@demo.example")
    page.locator("[name=password]").fill("wrong")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _home(page: Page, _: Selection, __: Selection) -> None:
    page.goto("/home")


def _builder(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}")


def _search(page: Page, full: Selection, _: Selection) -> None:
    _builder(page, full, full)
    page.locator("#field-q").press_sequentially("oak")
    expect(page.locator("#product-results [role=option]").first).to_be_visible()


def _products(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}/products?q=oak")


def _customers(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}/customers?q=anna")


def _asked_for_e_mail(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}")
    _open_sheet(page)
    page.locator("#change-customer > summary").click()
    page.locator("#field-customer").press_sequentially("Bo Ek")
    page.locator("#option-new-customer").click()
    expect(page.locator("#new-customer")).to_be_visible()


def _customer_panel(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}")
    _open_sheet(page)
    page.locator("#customer-details").click()
    expect(page.locator("#customer-panel #field-email")).to_be_focused()
    page.locator("#customer-panel #field-street").fill("Nygatan 1")
    page.locator("#customer-panel #field-city").fill("")
    page.get_by_role("button", name="Save customer").click()
    expect(page.locator("#customer-panel #field-city")).to_be_focused()


def _blocked(page: Page, full: Selection, _: Selection) -> None:
    page.goto(f"/selections/{full.number}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#link-checks")).to_be_visible()


def _dialog(page: Page, _: Selection, good: Selection) -> None:
    page.goto(f"/selections/{good.number}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#promise")).to_be_visible()


def _dialog_refused(page: Page, full: Selection, good: Selection) -> None:
    _dialog(page, full, good)
    page.get_by_label("Pick date").check()
    page.get_by_label("Don't charge tax").check()
    page.locator("#link-dialog button[data-primary]").click()
    expect(page.locator("#link-dialog .error-summary")).to_be_visible()


def _dialog_as_page(page: Page, _: Selection, good: Selection) -> None:
    page.goto(f"/selections/{good.number}/link")


def _ready(page: Page, full: Selection, good: Selection) -> None:
    _dialog(page, full, good)
    page.locator("#link-dialog button[data-primary]").click()
    expect(page.locator("#link-url")).to_be_visible()


def _open_sheet(page: Page) -> None:
    toggle = page.locator(".summary-toggle")
    if toggle.is_visible():
        toggle.click()


PAGES: dict[str, Show] = {
    "log-in refused": _log_in_refused, "home": _home, "builder": _builder, "search": _search, "products": _products,
    "customers": _customers, "asked for e-mail": _asked_for_e_mail, "customer panel": _customer_panel,
    "blocked": _blocked, "dialog": _dialog, "dialog refused": _dialog_refused, "dialog as page": _dialog_as_page,
    "ready": _ready}


def open_desk(open_page: Callable[..., Page], **options: object) -> Page:
    """A tab in which Maria is signed in."""
    return Agent(open_page(**options)).comes_in().page


def looks_right(page: Page) -> None:
    """Axe finds nothing in light and in dark, and nothing is wider than the window."""
    assert accessibility_problems(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{over} px too wide at {width} px"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_both_themes_and_as_wide_as_the_window(
        full: Selection, good: Selection, open_page: Callable[..., Page], name: str) -> None:
    page = open_desk(open_page)
    PAGES[name](page, full, good)
    looks_right(page)


def test_so_are_the_pages_where_nothing_is_yet(shop: Shop, session: Session, open_page: Callable[..., Page]) -> None:
    selection = make.selection(session, shop, for_anyone=True)
    session.commit()
    page = open_page()
    page.goto("/login")
    looks_right(page)
    page = open_desk(open_page)
    for path in ("/home", f"/selections/{selection.number}", f"/selections/{selection.number}/link"):
        page.goto(path)
        looks_right(page)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 720)])
def test_the_promise_and_the_button_are_in_sight(full: Selection, good: Selection, open_page: Callable[..., Page],
                                                 width: int, height: int) -> None:
    """B19."""
    page = open_desk(open_page, viewport={"width": width, "height": height})
    _dialog(page, full, good)
    for selector in ("#promise", "#link-dialog button[data-primary]"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


def test_total_and_link_are_in_sight_with_many_lines(
        shop: Shop, session: Session, open_page: Callable[..., Page]) -> None:
    """B18: with 200 lines, at every width, scrolled to either end."""
    selection = make.selection(session, shop)
    for _ in range(200):
        make.line(session, selection, shop.bag)
    session.commit()
    page = open_desk(open_page)
    page.goto(f"/selections/{selection.number}")
    for width, height in ((320, 640), (360, 640), (390, 844), (768, 1024), (1280, 800), (1920, 1080), (2560, 1440)):
        page.set_viewport_size({"width": width, "height": height})
        for scrolled in (-100_000, 100_000):
            page.mouse.wheel(0, scrolled)
            total = page.locator("#totals .total-sum, .summary-toggle").locator("visible=true").first
            for element in (total, page.locator("#link-button")):
                box = element.bounding_box()
                assert box is not None
                assert box["y"] >= 0
                assert box["y"] + box["height"] <= height


def test_on_a_phone_the_summary_opens_as_a_sheet_and_stays_open_while_it_changes(
        full: Selection, good: Selection, open_page: Callable[..., Page]) -> None:
    page = open_desk(open_page, viewport={"width": 360, "height": 640}, has_touch=True)
    page.goto(f"/selections/{good.number}")
    expect(page.locator("#totals")).to_be_hidden()
    page.locator(".summary-toggle").tap()
    page.get_by_label("Ignore shipping").check()
    expect(page.locator("#totals")).to_contain_text("Not charged")
    expect(page.locator(".summary-toggle")).to_have_attribute("aria-expanded", "true")
    page.locator(".summary-toggle").tap()
    expect(page.locator("#totals")).to_be_hidden()
