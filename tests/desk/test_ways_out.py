"""B07: what cannot be added stays in sight with its reason and a way out that works."""

import json
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.core import clock
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop


@pytest.fixture
def shelf(session: Session, shop: Shop) -> Selection:
    """An empty selection; a lamp with a VIP price only, a bench that only Oslo has, a stool no longer sold."""
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    oslo = make.warehouse(session, "Oslo")
    make.product(session, "Oak lamp", sku="LAMP", prices={vip: 100}, stock={shop.warehouse: 5})
    bench = make.product(session, "Oak bench", sku="BENCH", prices={shop.pricelist: 50000}, stock={shop.warehouse: 0})
    inventory.set_on_hand(session, bench.id, oslo.id, 12, by=SYSTEM)
    make.product(session, "Oak stool", sku="STOOL", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                 unpublished_at=clock.now())
    made = make.selection(session, shop)
    session.commit()
    return made


def search(client: Client, selection: Selection, text: str, *, htmx: bool = True) -> Answer:
    """What the search finds."""
    return cast(Answer, client.get(f"/selections/{selection.number}/products", htmx=htmx, query_string={"q": text}))


def press(client: Client, selection: Selection, sku: str, button: str) -> Answer:
    """Press a button of the product's row on the page of results."""
    page = search(client, selection, sku, htmx=False)
    form = next(form for form in page.page.select("main form") if button in form.get_text())
    return cast(Answer, client.submit(page, f"form[action='{form['action']}']"))


def test_the_list_names_reason_and_way_out_and_leads_there(maria: Client, shelf: Selection) -> None:
    options = {" ".join(option.get_text(" ").split()): option for option in
               search(maria, shelf, "oak").page.select("[role=option]")}
    reasons = [(option.select_one(".option-reason"), option) for option in options.values()]
    said = {" ".join(reason.get_text().split()): option for reason, option in reasons if reason is not None}
    assert set(said) == {
        "No price in Retail SEK — give a special price or switch to VIP SEK",
        "Sold out in Sweden — take one of 12 from Oslo", "No longer sold"}
    lamp = said["No price in Retail SEK — give a special price or switch to VIP SEK"]
    panel = cast(Answer, maria.get(str(lamp["data-panel"]), htmx=True, query_string={"q": "3*oak"}))
    assert panel.words("#ways-out-title") == "Oak lamp: No price in Retail SEK"
    assert [way.get_text(strip=True) for way in panel.page.select(".button")] == [
        "Give a special price", "Switch to VIP SEK"]
    assert panel.one("form [name=q]")["value"] == "3*oak"
    assert lamp.get("aria-disabled") is None
    assert said["No longer sold"]["aria-disabled"] == "true"


def test_a_special_price_is_the_way_out_of_no_price(maria: Client, shelf: Selection) -> None:
    answer = press(maria, shelf, "LAMP", "Give a special price")
    line = building.line_of(maria, shelf, "Oak lamp")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/selections/{shelf.number}/lines/{line}/price")
    building.post(maria, shelf, f"lines/{line}/price", amount="99", reason="Volume")
    assert "99,00" in building.page(maria, shelf).words(f"#line-{line}")


def test_another_pricelist_is_the_way_out_of_no_price_and_asks_before_it_switches(
        maria: Client, shelf: Selection) -> None:
    page = search(maria, shelf, "LAMP", htmx=False)
    [way] = [link for link in page.page.select("main td a.button") if link.get_text(strip=True) == "Switch to VIP SEK"]
    asked = cast(Answer, maria.get(str(way["href"])))
    assert "Switch to Sweden / VIP SEK?" in asked.words("main")
    assert building.page(maria, shelf).one("#field-pricelist [selected]").get_text() == "Retail SEK"


def ways_out_of(client: Client, selection: Selection, text: str, *, htmx: bool) -> Answer:
    """What Enter on the whole code of a product that cannot be added leads to: the ways out it has."""
    if not htmx:
        return building.post(client, selection, "lines", q=text)
    row = building.add(client, selection, text).one("#product-results [data-panel]")
    return cast(Answer, client.get(str(row["data-panel"]), htmx=True, query_string={"q": text}))


