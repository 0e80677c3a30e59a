"""The gallery of components: no accessibility problem and no sideways scroll, in both themes, narrow and wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests import make
from tests.desk.test_records_in_browser import sign_in
from tests.harness.browser import accessibility_problems
from tests.make import Shop


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_gallery(
        open_page: Callable[..., Page], session: Session, shop: Shop, theme: str) -> None:
    make.staff(session, "Ada Holm", site=shop.site, role="admin", email="ada@demo.example")
    session.commit()
    page, found = sign_in(open_page(color_scheme=theme), "ada@demo.example"), []
    page.goto(f"/ui?theme={theme}")
    assert page.locator("html").get_attribute("data-theme") == theme
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"at {width}: {problem}" for problem in accessibility_problems(page, [theme])]
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"at {width}: scrolls sideways to {needed}")
    assert found == []
