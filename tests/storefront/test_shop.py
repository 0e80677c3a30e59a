"""The shop behind an unlocked link: its market and pricelist, what can be had, by name and kind, page by page."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, Variant
from sales_portal.checkout import shelf
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from tests import make
from tests.harness.app import Answer
from tests.make import Linked, Shop
from tests.storefront.walking import ADDRESS, Enter


@pytest.fixture
def unlocked(session: Session, shop: Shop) -> Linked:
    """A bag, and whatever else Anna likes."""
    return make.link(session, make.selection(session, shop, {shop.bag: 1}), changes="more", may_add_products=True)


def titles(shown: Answer) -> list[str]:
    return [title.get_text(strip=True) for title in shown.page.select("#shop-products .offer-title")]


def added(session: Session) -> dict[str, int]:
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    session.refresh(visit, ["lines"])
    return {line.title: line.quantity for line in visit.lines if line.is_added}


def test_only_what_can_be_bought_there_is_on_the_shelf(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    """C-29: priced in the link's pricelist, published, in stock or without stock to run out of."""
    norway = make.norway(session, shop, {shop.cap: 5})
    elsewhere = make.pricelist(session, norway, "Outlet NOK")
    prices, stock = {shop.pricelist: 5_000}, {shop.warehouse: 5}
    make.product(session, "Draft", prices=prices, stock=stock, is_published=False)
    make.product(session, "Priced elsewhere", prices={elsewhere: 5_000}, stock=stock)
    make.product(session, "Nowhere in stock", prices=prices)
    make.product(session, "Four of a six pack", prices=prices, stock={shop.warehouse: 4}, pack_size=6)
    make.product(session, "Gift at a price of one's own", prices=prices, is_pay_what_you_want=True, kind="service")
    make.product(session, "Consultation", prices=prices, kind="service")
    make.training(session, "Full course", seats=0, at=shop.warehouse, prices=prices)
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    session.commit()
    assert titles(enter(unlocked).look("/shop")) == ["Oak chair, natural", "Linen bag", "Consultation"]


