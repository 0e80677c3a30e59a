"""Backorder in the builder: found, added, allowed for a line, and said to the customer."""

from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLinkLine
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Answer, Client
from tests.make import Shop


@pytest.fixture
def selling(session: Session, shop: Shop) -> Selection:
    """An empty selection in a market that sends what it has not in three weeks; of the lamp there is none."""
    shop.market.backorder_weeks = 3
    make.product(session, "Oak lamp", sku="LAMP", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    make.training(session, "Oak course", seats=0, at=shop.warehouse, prices={shop.pricelist: 100})
    made = make.selection(session, shop)
    session.commit()
    return made


def test_goods_of_which_none_is_left_are_found_with_how_long_they_take_and_seats_are_not(
        maria: Client, selling: Selection) -> None:
    answer = cast(Answer, maria.get(f"/selections/{selling.number}/products?q=oak", htmx=True))
    said = {str(option["data-text"]): " ".join(option.get_text(" ").split())
            for option in answer.page.select("[role=option]")}
    assert said["Oak lamp"].endswith("Backorder, about 3 weeks")
    assert "Sold out in Sweden" in said["Oak course"]


@pytest.mark.parametrize("act", ["typed", "pasted"])
def test_they_are_added_and_can_be_linked(maria: Client, session: Session, selling: Selection, act: str) -> None:
    if act == "typed":
        assert building.toasts(building.add(maria, selling, "LAMP")) == ["Oak lamp added."]
    else:
        building.post(maria, selling, "list", htmx=True, code=["LAMP"], quantity=["1"], do="add")
    page = building.page(maria, selling)
    assert "Backorder, about 3 weeks." in page.words("#lines")
    assert "Sold out" not in page.words("#lines")
    reviewed = cast(Answer, maria.get(f"/selections/{selling.number}/checkout")).words("main")
    assert "Oak lamp: Backorder, about 3 weeks." in reviewed
    assert "Everything is in stock." not in reviewed
    linking.create(maria, linking.dialog(maria, selling))
    assert session.scalars(select(CheckoutLinkLine.backorder_weeks)).all() == [3]


def test_more_than_is_there_is_allowed_for_one_line_and_taken_back(
        maria: Client, session: Session, shop: Shop, selling: Selection) -> None:
    line = make.line(session, selling, shop.cap, 5)
    session.commit()
    page = building.page(maria, selling)
    assert "You asked for 5, 1 in stock in Sweden." in page.words(f"#line-{line.id}")
    allowed = maria.submit(page, f"form[action$='/lines/{line.id}/backorder']", htmx=True)
    assert isinstance(allowed, Answer)
    assert "Backorder, about 3 weeks for 4 of 5." in allowed.words(f"#line-{line.id}")
    building.post(maria, selling, "undo")
    assert "You asked for 5, 1 in stock in Sweden." in building.page(maria, selling).words(f"#line-{line.id}")


def test_the_customer_reads_when_it_is_sent_and_can_pay(
        maria: Client, client: Client, session: Session, selling: Selection) -> None:
    building.add(maria, selling, "LAMP")
    made = make.link(session, selling)
    landing = cast(Answer, client.get(made.path))
    assert "Sent in about 3 weeks" in landing.words("main")
    assert "Sold out" not in landing.words("main")