@pytest.mark.parametrize("htmx", [True, False])
def test_switching_for_a_product_shows_what_changes_first_and_leaves_its_text_typed(
        maria: Client, shelf: Selection, htmx: bool) -> None:
    way = ways_out_of(maria, shelf, "3*LAMP", htmx=htmx).one("#ways-out a.button")
    assert way.get("hx-target") == ("#panel-switch" if htmx else None)
    asked = cast(Answer, maria.get(str(way.get("hx-get", way["href"])), htmx=htmx))
    assert asked.words("#switch-title").startswith("Switch to Sweden / VIP SEK?")
    [cancel] = [link for link in asked.page.select("#switch a") if link.get_text() == "Cancel"]
    assert cast(Answer, maria.get(str(cancel["href"]))).one("#field-q")["value"] == "3*LAMP"
    assert building.page(maria, shelf).one("#field-pricelist [selected]").get_text() == "Retail SEK"
    done = cast(Answer, maria.submit(asked, "#switch-form", htmx=htmx))
    if htmx:
        # The text still stands in the search, which no answer touches.
        assert json.loads(done.headers["HX-Trigger"]) == {"focus": {"to": "#field-q"}}
        assert {"#panel-switch", "#panel-new"} <= {part["hx-target"] for part in done.page.select("hx-partial")}
        assert not done.page.select("#field-q")
    else:
        assert cast(Answer, maria.get(done.headers["Location"])).one("#field-q")["value"] == "3*LAMP"
    assert building.page(maria, shelf).one("#field-pricelist [selected]").get_text() == "VIP SEK"


EXACT = [("LAMP", "Oak lamp has no price in Retail SEK.", "Oak lamp: No price in Retail SEK",
          ["Give a special price", "Switch to VIP SEK"]),
         ("2*bench", "Oak bench is sold out in Sweden.", "Oak bench: Sold out in Sweden",
          ["Take it from Oslo, 12 there"]),
         ("STOOL", "Oak stool is no longer sold.", "Oak stool: No longer sold", [])]


@pytest.mark.parametrize(("text", "said", "title", "ways"), EXACT)
def test_enter_on_the_code_of_what_cannot_be_added_lists_it_with_its_ways_out(
        maria: Client, shelf: Selection, text: str, said: str, title: str, ways: list[str]) -> None:
    answer = building.add(maria, shelf, text)
    assert answer.status_code == 409
    assert (answer.headers["HX-Retarget"], answer.headers.get("HX-Trigger")) == ("#product-results", None)
    assert answer.one("#product-results")["data-status"] == said
    row = answer.one("#product-results .option-off")
    assert row.select_one(".option-reason").get_text().startswith(title.partition(": ")[2])
    if ways:
        panel = ways_out_of(maria, shelf, text, htmx=True)
        assert panel.words("#ways-out-title") == title
        assert [way.get_text(strip=True) for way in panel.page.select(".button")] == ways
        assert {field["value"] for field in panel.page.select("[name=q]")} == {text}
    assert building.lines(building.page(maria, shelf)) == []


@pytest.mark.parametrize(("text", "said", "title", "ways"), EXACT)
def test_without_scripts_enter_says_the_same_at_the_field_with_the_ways_out_under_it(
        maria: Client, shelf: Selection, text: str, said: str, title: str, ways: list[str]) -> None:
    answer = building.post(maria, shelf, "lines", q=text)
    assert (answer.status_code, answer.words("#field-q-error")) == (409, said)
    assert (answer.one("#field-q")["value"], answer.one("#field-q").has_attr("autofocus")) == (text, True)
    assert answer.words("#ways-out-title") == title
    assert [way.get_text(strip=True) for way in answer.page.select("#ways-out .button")] == ways


def test_a_way_out_takes_as_many_as_were_typed(maria: Client, shelf: Selection) -> None:
    panel = ways_out_of(maria, shelf, "3*BENCH", htmx=True)
    assert maria.submit(panel, "#ways-out form").status_code == 303
    assert building.lines(building.page(maria, shelf)) == [("Oak bench", "3")]


@pytest.fixture
def abroad(session: Session, shop: Shop) -> Selection:
    """An empty selection; two mirrors that have a price in Norway alone."""
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", warehouses=[shop.warehouse])
    retail = make.pricelist(session, norway, "Retail NOK")
    for sku in ("MIRROR-1", "MIRROR-2"):
        make.product(session, f"Hall {sku.lower()}", sku=sku, prices={retail: 9900}, stock={shop.warehouse: 5})
    made = make.selection(session, shop)
    session.commit()
    return made


