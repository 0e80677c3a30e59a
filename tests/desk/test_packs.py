"""What is sold in packs: said before a quantity is typed, added by the pack, and refused in any other number."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Client
from tests.make import Shop

SOLD_IN = "Sold in packs of 6"


@pytest.fixture
def biscuits(session: Session, shop: Shop) -> Variant:
    """Biscuits in packs of six."""
    made = make.product(session, "Oat biscuits", sku="BRE", prices={shop.pricelist: 55_00}, stock={shop.warehouse: 40},
                        pack_size=6)
    session.commit()
    return made


@pytest.fixture
def empty(session: Session, shop: Shop, biscuits: Variant) -> Selection:
    """Maria's empty selection."""
    made = make.selection(session, shop)
    session.commit()
    return made


def test_without_a_number_a_pack_is_added_and_another_one_each_time(maria: Client, empty: Selection) -> None:
    building.add(maria, empty, "BRE")
    assert building.toasts(building.add(maria, empty, "BRE")) == ["Oat biscuits: 6 → 12"]
    building.add(maria, empty, "18*BRE")
    page = building.page(maria, empty)
    assert building.lines(page) == [("Oat biscuits", "30")]
    assert SOLD_IN in page.words("#lines")
    assert page.one("#lines .stepper-input")["data-unit"] == "6"


def test_another_number_is_refused_with_the_nearest_ones_and_stays_typed(maria: Client, empty: Selection) -> None:
    assert f"{SOLD_IN}. Enter 6 or 12" in building.add(maria, empty, "7*BRE").text
    building.add(maria, empty, "BRE")
    line = building.line_of(maria, empty, "Oat biscuits")
    refused = building.post(maria, empty, f"lines/{line}/quantity", htmx=True, quantity="4")
    assert f"{SOLD_IN}. Enter 6" in refused.words(f"#line-{line}")
    assert refused.one(f"#quantity-{line}")["value"] == "4"
    assert building.lines(building.page(maria, empty)) == [("Oat biscuits", "6")]


def test_a_pasted_row_says_so_and_the_good_ones_are_added(maria: Client, empty: Selection) -> None:
    shown = building.post(maria, empty, "list", htmx=True, text="BRE;7\nBRE;12")
    assert f"{SOLD_IN}. Enter 6 or 12" in shown.text
    building.post(maria, empty, "list", htmx=True, code=["BRE"], quantity=["12"], do="add")
    assert building.lines(building.page(maria, empty)) == [("Oat biscuits", "12")]


def test_a_selection_started_with_a_list_takes_whole_packs_too(maria: Client, biscuits: Variant) -> None:
    started = maria.post("/selections", data={"q": "BRE\n12*BRE"})
    assert building.lines(maria.get(str(started.location))) == [("Oat biscuits", "18")]
    refused = maria.post("/selections", data={"q": "BRE\n7*BRE"})
    assert f"{SOLD_IN}. Enter 6 or 12" in refused.words("main")


def test_a_line_that_is_no_whole_packs_any_more_stands_in_the_way(
        maria: Client, session: Session, shop: Shop, empty: Selection) -> None:
    line = make.line(session, empty, shop.bag, 4)
    session.get_one(Variant, shop.bag.id).pack_size = 10
    session.commit()
    row = building.page(maria, empty).words(f"#line-{line.id}")
    assert "Sold in packs of 10." in row
    assert "Set to 10" in row


def test_a_customer_takes_whole_packs_up_to_the_agents_limit(
        client: Client, session: Session, empty: Selection, biscuits: Variant) -> None:
    make.line(session, empty, biscuits, 6)
    linked = make.link(session, empty, changes="more", may_change_quantities=True, max_per_line=20)
    session.commit()
    landing = client.get(linked.path)
    stepper = landing.one(".stepper-input")
    assert (stepper["data-unit"], stepper["data-min"], stepper["data-max"]) == ("6", "6", "18")
    assert f"{SOLD_IN}, up to 18" in landing.words("#landing-lines")
    refused = client.submit(landing, "#offer-form", **{str(stepper["name"]): "8"})
    assert SOLD_IN in refused.words("#landing-lines .field-error")
    taken = client.submit(landing, "#offer-form", **{str(stepper["name"]): "18"})
    assert taken.status_code == 303
