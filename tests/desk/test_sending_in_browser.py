"""Sending and handing over in a real browser: the preview follows what is typed, and the card is one page of paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.desk.test_records_in_browser import sign_in
from tests.harness.browser import accessibility_problems
from tests.make import Linked, Shop


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    session.commit()
    return linked


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value={value}]").check(force=True)


def test_the_preview_follows_what_is_typed_in_every_view(
        open_page: Callable[..., Page], shop: Shop, made: Linked) -> None:
    """B25."""
    page = sign_in(open_page(), shop.agent.email)
    page.goto(f"/links/{made.link.number}/sending")
    mail = page.frame_locator("#mail-preview iframe")
    expect(mail.locator("h1")).to_have_text("Hello Anna,")
    page.locator("#field-message").fill("See you on Monday.")
    expect(mail.get_by_text("See you on Monday.")).to_be_visible()
    choose(page, "template", "link-reminder")
    expect(mail.get_by_text("Still interested?")).to_be_visible()
    choose(page, "view", "phone")
    frame = page.locator(".mail-frame-phone")
    expect(frame).to_be_visible()
    box = frame.bounding_box()
    assert box is not None
    assert box["width"] <= 362
    choose(page, "view", "text")
    expect(page.locator("#mail-preview pre")).to_contain_text("See you on Monday.")
    assert accessibility_problems(page) == []


def test_the_dialog_of_a_new_link_shows_the_mail_too(
        open_page: Callable[..., Page], session: Session, shop: Shop) -> None:
    """Brief §3.10: the composer opens in place."""
    draft = make.selection(session, shop, {shop.chair: 1})
    session.commit()
    page = sign_in(open_page(), shop.agent.email)
    page.goto(f"/selections/{draft.number}")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Create and copy link").click()
    page.get_by_role("link", name="Send to Anna by e-mail").click()
    expect(page.frame_locator("#mail-preview iframe").locator("h1")).to_have_text("Hello Anna,")
    page.get_by_role("button", name="Send e-mail").click()
    expect(page.locator("#link-sending")).to_contain_text("Sent")


def test_the_card_prints_on_one_page(open_page: Callable[..., Page], shop: Shop, made: Linked) -> None:
    """Mission §3 row 20: A6."""
    page = sign_in(open_page(), shop.agent.email)
    page.goto(f"/links/{made.link.number}/card")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert accessibility_problems(page) == []
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    sizes = [[float(side) for side in box.split()[2:]] for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", paper)]
    assert [[round(side) for side in size] for size in sizes] == [[298, 420]]


def test_sharing_is_offered_where_the_browser_can(open_page: Callable[..., Page], shop: Shop, made: Linked) -> None:
    """B23: Share only if supported."""
    for able in (False, True):
        page = open_page()
        does = "async () => {}" if able else "undefined"
        page.add_init_script(f"Object.defineProperty(navigator, 'share', {{ value: {does} }})")
        sign_in(page, shop.agent.email).goto(f"/links/{made.link.number}")
        expect(page.get_by_role("button", name="Share…")).to_have_count(1 if able else 0)
