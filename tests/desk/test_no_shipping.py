"""Where nothing ships to the customer's country, the builder says so and shows the way out (B15)."""

from sqlalchemy.orm import Session

from tests import make
from tests.desk import building
from tests.harness.app import Client
from tests.make import Shop

SAID = "No shipping to Norway in market Sweden."


def test_b15_a_market_that_ships_there_is_offered(maria: Client, session: Session, shop: Shop) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", locale="nb_NO", countries=["NO"])
    make.pricelist(session, norway, "Retail NOK")
    draft = make.selection(session, shop, {shop.chair: 1}, customer=make.customer(session, "Kari", country="NO"))
    page = building.page(maria, draft)
    assert SAID in page.words("#selection-checks")
    way = page.one("#selection-checks a")
    assert way.get_text() == "Switch market"
    assert "Switch to Norway / Retail NOK?" in maria.get(str(way["href"])).words("#switch-title")


def test_b15_where_no_market_ships_an_admin_is_told(maria: Client, session: Session, shop: Shop) -> None:
    make.staff(session, "Ada Admin", site=shop.site, role="admin", email="ada@demo.example")
    draft = make.selection(session, shop, {shop.chair: 1}, customer=make.customer(session, "Kari", country="NO"))
    way = building.page(maria, draft).one("#selection-checks a")
    assert way.get_text() == "Tell an admin"
    assert str(way["href"]).startswith("mailto:ada@demo.example?subject=Shipping%20to%20Norway&body=No%20shipping")
    assert draft.number in str(way["href"])


def test_b15_what_ships_offers_no_way_out(maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, {shop.chair: 1})
    assert not building.page(maria, draft).page.select("#selection-checks a")
