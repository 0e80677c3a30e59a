"""Customers are found by what people remember of them, and what they type is taken literally."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.core import paging
from sales_portal.customers import queries
from sales_portal.customers.models import Customer
from tests import make


def _people(session: Session) -> dict[str, Customer]:
    moebler = make.account(session, "Svensson Möbler AB", crm_id="001D000000AbCdE")
    return {
        "anna": make.customer(session, "Anna Svensson", email="anna@example.com", phone="+46 70-123 45 67",
                              account=moebler, crm_contact_id="003D000000XyZ"),
        "asa": make.customer(session, "Åsa Öberg", email="asa.oberg@example.org", company="Hundra % Linne_AB"),
        "nobody": make.customer(session, "", email="info@svenssons.example")}


FOUND: list[tuple[str, list[str]]] = [
    ("anna", ["anna"]), ("ANNA", ["anna"]), ("svens", ["nobody", "anna"]), ("Svensson", ["nobody", "anna"]),
    ("anna sv", ["anna"]), ("example.com", ["anna"]), ("anna@example.com", ["anna"]), ("möbler", ["anna"]),
    ("MÖBLER", ["anna"]), ("001d000000abcde", ["anna"]), ("003D000000", ["anna"]), ("+46 70", ["anna"]),
    ("70-123", ["anna"]), ("0701234", ["anna"]), ("0046 70", ["anna"]), ("070", ["anna"]),
    ("0790", []), ("000", ["anna"]), ("0", ["anna"]), ("701234567", ["anna"]), ("70 123 4567", ["anna"]),
    ("Åsa", ["asa"]), ("åsa", ["asa"]), ("ÅSA", ["asa"]), ("öberg", ["asa"]), ("åsa öb", ["asa"]),
    ("linne_", ["asa"]), ("%", ["asa"]), ("hundra %", ["asa"]), ("_", ["asa"]),
    ("a%a", []), ("an_a", []), ("\\", []), ("'", []), ("zzz", []), ("🪑", []), ("\x00anna", ["anna"]),
    ("\ud83e", ["nobody", "asa", "anna"]), ("", ["nobody", "asa", "anna"]), ("  ", ["nobody", "asa", "anna"])]


def test_any_part_of_what_is_known_finds_the_customer(session: Session) -> None:
    people = {customer: name for name, customer in _people(session).items()}
    for text, names in FOUND:
        hits = [people[customer] for customer in queries.find_customers(session, text)]
        assert (text, sorted(hits)) == (text, sorted(names))


def test_those_whose_name_begins_so_come_first_then_the_newest(session: Session) -> None:
    middle = make.customer(session, "Karl Bergman", email="k@example.com")
    first = make.customer(session, "Bergman Karl", email="b@example.com")
    second = make.customer(session, "Berg, Ida", email="i@example.com")
    last = make.customer(session, "Ida Sandberg", email="s@example.com")
    assert list(queries.find_customers(session, "berg")) == [second, first, last, middle]
    assert list(queries.find_customers(session, "berg", limit=2)) == [second, first]


def test_the_number_people_say_finds_its_customer(session: Session) -> None:
    made = make.customer(session, "Anna")
    for text in (made.number, made.number.lower(), made.number.replace("-", "")):
        assert list(queries.find_customers(session, text)) == [made]
        assert queries.get_customer(session, text) is made
    assert list(queries.find_customers(session, made.number.removeprefix("C-"))) == [made]


def test_a_page_of_all_or_of_those_found_is_read_newest_first(session: Session) -> None:
    made = [make.customer(session, f"Anna {n}") for n in range(3)]
    make.customer(session, "Bo")
    page = paging.read(session, queries.list_customers("anna"), Customer.id, None, size=2)
    assert list(page.rows) == made[:0:-1]
    assert len(paging.read(session, queries.list_customers(), Customer.id, None).rows) == 4


def test_a_customer_comes_with_account_market_pricelist_and_addresses(session: Session) -> None:
    shop = make.shop(session)
    account = make.account(session, "Svensson Möbler AB")
    made = make.customer(session, country="SE", account=account, market=shop.market, pricelist=shop.pricelist)
    make.address(session, made, "NO", is_default=False)
    key = made.id
    session.commit()
    session.expunge_all()
    found = queries.get_customer(session, key)
    assert found is not None
    assert found.account is not None
    assert found.market is not None
    assert found.pricelist is not None
    assert (found.account.name, found.market.name, found.pricelist.name) == (
        "Svensson Möbler AB", "Sweden", "Retail SEK")
    assert sorted(address.country for address in found.addresses) == ["NO", "SE"]


def test_an_unknown_number_finds_nobody(session: Session) -> None:
    make.customer(session)
    for number in ("C-1", "C-299", "C-300", "C-999999", "S-318", "318", "", 0, -1, 2**63, 10**40, "C-" + "9" * 4000):
        assert queries.get_customer(session, number) is None


def test_an_email_finds_its_oldest_customer_in_any_case(session: Session) -> None:
    oldest = make.customer(session, email="anna@example.com")
    make.customer(session, email="anna@example.com")
    assert queries.get_customer_by_email(session, " Anna@Example.com ") is oldest
    assert queries.get_customer_by_email(session, "nna@example.com") is None
    assert queries.get_customer_by_email(session, "\x00\ud83e") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_a_plain_part_of_a_text(session: Session, text: str) -> None:
    session.rollback()
    made = make.customer(session, "Anna 100 %", email="anna_x@example.com", phone=None)
    hits = queries.find_customers(session, text)
    plain = text.replace("\x00", "").strip().lower()
    if plain.isascii():
        known = (made.name.lower(), made.email, made.number.lower(), made.number.lower().replace("-", ""))
        assert bool(hits) is (any(plain in part for part in known[:2]) or plain in known[2:])


def test_megabytes_find_nothing_quickly(session: Session) -> None:
    make.customer(session, "Anna")
    assert list(queries.find_customers(session, "x" * 5_000_000)) == []
