"""C21 in a browser: with difficult colours every page is accessible in both themes, and what is pressed can be read."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.sites import colors
from sales_portal.sites import service as sites
from tests import make
from tests.harness.browser import THEMES, accessibility_problems
from tests.make import Shop

BRANDS = ("#FFD400", "#111111", "#00A86B", "#C2185B")
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'
DRAWN = """(id) => { const drawn = getComputedStyle(document.querySelector(id));
    return [drawn.color, drawn.backgroundColor, drawn.borderTopLeftRadius] }"""


def written(drawn: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in drawn.removeprefix("rgb(").removesuffix(")").split(","))


def test_c21_every_brand_is_legible(
        session: Session, kept_shop: Shop, open_page: Callable[..., Page]) -> None:
    site, page = kept_shop.site, open_page(viewport={"width": 360, "height": 640})
    sites.set_logo(session, site, "light", LOGO, by=SYSTEM)
    sites.change_texts(session, site, {"terms": "# Who sells\nWe do."}, "", by=SYSTEM)
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 2}), changes="more",
                       may_change_quantities=True)
    for brand in BRANDS:
        site.brand_color, site.corners = brand, "round"
        session.commit()
        page.goto(linked.path)
        expect(page.locator("#continue")).to_be_visible()
        assert accessibility_problems(page) == [], brand
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            ink, fill, radius = page.evaluate(DRAWN, "#continue")
            tones = getattr(colors.palette(brand), theme)
            assert (written(ink), written(fill), radius) == (tones.on_fill, tones.fill, "18px")
    page.get_by_role("link", name="Terms of sale").click()
    expect(page.locator("h1")).to_have_text("Terms of sale")
    assert accessibility_problems(page) == []