def test_what_has_its_price_in_another_market_says_where_and_leads_there(maria: Client, abroad: Selection) -> None:
    option, *_ = search(maria, abroad, "mirror-1").page.select("[data-text^='Hall']")
    assert "No price in Retail SEK — give a special price or switch to Norway / Retail NOK" in " ".join(
        option.get_text(" ").split())
    page = search(maria, abroad, "mirror-1", htmx=False)
    [way] = [link for link in page.page.select("main td a.button") if "Norway" in link.get_text()]
    assert "Switch to Norway / Retail NOK?" in cast(Answer, maria.get(str(way["href"]))).words("main")


def test_search_none_elsewhere_counts_what_matches_in_other_pricelists_and_shows_them(
        maria: Client, abroad: Selection) -> None:
    said = "No product matches “hall” in Retail SEK. 2 match in other pricelists."
    first, *others = search(maria, abroad, "hall").page.select("[role=option]")
    assert " ".join(first.get_text(" ").split()) == f"{said} Show them"
    assert len(others) == 2
    shown = cast(Answer, maria.get(str(first["data-href"])))
    assert said in shown.words("main")
    assert len(shown.page.select(".product-title")) == 2


def test_enter_on_what_cannot_be_added_says_why_and_leaves_the_ways_out(
        maria: Client, shelf: Selection, abroad: Selection) -> None:
    for selection, text, said in (
            (shelf, "bench oak", "Oak bench: Sold out in Sweden."),
            (shelf, "oak stool", "Oak stool: No longer sold."),
            (abroad, "hall", "No product matches “hall” in Retail SEK. 2 match in other pricelists.")):
        answer = building.add(maria, selection, text)
        assert answer.status_code == 422
        assert answer.one("#product-results")["data-status"] == said
        assert answer.page.select("#product-results .option-off")


def test_another_warehouse_is_the_way_out_of_none_left(maria: Client, shelf: Selection) -> None:
    answer = press(maria, shelf, "BENCH", "Take it from Oslo, 12 there")
    assert answer.status_code == 303
    line = building.line_of(maria, shelf, "Oak bench")
    said = building.page(maria, shelf).words(f"#line-{line}")
    assert "Taken from Oslo, this once" in said
    assert "Sold out" not in said


def test_what_is_no_longer_sold_has_no_button(maria: Client, shelf: Selection) -> None:
    page = search(maria, shelf, "STOOL", htmx=False)
    assert "No longer sold" in page.words("main")
    assert not page.page.select("main td button, main td a.button")


@pytest.mark.parametrize(("path", "sent", "status"), [
    ("unpriced", {"variant": "999999"}, 404), ("elsewhere", {"variant": "{bench}", "warehouse": "999999"}, 404),
    ("elsewhere", {"variant": "{bench}"}, 404), ("elsewhere", {"variant": "{bench}", "warehouse": "{own}"}, 409)])
def test_what_is_not_there_is_refused(
        maria: Client, session: Session, shop: Shop, shelf: Selection, path: str, sent: dict[str, str],
        status: int) -> None:
    bench = session.scalars(select(Variant.id).where(Variant.sku == "BENCH")).one()
    known = {"bench": bench, "own": shop.warehouse.id}
    answer = building.post(maria, shelf, f"lines/{path}", **{key: text.format(**known) for key, text in sent.items()})
    assert answer.status_code == status
    assert building.lines(building.page(maria, shelf)) == []


def test_it_takes_three_statements_at_most_with_ways_out(
        session: Session, maria: Client, shelf: Selection, statements: Counting) -> None:
    with statements() as sent:
        search(maria, shelf, "oak natural")
    searching = [sql for sql in sent if "search_words" in sql or "FROM stock" in sql]
    assert len(searching) <= 3, searching


def test_training_without_a_date_can_be_added(maria: Client, session: Session, shop: Shop, shelf: Selection) -> None:
    make.product(session, "Home course", sku="HOME", kind="training", prices={shop.pricelist: 50000})
    session.commit()
    assert building.toasts(building.add(maria, shelf, "HOME")) == ["Home course added."]
