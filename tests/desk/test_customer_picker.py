"""Finding whom a selection is for, and adding somebody new with only an e-mail or a phone number (B16)."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.customers.models import Customer
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def found(client: Client, selection: Selection, text: str) -> list[str]:
    """What the list under the search says of each customer."""
    answer = client.get(f"/selections/{selection.number}/customers", htmx=True, query_string={"q": text})
    assert isinstance(answer, Answer)
    return [" ".join(option.get_text(" ").split()) for option in answer.page.select("[role=option]")
            if option.get("id") != "option-new-customer"]


@pytest.mark.parametrize("typed", ["kari", "kari@example.no", "fjord", "912 34", "P-500", "CRM-9"])
def test_a_customer_is_found_by_name_mail_company_phone_and_crm_id(
        maria: Client, session: Session, draft: Selection, typed: str) -> None:
    make.customer(session, "Kari Nordmann", email="kari@example.no", company="Fjord AS", phone="+47 912 34 567",
                  crm_contact_id="P-500", account=make.account(session, "Nordmann Group", crm_id="CRM-9"))
    assert [text.split(" kari@")[0] for text in found(maria, draft, typed)] == ["Kari Nordmann"]


def test_each_found_customer_says_market_last_order_and_open_links(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert found(maria, draft, "anna") == [
        f"Anna Svensson anna@example.com · Sweden · last order {order.number} · 1 open link"]


def test_b16_somebody_new_is_added_with_only_an_email_in_two_acts(
        maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    added = maria.submit(building.page(maria, draft), "#choose-customer", htmx=True, q="bo@example.com")
    assert isinstance(added, Answer)
    assert "bo@example.com" in added.words("#selection-customer .card-title")


def test_b16_a_duplicate_is_warned_of_and_used_or_created_anyway(
        maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    warned = building.post(maria, draft, "customer", htmx=True, customer="new", email="anna@example.com")
    assert f"Looks like Anna Svensson ({shop.customer.number}), same e-mail." in warned.words("#new-customer")
    assert [button.get_text() for button in warned.page.select("#new-customer .alert-links button")] == [
        "Use Anna Svensson", "Create anyway"]
    count = select(func.count()).select_from(Customer)
    used = building.post(maria, draft, "customer", htmx=True, customer=shop.customer.number)
    assert used.words("#selection-customer .card-title") == "Anna Svensson"
    assert session.scalar(count) == 1
    building.post(maria, draft, "customer", htmx=True, customer="new", email="anna@example.com", is_second_anyway="1")
    session.rollback()
    assert session.scalar(count) == 2


def test_b16_a_phone_number_alone_is_enough(maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    added = maria.submit(building.page(maria, draft), "#choose-customer", htmx=True, q="+46 70 123 45 67")
    assert isinstance(added, Answer)
    assert added.words("#selection-customer .card-title") == "+46 70 123 45 67"
    again = building.post(maria, make.selection(session, shop, for_anyone=True), "customer", htmx=True, customer="new",
                          email="", phone="+46701234567")
    assert "same phone number." in again.words("#new-customer")


@pytest.mark.parametrize(("typed", "field"), [
    ("Bo Ek", "name"), ("070-123 45 67", "phone"), ("bo@", "email")])
def test_what_was_typed_stands_in_the_right_field(
        maria: Client, session: Session, shop: Shop, typed: str, field: str) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    page = maria.get(f"/selections/{draft.number}/customers", query_string={"q": typed})
    assert isinstance(page, Answer)
    values = {name: page.one(f"main form:not([role=search]) input[name={name}]").get("value", "")
              for name in ("name", "phone", "email")}
    assert values == {"name": "", "phone": "", "email": ""} | {field: typed}
