"""A line that is sold out can be kept for later: its link starts when all of it is back."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.inventory import service as inventory
from sales_portal.selections import queries
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Client
from tests.make import Shop


@pytest.fixture
def sold_out(session: Session, shop: Shop) -> Selection:
    """Two lamps, of which none is left, beside a bag."""
    lamp = make.product(session, "Oak lamp", sku="LAMP", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    made = make.selection(session, shop, {shop.bag: 1, lamp: 2})
    session.commit()
    return made


def keep(maria: Client, selection: Selection) -> str:
    """Press the button that keeps or lets go; what the lamp's row says then."""
    line = building.line_of(maria, selection, "Oak lamp")
    building.post(maria, selection, f"lines/{line}/wait",
                  **{str(field["name"]): str(field["value"]) for field in building.page(maria, selection).page.select(
                      f"form[action$='/lines/{line}/wait'] input[name=is_kept]")})
    return building.page(maria, selection).words(f"#line-{line}")


def test_it_says_when_the_link_starts_and_no_longer_stands_in_the_way(maria: Client, sold_out: Selection) -> None:
    before = building.page(maria, sold_out).words("#lines")
    assert "Sold out in Sweden." in before
    assert "Keep for later" in before
    row = keep(maria, sold_out)
    assert "Sold out in Sweden. The link starts when it is back." in row
    assert "Keep for later" not in row
    reviewed = building.page(maria, sold_out)
    assert "Don't wait for it" in reviewed.words("#lines")


def test_it_can_be_let_go_and_taken_back(maria: Client, sold_out: Selection) -> None:
    keep(maria, sold_out)
    assert "The link starts" not in keep(maria, sold_out)
    building.post(maria, sold_out, "undo")
    assert "The link starts when it is back." in building.page(maria, sold_out).words("#lines")


def test_the_promise_says_so_and_the_link_waits(maria: Client, session: Session, sold_out: Selection) -> None:
    keep(maria, sold_out)
    dialog = linking.dialog(maria, sold_out)
    assert ", once, when everything is in stock, until " in dialog.words("#promise")
    linking.create(maria, dialog)
    made = linking.only_link(session)
    assert made.waits_for_stock
    assert "Scheduled" in maria.get(f"/links/{made.number}").words("main")


def test_what_came_back_in_the_meantime_is_waited_for_no_more(
        maria: Client, session: Session, shop: Shop, sold_out: Selection) -> None:
    keep(maria, sold_out)
    lamp = queries.list_lines(session, sold_out.id)[1].variant_id
    assert lamp is not None
    inventory.receive(session, lamp, shop.warehouse.id, 1, by=shop.agent.actor)
    session.commit()
    assert "1 of 2 in stock in Sweden. The link starts when all are there." in building.page(
        maria, sold_out).words("#lines")
    inventory.receive(session, lamp, shop.warehouse.id, 1, by=shop.agent.actor)
    session.commit()
    linking.create(maria, linking.dialog(maria, sold_out))
    assert not linking.only_link(session).waits_for_stock


def test_one_of_several_to_pick_from_holds_up_none(maria: Client, session: Session, sold_out: Selection) -> None:
    keep(maria, sold_out)
    linking.create(maria, linking.dialog(maria, sold_out), changes="pick_one")
    assert not linking.only_link(session).waits_for_stock


def test_a_site_may_make_no_such_links(maria: Client, session: Session, shop: Shop, sold_out: Selection) -> None:
    shop.site.links_may_wait = False
    session.commit()
    assert "Keep for later" not in building.page(maria, sold_out).words("#lines")
    line = building.line_of(maria, sold_out, "Oak lamp")
    refused = building.post(maria, sold_out, f"lines/{line}/wait", htmx=True, is_kept="1")
    assert "Nordic Home makes no links that wait for stock." in refused.text
    assert "Sold out in Sweden." in building.page(maria, sold_out).words("#lines")
