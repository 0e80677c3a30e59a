"""*Copy with parameters*: the page that builds the address of a link with values behind it, and stores nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from tests import make
from tests.harness.app import Client
from tests.make import Shop

FIXED = {"prefill": {"email": "anna@example.com", "name": "Anna"}, "prefill_locks": ("email", "name")}


def brought(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_links_page_leads_to_it_and_what_is_typed_stands_in_the_address(
        maria: Client, session: Session, shop: Shop) -> None:
    """P-16, P-17: the one to share is the link's own address."""
    session.add(CustomField(slug="po", label="Purchase order"))
    make.discount(session, code="SPRING10")
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), allows_discount_codes=True)
    there = maria.get(f"/links/{made.link.number}").one("#link-address a[href$=address]")
    assert there.get_text() == "Copy with parameters"
    built = maria.submit(maria.get(str(there["href"])), "#link-parameters form", **{
        "customer_email": "Bo@example.com", "customer_name": "Bo & Co", "discount_code": "SPRING10",
        "custom_field_data.po": "47 11", "reference_id": "R-1"})
    url = str(built.one("#link-url")["value"])
    assert url.split("?")[0].endswith(made.path)
    assert brought(url) == {
        "customer_email": ["bo@example.com"], "customer_name": ["Bo & Co"], "discount_code": ["SPRING10"],
        "custom_field_data.po": ["47 11"], "reference_id": ["R-1"]}
    parts = urlsplit(url)
    shown = maria.get(f"{parts.path}?{parts.query}")
    assert "b•••@example.com" in shown.words(".trust")


@pytest.mark.parametrize(("typed", "warns"), [
    ({"customer_email": "bo@example.com"}, True), ({"customer_name": "Bo"}, True), ({"reference_id": "R-1"}, False)])
def test_it_warns_of_personal_data(
        maria: Client, session: Session, shop: Shop, typed: dict[str, str], warns: bool) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    answer = maria.get(f"/links/{made.link.number}/address", query_string=typed)
    assert answer.page.select("#link-url")
    assert bool(answer.page.select("#personal")) == warns


def test_what_the_link_fixed_or_forbids_is_not_offered(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), **FIXED)
    answer = maria.get(f"/links/{made.link.number}/address", query_string={"discount_code": "X", "customer_name": "Bo"})
    assert [field["name"] for field in answer.page.select("#link-parameters input")] == ["reference_id"]
    assert not answer.page.select("#link-url")


def test_an_amount_is_typed_as_money_and_stands_there_in_minor_units(
        maria: Client, session: Session, shop: Shop) -> None:
    gift = make.product(session, "Gift", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10_000, minimum=5_000)
    made = make.link(session, make.selection(session, shop, {gift: 1}))
    page = f"/links/{made.link.number}/address"
    good = maria.get(page, query_string={"amount": "1 250,50"})
    assert brought(str(good.one("#link-url")["value"])) == {"amount": ["125050"]}
    low = maria.get(page, query_string={"amount": "49"})
    assert (low.status_code, low.words("#field-amount-error")) == (422, "Enter at least 50,00")


@pytest.mark.parametrize(("typed", "field", "problem"), [
    ({"customer_email": "bo@"}, "customer_email", "Enter an e-mail address like name@example.com"),
    ({"discount_code": "NOPE"}, "discount_code", "There is no discount with this code"),
    ({"customer_name": "B" * 201}, "customer_name", "Use at most 200 characters"),
    ({"product_id": "999999"}, "product_id", "Choose one of the products")])
def test_what_would_be_ignored_is_named_and_nothing_typed_is_lost(
        maria: Client, session: Session, shop: Shop, typed: dict[str, str], field: str, problem: str) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one",
                     allows_discount_codes=True)
    answer = maria.get(f"/links/{made.link.number}/address", query_string=typed | {"reference_id": "R-1"})
    assert answer.status_code == 422
    assert answer.words(f"#field-{field}-error") == problem
    assert answer.one("[name=reference_id]")["value"] == "R-1"
    assert not answer.page.select("#link-url")


def test_a_link_that_is_over_has_no_address(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    links.revoke_link(session, made.link, "", by=SYSTEM)
    assert maria.get(f"/links/{made.link.number}/address").status_code == 404


def test_an_address_of_another_storefront_keeps_what_it_has(maria: Client, session: Session, shop: Shop) -> None:
    shop.site.link_url_pattern = "https://shop.example/pay?b=%basket%&h=%hash%"
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    url = str(maria.get(f"/links/{made.link.number}/address", query_string={"reference_id": "R-1"})
              .one("#link-url")["value"])
    assert brought(url) == {"b": [made.public_id], "h": [made.token], "reference_id": ["R-1"]}