def test_what_the_market_sends_later_is_there_though_it_is_not_in_stock(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    shop.market.backorder_weeks = 2
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    session.commit()
    assert "Wool cap" in titles(enter(unlocked).look("/shop"))


def test_add_keeps_the_customer_on_the_list_and_says_what_was_added(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    """C14, without script: the same part of the list, at the product."""
    anna = enter(unlocked)
    form = f"#product-{shop.chair.product_id}"
    answer = anna.client.submit(anna.look("/shop?q=oak"), form)
    assert answer.location == f"{unlocked.path}/shop?q=oak&added={shop.chair.id}#product-{shop.chair.product_id}"
    shown = anna.look(f"/shop?q=oak&added={shop.chair.id}")
    assert titles(shown) == ["Oak chair, natural"]
    assert shown.words(f"{form} .text-success") == "Added: 1 × Oak chair, natural in your selection"
    assert str(shown.one("title").get_text()).startswith("Oak chair, natural added – ")
    assert shown.words("#back") == "Back to your selection — 1 569,00 kr"
    anna.submit(shown, form)
    assert added(session) == {"Oak chair, natural": 2}


def test_one_of_several_variants_is_chosen(session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    prices, stock = {shop.pricelist: 14_900}, {shop.warehouse: 5}
    small = make.product(session, "Jar", variant_title="small", prices=prices, stock=stock)
    product = session.get_one(Product, small.product_id)
    large = make.variant(session, product, title="large", prices={shop.pricelist: 18_900}, stock=stock)
    make.variant(session, product, title="huge", prices=prices)
    session.commit()
    anna = enter(unlocked)
    shown = anna.look("/shop?q=jar")
    assert [option.get_text() for option in shown.page.select(f"#product-{product.id} option")] == [
        "small — 149,00", "large — 189,00"]
    assert shown.words("#shop-products .offer-total") == "from 149,00"
    anna.submit(shown, f"#product-{product.id}", variant=str(large.id))
    assert added(session) == {"Jar, large": 1}


def test_the_list_comes_page_by_page_and_every_product_once(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    make.many_products(session, 2 * shelf.PAGE, pricelist=shop.pricelist, warehouse=shop.warehouse)
    session.commit()
    anna, found = enter(unlocked), []
    shown = anna.look("/shop")
    while True:
        page = titles(shown)
        assert len(page) <= shelf.PAGE
        found += page
        more = shown.page.select_one("#more")
        if more is None:
            break
        shown = anna.client.get(str(more["href"]))
    assert len(found) == len(set(found)) == 3 + 2 * shelf.PAGE


def test_what_very_many_products_are_called_is_found_page_by_page_too(
        session: Session, shop: Shop, unlocked: Linked) -> None:
    make.many_products(session, shelf.FEW + 20, pricelist=shop.pricelist, warehouse=shop.warehouse)
    found, page = [], shelf.read_page(session, unlocked.link, "chair oak")
    while page.after is not None:
        found += page.products
        page = shelf.read_page(session, unlocked.link, "chair oak", after=page.after)
    keys = [goods[0].product_id for goods in (*found, *page.products)]
    assert keys == sorted(set(keys))
    assert len(keys) == shelf.FEW + 21


def test_search_and_kind_narrow_the_list_together(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    make.training(session, "Oak care course", at=shop.warehouse, prices={shop.pricelist: 5_000})
    session.commit()
    anna = enter(unlocked)
    shown = anna.look("/shop")
    assert [segment.get_text(strip=True) for segment in shown.page.select(".segment-label")] == [
        "Everything", "Goods", "Courses"]
    assert titles(anna.look("/shop?q=oak")) == ["Oak chair, natural", "Oak care course"]
    assert titles(anna.look("/shop?q=oak&kind=training")) == ["Oak care course"]
    assert titles(anna.look("/shop?kind=goods")) == ["Oak chair, natural", "Linen bag", "Wool cap"]
    assert titles(anna.look("/shop?q=care+oak")) == ["Oak care course"]


@pytest.mark.parametrize("query", [
    "q=%00", "q=%25", "q=" + "x" * 5000, "q=%E2%80%AE", "q='+OR+1=1--", "kind=nonsense", "after=-1", "after=x",
    "after=" + "9" * 30, "after=999999999999999999", "added=x", "added=" + "9" * 5000, "q=<script>alert(1)</script>"])
def test_whatever_an_address_asks_for_there_is_an_answer(unlocked: Linked, enter: Enter, query: str) -> None:
    shown = enter(unlocked).look(f"/shop?{query}")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text


def test_nothing_found_says_what_to_do(unlocked: Linked, enter: Enter) -> None:
    shown = enter(unlocked).look("/shop?q=unicorn")
    assert shown.words("#nothing-found") == "No product found for “unicorn”. Try another word, or fewer letters."
    assert shown.one("#field-q")["value"] == "unicorn"
    assert shown.one("#all")["href"].endswith("/shop")


def test_a_product_that_just_sold_out_says_so_at_its_place(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    form = f"#product-{shop.cap.product_id}"
    anna.submit(anna.look("/shop"), form)
    again = anna.submit(anna.look("/shop"), form)
    field = f"#field-variant-{shop.cap.id}"
    assert again.status_code == 422
    assert again.words(f"{field}-error") == ("You have 1 × Wool cap, which is the most you can add. "
                                             "Choose another product")
    assert again.one(".error-summary a")["href"] == field
    assert len(again.page.select(field)) == 1
    assert added(session) == {"Wool cap": 1}


def test_another_country_changes_neither_market_nor_pricelist_of_what_is_added(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    """C-29, C14, V142: wherever the parcel goes and whatever the browser speaks, prices stay the link's."""
    norway = make.norway(session, shop, {shop.chair: 5})
    make.shipping(session, shop.market, {"NO": 9_900}, name="Over the border")
    session.commit()
    anna = enter(unlocked)
    settings = {"headers": {"Accept-Language": "nb-NO", "X-Forwarded-For": "2.148.0.1"}}
    anna.go_on()
    anna.give_details(country="NO", **ADDRESS | {"postcode": "0150", "city": "Oslo"})
    assert anna.where == "/delivery"
    shown = anna.client.get(f"{unlocked.path}/shop?market={norway.id}&pricelist=2&country=NO&currency=NOK", **settings)
    assert [price.get_text(strip=True).replace("\u00a0", " ") for price in shown.page.select(".offer-total")] == [
        "1 200,00", "310,00", "960,00"]
    anna.submit(shown, f"#product-{shop.chair.product_id}", market=str(norway.id), currency="NOK")
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    session.refresh(visit)
    assert [(line.unit_amount, line.stock_id) for line in visit.lines if line.is_added] == [
        (120_000, shelf.find(session, unlocked.link, shop.chair.id).stock_id)]  # type: ignore[union-attr]
    assert (visit.currency, visit.country, visit.total_amount) == ("SEK", "NO", 31_000 + 120_000 + 9_900)
    link = unlocked.link
    assert (link.market_id, link.pricelist_id, link.currency) == (shop.market.id, shop.pricelist.id, "SEK")


def test_goods_added_to_a_service_ask_for_the_address_before_payment(
        session: Session, shop: Shop, enter: Enter) -> None:
    """C-30: nothing is paid that has nowhere to go."""
    hours = make.product(session, "Consultation", kind="service", prices={shop.pricelist: 50_000})
    linked = make.link(session, make.selection(session, shop, {hours: 1}), changes="more", may_add_products=True)
    anna = enter(linked)
    anna.go_on()
    if anna.where == "/details":
        anna.give_details()
    assert anna.where == "/delivery"
    anna.submit(anna.look("/shop"), f"#product-{shop.bag.product_id}")
    assert anna.look("/delivery") is not None
    assert anna.where == "/details"
    anna.give_details()
    assert "869,00" in anna.look("/delivery").words("#pay")


def test_the_shop_of_a_link_that_ended_is_closed(session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    token = str(enter(unlocked).look().one("[name=form_token]")["value"])
    links.revoke_link(session, unlocked.link, "", by=shop.agent.actor)
    session.commit()
    anna = enter(unlocked)
    assert anna.look("/shop").status_code == 410
    answer = anna.client.post(f"{unlocked.path}/additions", data={"form_token": token, "variant": str(shop.cap.id)})
    assert answer.location == unlocked.path
    assert session.scalars(select(CheckoutSession)).all() == []


def test_a_stale_form_keeps_the_place_in_the_list(session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    shown = anna.submit(anna.look("/shop?q=cap"), f"#product-{shop.cap.product_id}", form_token="stale")
    assert (shown.status_code, titles(shown), shown.one("#field-q")["value"]) == (400, ["Wool cap"], "cap")
    assert "reload it and press the button again" in shown.words("#stale")


def test_a_pricelist_that_ended_sells_nothing_more(session: Session, shop: Shop, unlocked: Linked,
                                                   enter: Enter) -> None:
    """V147: what was offered stays, nothing is added."""
    shop.pricelist.ends_at = session.scalars(select(Product.published_at).where(Product.id == session.scalar(
        select(Variant.product_id).where(Variant.id == shop.bag.id)))).one()
    session.commit()
    anna = enter(unlocked)
    assert titles(anna.look("/shop")) == []
    assert not anna.look().page.select("#landing-shop")
    assert anna.go_on().status_code == 200
