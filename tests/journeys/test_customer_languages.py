"""A purchase in every language of the pages: words are longer or run the other way, and nothing gives way."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.core.translation import LANGUAGES, direction
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.test_customer_pages import SMALL
from tests.make import Linked, Shop

Opening = Callable[..., Page]
OTHERS = [code for code in LANGUAGES if code != "en"]
WRAPPED = """[...document.querySelectorAll(".money")].filter((amount) =>
    new Set([...amount.getClientRects()].map((part) => Math.round(part.bottom))).size > 1)
    .map((amount) => amount.textContent)"""
"""Amounts on two lines; where text runs the other way one on a single line has several boxes."""
ANNA = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1", "postcode": "111 22",
        "city": "Stockholm"}


def walk(page: Page, linked: Linked) -> Iterator[str]:
    """Every page of a purchase but the provider's, in order; found by their names, since the words differ."""
    page.goto(linked.path)
    yield "landing"
    page.locator("#continue").click()
    page.wait_for_url("**/details")
    page.locator("#field-email").fill("")
    page.locator("#continue").click()
    expect(page.locator("#error-summary")).to_be_focused()
    yield "details with mistakes"
    for name, text in ANNA.items():
        page.locator(f"#details-form [name={name}]").fill(text)
    page.locator("#continue").click()
    page.wait_for_url("**/delivery")
    yield "delivery"
    page.locator("#pay").click()
    page.locator("button[value=approve]").click()
    page.wait_for_url("**/receipt")
    yield "receipt"
    page.goto(linked.path)
    yield "the link once more"


@pytest.mark.parametrize("language", OTHERS)
def test_a_purchase_is_accessible_and_fits_a_phone(
        session: Session, kept_shop: Shop, open_page: Opening, language: str) -> None:
    kept_shop.site.languages = " ".join(LANGUAGES)
    selection = make.selection(session, kept_shop, {kept_shop.chair: 2, kept_shop.cap: 1},
                               discount=make.discount(session, 10000), customer_note="As promised.")
    linked = make.link(session, selection, language=language)
    session.commit()
    page = open_page(viewport={"width": 320, "height": 640}, has_touch=True)
    for name in walk(page, linked):
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            language, direction(language)], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert (page.evaluate(SMALL), page.evaluate(WRAPPED)) == ([], []), name
        assert accessibility_problems(page, ("light",)) == [], name
