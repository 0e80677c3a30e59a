"""A discount code in a browser: leaving the field uses it, Enter uses it, and the page is fine with it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.harness.browser import accessibility_problems
from tests.make import Linked, Shop


@pytest.fixture
def coded(session: Session, kept_shop: Shop) -> Linked:
    """A link for one bag and an open price, which takes codes; TEN takes ten percent off."""
    make.discount(session, 10000, code="TEN")
    tree = make.product(session, "Plant a tree", kind="service", is_pay_what_you_want=True)
    make.price(session, kept_shop.pricelist, tree, 25_000, minimum=10_000)
    course = make.training(session, "Wood care", at=kept_shop.warehouse, prices={kept_shop.pricelist: 50_000})
    made = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1, tree: 1, course: 2}),
                     allows_discount_codes=True)
    session.commit()
    return made


def test_leaving_the_field_and_enter_both_use_a_code(page: Page, coded: Linked) -> None:
    """C15."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(coded.path)
    page.locator("#code summary").click()
    field, used = page.locator("#field-code"), page.locator("#code p[role=status]")
    field.fill("NOPE")
    field.blur()
    expect(page.locator("#field-code-error")).to_be_visible()
    expect(field).to_have_value("NOPE")
    assert accessibility_problems(page) == []
    field.fill("TEN")
    field.blur()
    expect(used).to_have_text("You use the code TEN.")
    expect(page.locator("#continue")).to_contain_text("1\u00a0463,00")
    page.locator("#code-act").click()
    expect(page.locator("#code summary")).to_have_text("Have a code?")
    page.locator("#code summary").click()
    field.fill("TEN")
    field.press("Enter")
    expect(used).to_have_text("You use the code TEN.")
    page.get_by_role("group", name="Suggested amounts").get_by_role("button").first.click()
    expect(page.locator("#field-amount-2")).to_have_value("100,00")
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#continue").click()
    expect(page.locator("#field-learner-3-1-name")).to_be_visible()
    page.get_by_label("Same person as the buyer").first.check()
    expect(page.locator("#field-learner-3-1-name")).to_be_hidden()
    expect(page.locator("#field-learner-3-2-name")).to_be_visible()
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
