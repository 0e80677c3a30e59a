"""A customer needs an e-mail or a phone number and nothing else; a known one names the customer who has it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.customers import service as customers
from sales_portal.customers.errors import EmailTaken, PhoneTaken
from sales_portal.customers.models import Customer
from sales_portal.history.models import Event
from sales_portal.history.service import Actor
from tests import make

MARIA = Actor("staff", "Maria Lind", 1)


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Customer)).one()


def test_an_email_is_enough(session: Session) -> None:
    made = customers.create_customer(session, email="anna@example.com", by=MARIA)
    session.commit()
    assert (made.email, made.name, made.phone, made.company) == ("anna@example.com", "", None, "")
    assert (made.display_name, made.first_name) == ("anna@example.com", None)
    assert made.number == f"C-{300 + made.id}"


def test_a_phone_number_alone_is_enough(session: Session) -> None:
    made = customers.create_customer(session, phone=" +46 70 123 45 67 ", by=MARIA)
    session.commit()
    assert (made.email, made.phone, made.display_name) == ("", "+46 70 123 45 67", "+46 70 123 45 67")


@pytest.mark.parametrize(("phone", "field", "said"), [
    ("", "email", "Enter an e-mail address or a phone number"),
    (" \x00 ", "email", "Enter an e-mail address or a phone number"),
    ("070", "phone", "Enter a phone number like +46 70 123 45 67"),
    ("call me", "phone", "Enter a phone number like +46 70 123 45 67")])
def test_without_email_and_phone_nobody_can_be_reached(session: Session, phone: str, field: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        customers.create_customer(session, name="Anna", phone=phone, by=MARIA)
    assert (refused.value.field, refused.value.text) == (field, said)
    assert _count(session) == 0


def test_a_known_phone_number_names_the_customer_who_has_it_however_it_is_spaced(session: Session) -> None:
    anna = customers.create_customer(session, phone="+46 70-123 45 67", name="Anna", by=MARIA)
    with pytest.raises(PhoneTaken) as refused:
        customers.create_customer(session, email="bo@example.com", phone="+46701234567", by=MARIA)
    assert refused.value.text == f"Looks like Anna ({anna.number}), same phone number."
    customers.create_customer(session, email="bo@example.com", phone="+46701234567", is_second_anyway=True, by=MARIA)
    assert _count(session) == 2


def test_all_that_is_given_is_kept(session: Session) -> None:
    shop = make.shop(session)
    account = make.account(session)
    made = customers.create_customer(
        session, email="bo@example.com", name="Bo Ek", phone="+46 70 123 45 67", company="Ek AB", account_id=account.id,
        crm_contact_id="003X", market_id=shop.market.id, pricelist_id=shop.pricelist.id, locale="sv_SE", by=MARIA)
    session.commit()
    assert (made.name, made.phone, made.company, made.crm_contact_id, made.locale) == (
        "Bo Ek", "+46 70 123 45 67", "Ek AB", "003X", "sv_SE")
    assert (made.account_id, made.market_id, made.pricelist_id) == (account.id, shop.market.id, shop.pricelist.id)


def test_it_is_recorded_without_personal_detail(session: Session) -> None:
    made = customers.create_customer(session, email="anna@example.com", name="Anna", by=MARIA)
    fact = session.scalars(select(Event)).one()
    assert (fact.name, fact.subject_type, fact.subject_id, fact.actor_name) == (
        "customer.created", "customers", made.id, "Maria Lind")
    assert fact.data == {}


@pytest.mark.parametrize(("typed", "kept"), [
    (" Anna@Example.COM ", "anna@example.com"),
    ("anna.svensson+shop@example.co.uk", "anna.svensson+shop@example.co.uk"),
    ("ÅSA@exämple.se", "åsa@exämple.se"),
    ("o'brien@example.com", "o'brien@example.com"),
    ("anna@demo.example", "anna@demo.example"),
])
def test_emails_are_kept_in_lower_case(typed: str, kept: str) -> None:
    assert customers.clean_email(typed) == kept


@pytest.mark.parametrize("typed", [
    "anna", "anna@", "@example.com", "anna@example", "anna@@example.com", "anna@exa mple.com", "anna svensson@x.se",
    "anna@example.com, bo@example.com", "Anna <anna@example.com>", "anna@example.com\nBcc: all@example.com",
    "anna\x00@example.com", "<script>@example.com", "🪑", pytest.param("a" * 5_000_000 + "@example.com", id="5 MB"),
    pytest.param("a@" + "b" * 250 + ".com", id="long")])
def test_what_is_no_email_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match=r"^Enter an e-mail address like name@example\.com$") as refused:
        customers.clean_email(typed)
    assert refused.value.field == "email"


@pytest.mark.parametrize("typed", ["", "  ", "\n"])
def test_no_email_is_asked_for(typed: str) -> None:
    with pytest.raises(Invalid, match=r"^Enter the customer's e-mail address$"):
        customers.clean_email(typed)


def test_a_refused_email_makes_no_customer(session: Session) -> None:
    with pytest.raises(Invalid):
        customers.create_customer(session, email="anna", by=MARIA)
    assert _count(session) == 0


@pytest.mark.parametrize("typed", ["anna@example.com", "ANNA@example.com", " Anna@EXAMPLE.com"])
def test_a_known_email_names_the_customer_who_has_it(session: Session, typed: str) -> None:
    anna = customers.create_customer(session, email="anna@example.com", name="Anna Svensson", by=MARIA)
    with pytest.raises(EmailTaken) as refused:
        customers.create_customer(session, email=typed, name="Another", by=MARIA)
    assert refused.value.text == f"Looks like Anna Svensson ({anna.number}), same e-mail."
    assert (refused.value.status, refused.value.field) == (409, "email")
    assert refused.value.details["customer_id"] == anna.id
    assert _count(session) == 1


def test_one_without_a_name_is_named_by_the_email(session: Session) -> None:
    anna = customers.create_customer(session, email="anna@example.com", by=MARIA)
    with pytest.raises(EmailTaken, match=rf"^Looks like anna@example\.com \({anna.number}\), same e-mail\.$"):
        customers.create_customer(session, email="anna@example.com", by=MARIA)


def test_a_second_one_is_made_where_it_is_asked_for(session: Session) -> None:
    customers.create_customer(session, email="anna@example.com", by=MARIA)
    customers.create_customer(session, email="anna@example.com", is_second_anyway=True, by=MARIA)
    assert _count(session) == 2


def test_names_are_kept_as_typed(session: Session) -> None:
    """V149: letters are counted, not bytes."""
    for name in ("O'Brien", "Null", "🪑", "שלום", "e\u0301a", "{{7*7}}", "<script>", "A", "Ж" * 200):
        made = customers.create_customer(session, email="a@example.com", name=f"  {name} ", by=MARIA,
                                         is_second_anyway=True)
        session.commit()
        assert made.name == name


def test_a_name_is_one_line_without_what_no_database_can_store(session: Session) -> None:
    made = customers.create_customer(session, email="a@example.com", name="Anna\r\nBcc: \x00x\ud83e", by=MARIA)
    session.commit()
    assert made.name == "Anna Bcc: x"


def test_each_field_has_a_longest_length(session: Session) -> None:
    for field, most in (("name", 200), ("company", 200), ("phone", 40), ("crm_contact_id", 40)):
        with pytest.raises(Invalid) as refused:
            customers.create_customer(session, email="a@example.com", **{field: "x" * (most + 1)}, by=MARIA)
        assert (refused.value.text, refused.value.field) == (f"Use at most {most} characters", field)
