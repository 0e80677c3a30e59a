"""D4: a new look is seen on a phone, in both themes, before anybody else sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.sites.models import Site
from tests import make
from tests.harness.browser import accessibility_problems, log_in
from tests.make import Shop

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>'


@pytest.fixture
def at_the_look(session: Session, kept_shop: Shop, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Dana, an administrator, at the look of her site."""
    dana = make.staff(session, "Dana Admin", site=kept_shop.site, role="admin")
    session.commit()

    def opening(**options: object) -> Page:
        opened = open_page(**options)
        log_in(opened, dana.email)
        opened.goto(f"/settings/sites/{kept_shop.site.slug}/look")
        return opened

    return opening


def test_without_script_it_is_previewed_too(at_the_look: Callable[..., Page]) -> None:
    page = at_the_look(java_script_enabled=False)
    page.get_by_label("Brand colour").fill("#C2185B")
    page.get_by_role("button", name="Preview light").focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe[name=sample-light]")
    expect(frame.get_by_role("button", name="Continue")).to_have_css("background-color", "rgb(194, 24, 91)")


def test_colour_and_logo_are_previewed_again_and_again_and_then_published(
        session: Session, kept_shop: Shop, at_the_look: Callable[..., Page]) -> None:
    page = at_the_look()

    def published() -> str:
        session.rollback()
        return session.get_one(Site, kept_shop.site.id).brand_color

    before = published()
    page.get_by_label("Logo on light pages").set_input_files(
        {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": LOGO.encode()})
    for color, tone in (("#FFD400", "rgb(255, 212, 0)"), ("#C2185B", "rgb(194, 24, 91)")):
        page.get_by_label("Brand colour").fill(color)
        page.get_by_role("button", name="Preview light").click()
        frame = page.frame_locator("iframe[name=sample-light]")
        expect(frame.get_by_role("button", name="Continue")).to_have_css("background-color", tone)
        expect(frame.locator(".public-logo")).to_be_visible()
    page.get_by_role("button", name="Preview dark").click()
    expect(page.frame_locator("iframe[name=sample-dark]").locator(".public-logo")).to_be_visible()
    assert published() == before
    assert accessibility_problems(page) == []
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert published() == "#C2185B"
