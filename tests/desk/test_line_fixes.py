"""B15: what is wrong with a line stands under it in the design's words, with a way to put it right."""

from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.core import clock
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


@pytest.fixture
def broken(session: Session, shop: Shop) -> Selection:
    """Lines without a price, sold out, no longer sold, and above stock."""
    lamp = make.product(session, "Oak lamp", stock={shop.warehouse: 5})
    bench = make.product(session, "Oak bench", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    stool = make.product(session, "Oak stool", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                         unpublished_at=clock.now())
    made = make.selection(session, shop, {lamp: 1, bench: 1, stool: 1, shop.cap: 3})
    session.commit()
    return made


@pytest.mark.parametrize(("title", "said", "fixes"), [
    ("Oak lamp", "No price in Retail SEK. Give a special price or remove the line.", ["Give a special price"]),
    ("Oak bench", "Sold out in Sweden.", ["Find similar", "Keep for later", "Take it from another warehouse"]),
    ("Oak stool", "No longer sold since", ["Find similar"]),
    ("Wool cap", "You asked for 3, 1 in stock in Sweden.", ["Set to 1", "Take it from another warehouse"])])
def test_each_says_what_is_wrong_and_offers_what_puts_it_right(
        maria: Client, broken: Selection, title: str, said: str, fixes: list[str]) -> None:
    line = building.line_of(maria, broken, title)
    page = building.page(maria, broken)
    assert said in page.words(f"#line-{line}")
    offered = page.page.select(f"#line-fixes-{line} a, #line-fixes-{line} button")
    assert [" ".join(fix.get_text().split()) for fix in offered] == fixes
    for link in page.page.select(f"#line-fixes-{line} a"):
        assert cast(Answer, maria.get(str(link["href"]))).status_code == 200


def test_another_pricelist_of_the_market_that_has_a_price_is_offered_and_only_tried(
        maria: Client, session: Session, shop: Shop, broken: Selection) -> None:
    partner, vip = (make.pricelist(session, shop.market, name, position=2) for name in ("Partner SEK", "VIP SEK"))
    lamp = building.line_of(maria, broken, "Oak lamp")
    assert "Switch to" not in building.page(maria, broken).words(f"#line-fixes-{lamp}")
    make.price(session, vip, session.get_one(Variant, session.get_one(SelectionLine, lamp).variant_id), 70000)
    session.commit()
    [link] = building.page(maria, broken).page.select(f"#line-fixes-{lamp} a[href*=pricelist]")
    assert link.get_text() == "Switch to VIP SEK"
    shown = cast(Answer, maria.get(str(link["href"]), htmx=True))
    assert shown.words("#switch-title").startswith("Switch to Sweden / VIP SEK?")
    assert partner.name not in building.page(maria, broken).words(f"#line-fixes-{lamp}")


def test_what_is_sold_out_is_struck(maria: Client, broken: Selection) -> None:
    struck = building.page(maria, broken).page.select("#lines .is-struck")
    assert [title.get_text(strip=True) for title in struck] == ["Oak bench"]


def test_a_line_in_order_offers_nothing(maria: Client, draft: Selection) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    assert building.page(maria, draft).words(f"#line-fixes-{line}") == ""
