"""Where a selection begins: on Orders for somebody new (C-08), on a customer's card for somebody known (C-09)."""

from tests.harness.app import Answer, Client
from tests.make import Shop


def test_c08_orders_has_create_selection_top_right(maria: Client) -> None:
    orders = maria.get("/orders")
    assert orders.words("#page-header button") == "Create selection"
    started = maria.submit(orders, "#start-selection")
    built = maria.get(str(started.headers["Location"]))
    assert isinstance(built, Answer)
    assert "Without one, anyone with the link can buy." in built.words("#selection-customer")


def test_c09_a_customer_is_searched_opened_and_given_a_selection(maria: Client, shop: Shop) -> None:
    found = maria.get("/customers?q=svensson")
    row = found.one("#customers-list tbody tr")
    opened = maria.get(str(row.select("a.row-main")[0]["href"]))
    assert opened.words("#start-selection button") == "Create selection"
    started = maria.submit(opened, "#start-selection")
    built = maria.get(str(started.headers["Location"]))
    assert isinstance(built, Answer)
    assert built.words("#selection-customer .card-title") == shop.customer.name


def test_c09_the_row_and_view_open_the_card_alike(maria: Client, shop: Shop) -> None:
    row = maria.get("/customers").one("#customers-list tbody tr")
    addresses = {str(link["href"]) for link in row.select("a")}
    assert addresses == {f"/customers/{shop.customer.number}"}
    [view] = [link for link in row.select("a") if link.get_text(strip=True).startswith("View")]
    assert view.get_text(" ", strip=True) == "View Anna Svensson"
