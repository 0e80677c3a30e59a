"""A field of the details is looked at when it is left, never before, and what is wrong goes as soon as it is right."""

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.harness.browser import accessibility_problems
from tests.make import Shop


def test_what_is_wrong_is_said_when_a_field_is_left_and_goes_once_it_is_right(
        page: Page, session: Session, kept_shop: Shop) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    session.commit()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(linked.path)
    page.locator("#continue").click()
    email, wrong = page.locator("#field-email"), page.locator("#field-email-error")
    email.focus()
    page.locator("#field-name").focus()
    expect(wrong).to_be_hidden()
    email.fill("anna@")
    expect(wrong).to_be_hidden()
    page.locator("#field-postcode").fill("1112")
    expect(wrong).to_have_text("Enter an e-mail address like name@example.com")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-name-error")).to_be_hidden()
    page.locator("#field-city").focus()
    expect(page.locator("#field-postcode-error")).to_have_text("1112 is not a postcode in Sweden")
    expect(page.locator("#field-city")).to_be_focused()
    assert accessibility_problems(page) == []
    email.fill("anna@example.com")
    page.locator("#field-name").focus()
    expect(wrong).to_be_hidden()
    expect(email).to_have_value("anna@example.com")
