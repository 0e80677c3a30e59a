"""Account, CRM ids, region and default address of a selection's customer, from the builder (A-31 to A-34)."""

from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.history.models import Event
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop

ADDRESS = {"street": "Kungsgatan 4", "postcode": "111 43", "city": "Stockholm", "region": "Uppland", "country": "SE"}


def details(client: Client, selection: Selection, **typed: str) -> Answer:
    """Fill in the page the builder leads to."""
    link = building.page(client, selection).one("#customer-details")
    return cast(Answer, client.submit(client.get(str(link["href"])), "#details-form", **typed))


def account_of(session: Session, customer: Customer) -> Account | None:
    """The account the customer's orders are booked on."""
    session.expire_all()
    key = session.get_one(Customer, customer.id).account_id
    return session.get(Account, key) if key is not None else None


def test_a31_an_account_is_created_and_shown_with_its_crm_id(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    typed = {"account": "Svensson AB", "crm_account_id": "CRM-77", "crm_contact_id": "P-5"}
    assert details(maria, draft, **typed).status_code == 303
    account = account_of(session, shop.customer)
    assert account is not None
    assert (account.name, account.crm_id) == ("Svensson AB", "CRM-77")
    assert session.get_one(Customer, shop.customer.id).crm_contact_id == "P-5"
    assert building.page(maria, draft).words("#customer-account") == "Booked on Svensson AB · CRM-77"


@pytest.mark.parametrize("typed", [{"account": "svensson möbler ab"}, {"crm_account_id": "CRM-9"}])
def test_a31_a_known_account_is_selected_by_name_or_crm_id(
        maria: Client, session: Session, shop: Shop, draft: Selection, typed: dict[str, str]) -> None:
    known = make.account(session, "svensson möbler ab", crm_id="CRM-9")
    assert details(maria, draft, **typed).status_code == 303
    account = account_of(session, shop.customer)
    assert account is not None
    assert account.id == known.id
    assert len(session.scalars(select(Account)).all()) == 1


def test_a31_a_crm_id_of_another_account_is_refused_with_its_name(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.account(session, "Other AB", crm_id="CRM-9")
    answer = details(maria, draft, account="Svensson AB", crm_account_id="CRM-9")
    assert answer.status_code == 422
    assert "CRM-9 belongs to Other AB" in answer.words("#error-summary")
    assert answer.one("#field-account")["value"] == "Svensson AB"
    assert account_of(session, shop.customer) is None


def test_the_vat_number_of_the_account_reverses_the_tax_and_can_be_taken_away(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """Issue 3, 5: reverse charge with a valid VAT id."""
    shop.site.country = "DE"
    session.commit()
    assert details(maria, draft, account="Svensson AB", vat_number="SE 556012-5790 01").status_code == 303
    assert "the company accounts for it" in building.page(maria, draft).words("#selection-summary")
    assert details(maria, draft, vat_number="").status_code == 303
    account = account_of(session, shop.customer)
    assert account is not None
    assert account.vat_number is None
    assert "the company accounts for it" not in building.page(maria, draft).words("#selection-summary")


def test_a_vat_number_with_a_wrong_digit_is_refused_by_its_field_and_stays_typed(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    answer = details(maria, draft, account="Svensson AB", vat_number="SE556012579101")
    assert answer.status_code == 422
    assert "SE556012579101 is not a VAT number of the European Union" in answer.words("#error-summary")
    assert answer.one("#error-summary a")["href"] == "#field-vat_number"
    assert (answer.one("#field-vat_number")["value"], answer.one("#field-account")["value"]) == (
        "SE556012579101", "Svensson AB")
    assert account_of(session, shop.customer) is None


def test_a_vat_number_needs_an_account_and_does_not_go_along_to_another_one(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    answer = details(maria, draft, vat_number="SE556012579001")
    assert (answer.status_code, answer.one("#error-summary a")["href"]) == (422, "#field-account")
    other = make.account(session, "Other AB")
    details(maria, draft, account="Svensson AB", vat_number="SE556012579001")
    assert details(maria, draft, account="Other AB").status_code == 303
    session.expire_all()
    assert account_of(session, shop.customer) is session.get(Account, other.id)
    assert session.get_one(Account, other.id).vat_number is None


def test_a34_the_default_address_of_somebody_known_is_changed_not_doubled(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    assert details(maria, draft, **ADDRESS).status_code == 303
    session.expire_all()
    place = session.scalars(select(CustomerAddress).where(CustomerAddress.customer_id == shop.customer.id)).one()
    assert (place.street, place.region, place.is_default) == ("Kungsgatan 4", "Uppland", True)
    assert session.scalars(select(Event).where(Event.name == "customer.changed")).one().actor_name == "Maria Lind"


def test_a32_a33_a34_somebody_new_gets_region_and_default_address_from_the_builder(
        maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, {shop.chair: 1}, for_anyone=True)
    building.post(maria, draft, "customer", htmx=True, q="bo@example.com")
    assert details(maria, draft, **ADDRESS).status_code == 303
    place = session.scalars(select(CustomerAddress).where(CustomerAddress.street == "Kungsgatan 4")).one()
    bo = session.get_one(Customer, place.customer_id)
    assert (bo.email, place.region, place.country) == ("bo@example.com", "Uppland", "SE")


def test_half_an_address_is_refused_and_stays_typed(maria: Client, session: Session, shop: Shop) -> None:
    bo = make.customer(session, "Bo Ek")
    draft = make.selection(session, shop, customer=bo)
    answer = details(maria, draft, street="Kungsgatan 4", postcode="")
    assert answer.status_code == 422
    assert "Enter the postcode" in answer.words("#error-summary")
    assert answer.one("#field-street")["value"] == "Kungsgatan 4"


def test_without_a_customer_there_is_nothing_to_edit(maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, for_anyone=True)
    assert maria.get(f"/selections/{draft.number}/customer/details").status_code == 404


def test_the_panel_opens_beside_the_lines_and_answers_with_what_changed(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    url = str(building.page(maria, draft).one("#customer-details")["href"])
    panel = maria.get(url, htmx=True)
    assert isinstance(panel, Answer)
    assert panel.one("#details-form")["hx-target"] == "#selection-lines"
    wrong = building.post(maria, draft, "customer/details", htmx=True, email="anna@example.com", street="Nygatan 1")
    assert (wrong.status_code, wrong.one("#field-street")["value"]) == (422, "Nygatan 1")
    saved = maria.submit(panel, "#details-form", htmx=True, account="Nya AB", **ADDRESS)
    assert isinstance(saved, Answer)
    assert "Booked on Nya AB" in saved.words("#customer-account")
    assert building.toasts(saved) == ["Anna Svensson is up to date."]


def test_a33_the_recipients_email_can_be_added_later(maria: Client, session: Session, shop: Shop) -> None:
    bo = make.customer(session, "Bo Ek", phone="070-123 45 67")
    bo.email = ""
    draft = make.selection(session, shop, {shop.chair: 1}, customer=bo)
    session.commit()
    taken = details(maria, draft, email="anna@example.com")
    assert f"Anna Svensson ({shop.customer.number}) has this e-mail" in taken.words("#error-summary")
    assert details(maria, draft, email="Bo@Example.com", company="Ek AB").status_code == 303
    session.expire_all()
    assert (bo.email, bo.company, bo.phone) == ("bo@example.com", "Ek AB", "070-123 45 67")
    assert "bo@example.com · Ek AB" in building.page(maria, draft).words("#selection-customer")


def test_a31_known_accounts_are_offered_while_typing(maria: Client, session: Session, draft: Selection) -> None:
    for name, crm_id in (("Fjord AS", "CRM-1"), ("Berg & Co", "CRM-2"), ("100 % Wool", "CRM-3")):
        make.account(session, name, crm_id=crm_id)
    session.commit()

    def offered(typed: str) -> list[object]:
        answer = cast(Answer, maria.get(f"/selections/{draft.number}/customer/accounts",
                                        query_string={"account": typed}, htmx=True))
        return [option["value"] for option in answer.page.select("#account-names option")]

    assert offered("fjo") == ["Fjord AS"]
    assert offered("crm-2") == ["Berg & Co"]
    assert offered("%") == ["100 % Wool"]
    assert offered("") == ["100 % Wool", "Berg & Co", "Fjord AS"]


def test_a34_the_country_of_the_address_is_named_not_coded(maria: Client, shop: Shop, draft: Selection) -> None:
    assert "Sweden" in building.page(maria, draft).words("#selection-customer .text-quiet")
    said = cast(Answer, maria.get(f"/customers/{shop.customer.number}")).words("#customer-contact")
    assert "111 22 Stockholm Sweden" in said


def test_a32_the_selection_says_its_site_and_markets_are_chosen_by_site(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    page = building.page(maria, draft)
    assert page.words("#selection-site") == f"The customer buys on {shop.site.name}."
    assert page.page.select("#field-market optgroup") == []
    outlet = make.site(session, name="Outlet", domain="outlet.example")
    norway = make.market(session, "Norway", site=outlet, currency="NOK", warehouses=[shop.warehouse])
    make.pricelist(session, norway, "Retail NOK")
    session.commit()
    page = building.page(maria, draft)
    assert [(group["label"], group.get_text(strip=True)) for group in page.page.select("#field-market optgroup")] == [
        (shop.site.name, "Sweden"), ("Outlet", "Norway")]
    switched = building.post(maria, draft, "market", market=norway.id)
    assert switched.status_code == 303
    assert building.page(maria, draft).words("#selection-site") == "The customer buys on Outlet, outlet.example."
