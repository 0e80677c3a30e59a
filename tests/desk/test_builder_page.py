"""The builder's page: what it shows, to whom, and in how many statements."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, rows
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")

SIGN_IN = 1
"""Every request of a signed-in person looks its session up once."""


def test_the_page_names_number_status_and_when_it_was_saved(maria: Client, draft: Selection) -> None:
    draft.changed_at = datetime(2026, 11, 21, 13, 2, tzinfo=UTC)
    page = building.page(maria, draft)
    assert page.words("h1") == draft.number
    assert page.words("#selection-status") == "Draft"
    assert page.words("#save-status") == "Saved 14:02"
    assert page.words("title") == f"{draft.number} · Anna Svensson – Nordic Home"


def test_a_line_shows_product_sku_stock_and_amounts(maria: Client, draft: Selection) -> None:
    row = building.page(maria, draft).page.select("#lines tbody .row")[0].get_text(" ", strip=True)
    for said in ("Oak chair, natural", "TSH-0042 · 14 in stock", "1\u00a0200,00", "2\u00a0400,00"):
        assert said in row


def test_the_summary_adds_up_in_its_order(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.give(session, draft, make.discount(session, 10000, code="SUMMER10"))
    assert building.totals(building.page(maria, draft)) == [
        "Items (3) 2 710,00", "Discount SUMMER10 −271,00", "Shipping, estimate 59,00", "incl. tax 25 % 499,60",
        "Customer pays 2 498,00 kr"]


def test_a_special_price_shows_the_old_price_the_saving_and_the_reason(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, special_price=25000, reason="loyal customer")
    row = building.page(maria, selection).one("#lines tbody .row")
    assert row.select_one("del").get_text() == "310,00"
    assert "Special price −19 % · “loyal customer”" in row.get_text()


@pytest.mark.parametrize(("quantity", "said"), [
    (1, "Only 1 left in Sweden."), (3, "You asked for 3, 1 in stock in Sweden.")])
def test_a_line_says_when_there_is_little_or_too_little(
        maria: Client, session: Session, shop: Shop, quantity: int, said: str) -> None:
    selection = make.selection(session, shop, {shop.cap: quantity})
    page = building.page(maria, selection)
    assert said in page.words("#lines tbody .row")
    assert (page.page.select_one(".line-fixes form[action$=quantity]") is not None) == (quantity > 1)


def test_a_line_can_be_set_to_what_is_there(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.cap: 3})
    maria.submit(building.page(maria, selection), ".line-fixes form[action$=quantity]")
    assert building.lines(building.page(maria, selection)) == [("Wool cap", "1")]


def test_an_empty_selection_says_how_to_begin(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    assert building.page(maria, selection).words("#selection-lines") == (
        "Nothing here yet. Type a product name, SKU or scan a barcode above. You can also paste a list.")


def test_what_is_won_shows_neither_stock_nor_what_is_short_now(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.cap: 3, shop.chair: 1}, status="won")
    page = building.page(maria, selection)
    assert page.words("#selection-status") == "Won"
    for said in ("in stock", "left in"):
        assert said not in page.words("main")
    assert page.page.select(".row-danger, #selection-checks") == []


def test_the_strip_names_the_live_link_and_dead_ones_are_left_out(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """B27."""
    rows.link(session, shop, draft, status="expired", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert building.page(maria, draft).words("#selection-strip") == ""
    live = rows.link(session, shop, draft, created_at=datetime(2026, 11, 21, 13, 2, tzinfo=UTC))
    said = building.page(maria, draft).words("#selection-strip")
    assert f"{live.number} is live with the version from 14:02. Your changes here don't change it." in said


def test_the_cursor_stands_in_the_search(maria: Client, draft: Selection) -> None:
    page = building.page(maria, draft)
    assert [field["id"] for field in page.page.select("[autofocus]")] == ["field-q"]


@pytest.mark.parametrize("number", [1, 40])
def test_the_page_takes_twelve_statements_whatever_it_holds(
        maria: Client, session: Session, shop: Shop, statements: Counting, number: int) -> None:
    selection = make.selection(session, shop)
    for index in range(number):
        product = make.product(session, f"Cup {index}", prices={shop.pricelist: 100}, stock={shop.warehouse: 5})
        make.line(session, selection, product)
    rows.links(session, shop, selection, 3)
    session.commit()
    with statements(at_most=12) as sent:
        building.page(maria, selection)
    assert len(sent) - SIGN_IN <= 11


def test_one_primary_button_and_one_heading(maria: Client, draft: Selection) -> None:
    page = building.page(maria, draft).page
    assert [button.get_text(" ", strip=True).split()[0] for button in page.select(".button-primary")] == ["Link"]
    assert len(page.select("h1")) == len(page.select("main")) == 1


@pytest.mark.parametrize("number", ["S-99999", "S-1", "s-x", "S-" + "9" * 30, "x"])
def test_an_unknown_number_is_not_found_in_words(maria: Client, number: str) -> None:
    answer = maria.get(f"/selections/{number}")
    assert answer.status_code == 404
    assert f"We can't find {number}. It may have been deleted or the number is mistyped." in answer.words("main")


def test_an_agent_does_not_find_a_colleagues_selection(client: Client, session: Session, shop: Shop,
                                                       draft: Selection) -> None:
    client.sign_in(make.staff(session, "Ben Okoro", site=shop.site).email)
    assert client.get(f"/selections/{draft.number}").status_code == 404


def test_a_senior_agent_finds_the_teams_and_no_other(client: Client, session: Session, shop: Shop,
                                                     draft: Selection) -> None:
    team = make.team(session)
    shop.agent.team_id = team.id
    other = make.selection(session, shop, agent=make.staff(session, "Ben Okoro", site=shop.site))
    client.sign_in(make.staff(session, "Sena Berg", site=shop.site, role="senior_agent", team=team).email)
    assert client.get(f"/selections/{draft.number}").status_code == 200
    assert client.get(f"/selections/{other.number}").status_code == 404


def test_an_auditor_reads_and_is_offered_nothing_to_change(client: Client, session: Session, shop: Shop,
                                                           draft: Selection) -> None:
    draft.internal_note = "Calls back"
    client.sign_in(make.staff(session, "Aud Itor", site=shop.site, role="auditor").email)
    page = building.page(client, draft)
    assert "Oak chair" in page.words("#lines")
    assert "Calls back" in page.words("#selection-notes")
    assert page.page.select("main form, main .button-primary") == []
    assert building.add(client, draft, "CAP-0001").status_code == 403


def test_what_people_typed_is_shown_as_they_typed_it(maria: Client, session: Session, shop: Shop) -> None:
    hostile = "<script>alert(1)</script> 🪑 كرسي \"'&"
    product = make.product(session, hostile, prices={shop.pricelist: 100}, stock={shop.warehouse: 5})
    anna = make.customer(session, hostile, email="a@example.com")
    selection = make.selection(session, shop, {product: 1}, customer=anna, customer_note=hostile,
                               internal_note=hostile)
    page = building.page(maria, selection)
    assert page.one(".product-title").get_text() == hostile
    assert [note.get_text().strip() for note in page.page.select("textarea")] == [hostile, hostile]
    assert hostile in page.one("#selection-customer").get_text()
    assert all(script.get("src") for script in page.page.select("script"))
