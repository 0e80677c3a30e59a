"""The builder where there is little room: menus, the sheet with the summary, and the way to what must be fixed."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk.test_link_dialog_in_browser import IN_SIGHT
from tests.desk.test_records_in_browser import sign_in
from tests.make import Shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """A chair and a bag at a special price, for anyone."""
    made = make.selection(session, shop, {shop.chair: 2}, for_anyone=True)
    make.line(session, made, shop.bag, 1, special_price=25000, reason="Loyal since 2019")
    session.commit()
    return made


def test_the_menu_of_every_line_opens_in_sight_at_any_width(page: Page, shop: Shop, draft: Selection) -> None:
    sign_in(page, shop.agent.email).goto(f"/selections/{draft.number}")
    for width in (320, 360, 768, 820, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 740})
        for opener in page.locator("#lines [data-menu] > summary").all():
            opener.click()
            assert page.locator("#lines [data-menu][open] .menu-panel").evaluate(IN_SIGHT), width
            opener.click()
