"""Customers who see, hold and read a page in their own way: nothing moves under them, is cut off or asks others."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request
from sqlalchemy.orm import Session

from tests import make
from tests.harness.server import LiveServer
from tests.journeys.test_customer_languages import WRAPPED
from tests.journeys.test_customer_pages import letter, walk
from tests.make import Linked, Shop

Opening = Callable[..., Page]
MOST_SHIFT = 0.02
SHIFTS = """window.shifted = 0; new PerformanceObserver((seen) => { for (const one of seen.getEntries())
    if (!one.hadRecentInput) window.shifted += one.value; }).observe({type: "layout-shift", buffered: true});"""
MOVING = """document.getAnimations().filter((one) => one.playState === "running" && one.effect.getKeyframes()
    .some((frame) => "transform" in frame || "translate" in frame)).length"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }"""
CLIPPED = """[...document.querySelectorAll("main *")].filter((one) => {
    const style = getComputedStyle(one);
    return one.childElementCount === 0 && one.textContent.trim() && one.checkVisibility() && !one.closest(
        ".visually-hidden") && style.overflow !== "visible" && style.webkitLineClamp === "none"
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML)"""
LONG_NAME = "Maximiliane-Wilhelmine von Rechtschreibungsberg-Dorfmeister"
LONG_TITLE = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschreibtischunterlage, Eiche"


@pytest.fixture
def linked(session: Session, kept_shop: Shop) -> Linked:
    return letter(session, kept_shop)


def test_nothing_shifts_moves_complains_or_asks_anybody_else(
        linked: Linked, open_page: Opening, live_server: LiveServer) -> None:
    """A04, A16, A25, A26, P180."""
    page = open_page(viewport={"width": 360, "height": 640})
    said, asked = list[str](), set[str]()

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    def see(request: Request) -> None:
        asked.add(urlsplit(request.url).netloc)

    page.on("console", hear)
    page.on("pageerror", lambda wrong: said.append(str(wrong)))
    page.on("request", see)
    page.add_init_script(SHIFTS)
    for name in walk(page, linked):
        assert page.evaluate("document.fonts.ready.then(() => window.shifted)") < MOST_SHIFT, name
        assert page.evaluate(MOVING) == 0, name
    # What answers 410 is said so by the browser itself: the link that is paid, once more.
    assert [text for text in said if "410" not in text and "422" not in text] == []
    assert asked == {urlsplit(live_server.url).netloc}


def test_text_spaced_wider_is_neither_cut_off_nor_beside_the_page(
        linked: Linked, open_page: Opening) -> None:
    """A08: the distances of WCAG 1.4.12."""
    page = open_page(viewport={"width": 360, "height": 640}, bypass_csp=True)
    for name in walk(page, linked):
        page.add_style_tag(content=SPACED)
        assert page.evaluate(CLIPPED) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("width", [320, 1280])
def test_long_names_large_totals_and_many_lines_break_nothing(
        session: Session, kept_shop: Shop, open_page: Opening, width: int) -> None:
    """A11."""
    kept_shop.agent.name, kept_shop.customer.name = LONG_NAME, LONG_NAME
    goods = [make.product(session, f"{LONG_TITLE} {number}", prices={kept_shop.pricelist: 999_999_999},
                          stock={kept_shop.warehouse: 9_000}, weight_grams=1) for number in range(40)]
    selection = make.selection(session, kept_shop, dict.fromkeys(goods, 25))
    linked = make.link(session, selection)
    session.commit()
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(linked.path)
    for summary in page.locator("main summary").all():
        summary.click()
    assert len("".join(filter(str.isdigit, page.locator("#totals .money").last.inner_text()))) >= 12
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(WRAPPED) == []
    page.locator("#continue").click()
    page.wait_for_url("**/details")
    assert page.locator("#field-name").input_value() == LONG_NAME
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
