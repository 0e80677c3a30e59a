"""Search as you type: what a row says, in how many statements, and the same as a page."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.customers import service as customers
from sales_portal.desk import products
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop


def search(client: Client, selection: Selection, text: str, *, htmx: bool = True) -> Answer:
    """What typing `text` answers."""
    answer = client.get(f"/selections/{selection.number}/products", query_string={"q": text}, htmx=htmx)
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def test_a_row_says_name_sku_price_and_stock(maria: Client, draft: Selection) -> None:
    answer = search(maria, draft, "oak")
    option = answer.one("[role=option]")
    assert " ".join(option.get_text(" ").split()) == "Oak chair, natural TSH-0042 1 200,00 kr 14 in stock"
    assert option.select_one("mark").get_text() == "Oak"
    assert answer.one("#product-results")["data-status"] == "1 product"


def test_prices_and_stock_are_those_of_the_selections_market(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """B04: price and stock of the chosen market and pricelist."""
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 100000)
    draft.pricelist = vip
    assert "1 000,00 kr" in search(maria, draft, "oak").words("#product-results")


def test_what_cannot_be_added_stays_in_sight_with_the_reason(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.product(session, "Oak lamp", prices={}, stock={shop.warehouse: 5})
    make.product(session, "Oak bench", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    off = search(maria, draft, "oak").page.select(".option-off")
    assert [reason.get_text(strip=True) for option in off for reason in option.select(".option-reason")] == [
        "Sold out in Sweden", "No price in Retail SEK — give a special price"]


def test_nothing_found_says_what_to_do(maria: Client, draft: Selection) -> None:
    said = "No product matches “zzz” in Retail SEK. Check the spelling or try the SKU."
    assert search(maria, draft, "3*zzz").words("#product-results") == said
    assert said in search(maria, draft, "zzz", htmx=False).words("main")


def test_what_the_customer_bought_before_is_marked(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    customers.record_purchases(session, shop.customer.id, [shop.chair.id], clock.now())
    assert search(maria, draft, "oak").words(".option .badge") == "bought before"


@pytest.mark.parametrize("text", ["oak", "oak chair nat", "TSH-00", "7350001000428"])
def test_a_search_takes_three_statements_beside_sign_in_and_selection(
        maria: Client, session: Session, shop: Shop, draft: Selection, statements: Counting, text: str) -> None:
    for index in range(30):
        make.product(session, f"Oak chair {index}", prices={shop.pricelist: 100}, stock={shop.warehouse: 5})
    session.commit()
    with statements(at_most=5) as sent:
        search(maria, draft, text)
    assert "staff_sessions" in sent[0]
    assert "FROM selections" in sent[1]


def test_the_page_adds_what_is_chosen(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    page = search(maria, draft, "2*cap", htmx=False)
    assert page.words("main h1") == "Products"
    added = maria.submit(page, "tbody form")
    assert (added.status_code, added.location) == (303, f"/selections/{draft.number}")
    back = maria.get(added.location)
    assert isinstance(back, Answer)
    assert "Wool cap" in back.words("#lines")
    assert back.page.select("#lines .stepper-input")[-1]["value"] == "2"


def test_before_there_is_a_selection_the_first_market_answers(maria: Client, shop: Shop) -> None:
    answer = maria.get("/products?q=oak", htmx=True)
    assert isinstance(answer, Answer)
    assert "1 200,00 kr" in answer.words("#product-results")


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\x00", "🪑", "<script>", "a" * 3000, "-" * 50, "*", "3*"])
def test_no_text_breaks_the_search(maria: Client, draft: Selection, text: str) -> None:
    assert search(maria, draft, text).page.select("[role=option]:not(.option-empty)") == []


def test_a_colleagues_selection_is_not_searched_for(client: Client, session: Session, shop: Shop,
                                                    draft: Selection) -> None:
    client.sign_in(make.staff(session, "Ben Okoro", site=shop.site).email)
    assert client.get(f"/selections/{draft.number}/products?q=oak").status_code == 404


@pytest.mark.parametrize(("title", "text", "pieces"), [
    ("Oak chair", "oak", [("Oak", True), (" chair", False)]),
    ("Oak chair, oak", "OAK ch", [("Oak", True), (" ", False), ("ch", True), ("air, ", False), ("oak", True)]),
    ("Soak", "oak", [("Soak", False)]),
    ("A+B (c)", "(c", [("A+B (c)", False)]),
    ("Oak", "", [("Oak", False)])])
def test_the_match_is_the_beginning_of_words(title: str, text: str, pieces: list[tuple[str, bool]]) -> None:
    assert list(products.marked(title, text)) == pieces
