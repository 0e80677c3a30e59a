"""The customers pages: the list, the card and adding one."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.customers.models import Customer
from tests import make
from tests.desk import rows
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop

SignedIn = Callable[[Staff], Client]
HOSTILE = '<script>alert("x")</script> & <img src=x onerror=1>'


def names(answer: Answer) -> list[str]:
    """The listed customers, in order."""
    return [link.get_text() for link in answer.page.select("#customers-list a.row-main")]


def test_a_row_tells_company_mail_market_orders_and_last_link(
        maria: Client, session: Session, shop: Shop) -> None:
    shop.customer.company = "Svensson Möbler"
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    make.order(session, made)
    words = maria.get("/customers").words("#customers-list tbody tr")
    assert words == (f"Anna Svensson {shop.customer.number} Svensson Möbler anna@example.com Sweden 1 "
                     f"{made.link.number} View Anna Svensson")


def test_orders_and_links_of_colleagues_are_not_counted(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    ben = make.staff(session, "Ben Ek", site=shop.site)
    words = signed_in(ben).get("/customers").words("#customers-list tbody tr")
    assert words == f"Anna Svensson {shop.customer.number} anna@example.com Sweden View Anna Svensson"


@pytest.mark.parametrize("typed", ["anna", "SVENSSON", "anna@example.com", "C-{number}", "möbler"])
def test_a_customer_is_found(maria: Client, session: Session, shop: Shop, typed: str) -> None:
    shop.customer.company = "Möbler AB"
    make.customer(session, "Bo Ek")
    wanted = typed.format(number=shop.customer.number.removeprefix("C-"))
    assert names(maria.get("/customers", query_string={"q": wanted})) == ["Anna Svensson"]


def test_htmx_gets_the_list_alone(maria: Client) -> None:
    page, part = maria.get("/customers?q=anna"), maria.get("/customers?q=anna", htmx=True)
    assert part.drawn("#customers-list") == page.drawn("#customers-list")
    assert part.headers["HX-Push-Url"] == "/customers?q=anna"


def test_filters_that_leave_nothing_can_be_cleared(maria: Client) -> None:
    assert maria.get("/customers?q=zz").words("#customers-list") == "Nothing matches these filters. Clear filters"


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_takes_the_same_statements_whatever_the_rows(
        maria: Client, session: Session, shop: Shop, statements: Counting, number: int) -> None:
    for _ in range(number):
        make.customer(session, market=shop.market)
    with statements(at_most=5):
        assert maria.get("/customers").status_code == 200


def test_the_card_tells_contact_address_account_and_crm_id(maria: Client, session: Session, shop: Shop) -> None:
    shop.customer.account_id = make.account(session, "Nordic Interiors", crm_id="0034-9").id
    shop.customer.phone = "+46 70 123 45 67"
    answer = maria.get(f"/customers/{shop.customer.number}")
    contact = answer.words("#customer-contact")
    for said in ("Anna Svensson", "anna@example.com", "+46 70 123 45 67", "Storgatan 1", "111 22 Stockholm"):
        assert said in contact
    account = answer.words("#customer-account")
    for said in ("Nordic Interiors", "0034-9", "Sweden"):
        assert said in account


def test_the_card_lists_selections_links_and_orders(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    made = make.link(session, selection)
    order = make.order(session, made)
    answer = maria.get(f"/customers/{shop.customer.number}")
    assert answer.one("#customer-selections a.row-main")["href"] == f"/selections/{selection.number}"
    assert answer.one("#customer-links a.row-main")["href"] == f"/links/{made.link.number}"
    assert answer.one("#customer-orders a.row-main")["href"] == f"/orders/{order.number}"
    assert maria.get(str(answer.one("#customer-links .card-actions a")["href"])).words("#found") == "1 link"


def test_the_card_keeps_colleagues_dealings_to_them(signed_in: SignedIn, session: Session, shop: Shop) -> None:
    make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    ben = make.staff(session, "Ben Ek", site=shop.site)
    answer = signed_in(ben).get(f"/customers/{shop.customer.number}")
    assert answer.page.select("#customer-selections tr, #customer-links tr, #customer-orders tr") == []


def test_subscriptions_stand_on_the_card(maria: Client, session: Session, shop: Shop) -> None:
    plan = make.offer(session, "Care plan", prices={shop.pricelist: 9900})
    make.order(session, make.link(session, make.selection(session, shop, {plan: 1})))
    assert "Care plan Running" in maria.get(f"/customers/{shop.customer.number}").words("#customer-subscriptions")


def test_create_selection_starts_one_for_this_customer(maria: Client, shop: Shop) -> None:
    card = maria.get(f"/customers/{shop.customer.number}")
    assert card.words("#start button") == "Create selection"
    built = maria.get(maria.submit(card, "#start form").headers["Location"])
    assert "Anna Svensson" in built.words("main")


def test_the_card_takes_a_fixed_number_of_statements(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    selection = make.selection(session, shop)
    rows.links(session, shop, selection, 30)
    with statements(at_most=7):
        assert maria.get(f"/customers/{shop.customer.number}").status_code == 200


@pytest.mark.parametrize("number", ["C-9999", "C-x", "301", "C-" + "9" * 12, "L-2001"])
def test_an_unknown_customer_is_not_found_in_words(maria: Client, number: str) -> None:
    answer = maria.get(f"/customers/{number}")
    assert answer.status_code == 404
    assert "We can't find the customer" in answer.words()


def test_an_email_alone_makes_a_customer(maria: Client, session: Session) -> None:
    answer = maria.submit(maria.get("/customers/new"), "main form", email="New@Example.com")
    customer = session.scalars(select(Customer).where(Customer.email == "new@example.com")).one()
    assert answer.headers["Location"] == f"/customers/{customer.number}"
    assert "new@example.com was added." in maria.get(answer.headers["Location"]).words("#toasts")


def test_everything_typed_is_kept_with_the_customer(maria: Client, session: Session, shop: Shop) -> None:
    typed = {"email": "bo@example.com", "name": HOSTILE, "company": "Ek & Co", "phone": "070-1",
             "market": str(shop.market.id)}
    card = maria.get(maria.submit(maria.get("/customers/new"), "main form", **typed).headers["Location"])
    assert HOSTILE in card.words("h1")
    assert card.page.select("main script, main img[onerror]") == []
    assert "Ek & Co" in card.words("#customer-contact")
    assert "Sweden" in card.words("#customer-account")


@pytest.mark.parametrize(("typed", "field", "said"), [
    ({"email": ""}, "email", "Enter an e-mail address or a phone number"),
    ({"email": "", "phone": "by mail"}, "phone", "Enter a phone number like +46 70 123 45 67"),
    ({"email": "bo"}, "email", "Enter an e-mail address like name@example.com"),
    ({"email": "bo@example.com", "name": "x" * 201}, "name", "Use at most 200 characters"),
    ({"email": "bo@example.com", "phone": "1" * 41}, "phone", "Use at most 40 characters"),
    ({"email": "bo@example.com", "market": "77"}, "market", "Choose a market from the list"),
])
def test_what_cannot_be_saved_is_said_at_its_field_and_kept(
        maria: Client, session: Session, typed: dict[str, str], field: str, said: str) -> None:
    before = len(session.scalars(select(Customer)).all())
    answer = maria.submit(maria.get("/customers/new"), "main form", company="Ek & Co", **typed)
    assert answer.status_code == 422
    assert answer.words("title").startswith("Error:")
    assert said in answer.words(".error-summary")
    assert answer.one(".error-summary a")["href"] == f"#field-{field}"
    assert answer.one("input[name=company]")["value"] == "Ek & Co"
    assert len(session.scalars(select(Customer)).all()) == before


def test_a_known_email_shows_whose_it_is_and_may_be_used_twice(maria: Client, session: Session, shop: Shop) -> None:
    answer = maria.submit(maria.get("/customers/new"), "main form", email="ANNA@example.com", name="Anna again")
    assert answer.status_code == 422
    assert f"Looks like Anna Svensson ({shop.customer.number}), same e-mail." in answer.words(".error-summary")
    assert answer.page.select(f"a[href='/customers/{shop.customer.number}']")
    second = maria.submit(answer, "main form", is_second_anyway="y")
    assert second.status_code == 303
    assert len(session.scalars(select(Customer).where(Customer.email == "anna@example.com")).all()) == 2
