"""A product's page: prices and stock, and the tab with the links that hold it (P-03, P-04)."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import Product
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop

SignedIn = Callable[[Staff], Client]


def links(answer: Answer) -> list[str]:
    """The numbers of the listed links, in order."""
    return [link.get_text() for link in answer.page.select("#product-links a.row-main")]


def test_p03_the_tab_lists_the_links_that_hold_the_product(maria: Client, session: Session, shop: Shop) -> None:
    chair = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 2}))
    make.link(session, make.selection(session, shop, {shop.cap: 1}))
    both = make.link(session, make.selection(session, shop, {shop.chair: 3}), label="Spring offer")
    page = maria.get(f"/products/{shop.chair.product_id}")
    [tab] = [tab for tab in page.page.select("#product-tabs a") if tab.get_text(strip=True) == "Checkout links"]
    listed = maria.get(str(tab["href"]))
    assert links(listed) == [both.link.number, chair.link.number]
    assert listed.one("#product-tabs [aria-current]").get_text() == "Checkout links"


def test_p03_an_agent_sees_only_the_links_within_their_reach(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    ben = make.staff(session, "Ben Ek", site=shop.site)
    boss = make.staff(session, "Ada Admin", site=shop.site, role="admin")
    path = f"/products/{shop.chair.product_id}/links"
    assert links(signed_in(ben).get(path)) == []
    assert links(signed_in(boss).get(path)) == [made.link.number]


def test_p04_new_link_starts_a_selection_with_the_product(maria: Client, shop: Shop) -> None:
    listed = maria.get(f"/products/{shop.chair.product_id}/links")
    assert listed.words("#new-link button") == "New link"
    started = maria.submit(listed, "#new-link-form")
    assert started.status_code == 303
    built = maria.get(str(started.headers["Location"]))
    assert isinstance(built, Answer)
    assert [title.get_text() for title in built.page.select("#lines .product-title")] == ["Oak chair, natural"]
    assert built.one("#link-button").get_text(strip=True).startswith("Link")


def test_p04_of_several_variants_one_is_chosen(maria: Client, session: Session, shop: Shop) -> None:
    product = session.get_one(Product, shop.chair.product_id)
    black = make.variant(session, product, title="black", prices={shop.pricelist: 130000},
                         stock={shop.warehouse: 2})
    listed = maria.get(f"/products/{shop.chair.product_id}/links")
    assert [option.get_text() for option in listed.page.select("#field-variant option")] == ["natural", "black"]
    started = maria.submit(listed, "#new-link-form", variant=str(black.id))
    assert "Oak chair, black" in maria.get(str(started.headers["Location"])).get_data(as_text=True)


def test_a_product_out_of_sale_can_still_be_looked_at_and_not_be_offered(
        maria: Client, session: Session, shop: Shop) -> None:
    old = make.product(session, "Old lamp", is_published=False)
    page = maria.get(f"/products/{old.product_id}")
    assert "Not for sale." in page.words("#main")
    assert not page.page.select("#new-link-form")


def test_who_only_reads_is_offered_no_new_link(signed_in: SignedIn, session: Session, shop: Shop) -> None:
    reader = make.staff(session, "Rita Reader", site=shop.site, role="auditor")
    assert not signed_in(reader).get(f"/products/{shop.chair.product_id}/links").page.select("#new-link-form")


def test_the_page_says_price_and_stock(maria: Client, shop: Shop) -> None:
    words = maria.get(f"/products/{shop.chair.product_id}").words("#product-variants tbody").replace("\u00a0", " ")
    assert words == "natural TSH-0042 · 7350001000428 1 200,00 kr 14"


def test_products_stand_in_the_menu_and_each_found_one_opens(maria: Client, shop: Shop) -> None:
    [entry] = [link for link in maria.get("/home").page.select("#rail a") if link.get_text(strip=True) == "Products"]
    listed = maria.get(str(entry["href"]))
    assert listed.words("#main p[role=status]") == "Products, newest first"
    assert [title.get_text() for title in listed.page.select(".product-title")] == [
        "Wool cap", "Linen bag", "Oak chair, natural"]
    found = maria.get("/products?q=oak")
    assert found.one(".product-title a")["href"] == f"/products/{shop.chair.product_id}"


def test_all_products_are_listed_in_pages_in_six_statements(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    make.many_products(session, 60, pricelist=shop.pricelist, warehouse=shop.warehouse)
    session.commit()
    with statements(at_most=6):
        first = maria.get("/products")
    older = maria.get(str(first.one("#pages a")["href"]))
    titles = [title.get_text() for page in (first, older) for title in page.page.select(".product-title")]
    assert len(titles) == len(set(titles)) == 63
    assert titles[-1] == "Oak chair, natural"
    assert maria.get("/products?before=x").status_code == 422


def test_an_unknown_product_is_not_found(maria: Client) -> None:
    assert maria.get("/products/999999").status_code == 404
    assert maria.get("/products/99999999999999999999/links").status_code == 404
