"""Takes the two pictures of the README: the builder of a demo selection, and the first page of its link on a phone."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts import demo_shop

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PRODUCTS = ("2*TSH-0042", "BAG-0110", "CAP-0007")


def main() -> None:
    """Serve a fresh demo shop, walk through it and take the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (tempfile.TemporaryDirectory() as folder, demo_shop.serve(f"sqlite:///{folder}/portal.db") as (_, url),
          sync_playwright() as play):
        browser = play.chromium.launch(executable_path=os.environ["CHROMIUM"], args=demo_shop.QUIET)
        builder = _sign_in(browser, url)
        _build(builder)
        builder.reload()
        builder.screenshot(path=PICTURES / "builder.png")
        link = _link(builder)
        phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        phone.goto(link)
        phone.reload()
        phone.screenshot(path=PICTURES / "landing.png")
        browser.close()


def _sign_in(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page.goto(f"{url}/login")
    page.fill("input[name=email]", "maria@demo.example")
    page.fill("input[name=password]", "demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    return page


def _build(page: Page) -> None:
    for product in PRODUCTS:
        page.keyboard.type(product)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1200)


def _link(page: Page) -> str:
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Create and copy link").wait_for()
    page.wait_for_timeout(800)
    page.keyboard.press("Enter")
    return page.locator("dialog[open] input[readonly]").first.input_value()


if __name__ == "__main__":
    main()
