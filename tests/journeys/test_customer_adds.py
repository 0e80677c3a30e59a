"""A customer who adds something else in a browser: readable, reachable by thumb and by key, and without a new page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.journeys.test_customer_pages import SMALL, fine
from tests.make import Linked, Shop

Opening = Callable[..., Page]


@pytest.fixture
def unlocked(session: Session, shop: Shop) -> Linked:
    """Two chairs, of everything at most four, and whatever else Anna likes."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 2}), changes="more", max_per_line=4,
                     may_change_quantities=True, may_add_products=True)
    session.commit()
    return made


def test_adding_is_accessible_and_big_enough_for_a_thumb(
        session: Session, shop: Shop, unlocked: Linked, open_page: Opening) -> None:
    make.product(session, "Consultation", kind="service", prices={shop.pricelist: 50_000})
    session.commit()
    page = open_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page.goto(unlocked.path)
    page.get_by_role("button", name="Add Linen bag").tap()
    expect(page.get_by_role("status").filter(has_text="Linen bag is in your selection now.")).to_be_visible()
    fine(page)
    assert page.evaluate(SMALL) == []
    page.get_by_role("link", name="Browse all products").tap()
    page.get_by_role("button", name="Add Wool cap").tap()
    expect(page.get_by_text("Added: 1 × Wool cap in your selection")).to_be_in_viewport()
    fine(page)
    assert page.evaluate(SMALL) == []


def test_an_added_item_changes_the_total_without_a_new_page_and_enter_removes_nothing(
        unlocked: Linked, open_page: Opening) -> None:
    page = open_page()
    page.goto(unlocked.path)
    page.get_by_role("button", name="Add Linen bag").click()
    expect(page.locator("#continue .money")).to_have_text("2\u00a0769,00\u00a0kr")
    page.evaluate("window.isTheSamePage = true")
    page.get_by_role("button", name="More, Linen bag").click()
    expect(page.locator("#continue .money")).to_have_text("3\u00a0079,00\u00a0kr")
    expect(page.locator("#landing-added .offer-total")).to_have_text("620,00")
    assert page.evaluate("window.isTheSamePage")
    page.get_by_label("Quantity, Linen bag").press("Enter")
    page.wait_for_url("**/details")
    page.goto(unlocked.path)
    expect(page.get_by_label("Quantity, Linen bag")).to_have_value("2")
    page.get_by_role("button", name="Remove Linen bag").click()
    expect(page.locator("#landing-added")).to_have_count(0)
    expect(page.locator("#continue .money")).to_have_text("2\u00a0459,00\u00a0kr")


def test_a_tap_on_another_product_changes_total_and_button_together(
        session: Session, shop: Shop, open_page: Opening) -> None:
    """C13, P-07: by touch; by arrows and without script it is shown elsewhere."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one")
    session.commit()
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page.goto(linked.path)
    page.evaluate("window.isTheSamePage = true")
    page.locator(".radio-card-label", has_text="Linen bag").tap()
    expect(page.locator("#continue .money")).to_have_text("369,00\u00a0kr")
    expect(page.locator("#totals")).to_contain_text("369,00")
    assert page.evaluate("window.isTheSamePage")
