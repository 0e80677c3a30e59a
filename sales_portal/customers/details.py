"""How a customer is reached, which account they buy for, who they are in the CRM, and where they live."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.customers import crm, queries, service
from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.pricing import tax

LONGEST = {"account": 200, "crm_account_id": 40, "vat_number": 40, "crm_contact_id": 40, "street": 200, "street_2": 200,
           "postcode": 20, "city": 120, "region": 120, "country": 2}
NEEDED = {"street": "Enter the street and number", "postcode": "Enter the postcode", "city": "Enter the city",
          "country": "Choose the country"}


@dataclass(frozen=True, slots=True)
class Details:
    """What is known: how to reach them; an account by its name or CRM id, with its VAT number; an address whole or
    not at all."""

    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    account: str = ""
    crm_account_id: str = ""
    vat_number: str = ""
    crm_contact_id: str = ""
    street: str = ""
    street_2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    @property
    def has_address(self) -> bool:
        """Whether any of the address is given; a country alone says nothing."""
        return any((self.street, self.street_2, self.postcode, self.city, self.region))


def read_details(session: Session, customer: Customer) -> Details:
    """What is known of `customer` now."""
    account = session.get(Account, customer.account_id) if customer.account_id is not None else None
    place = _default_address(session, customer)
    address = {} if place is None else {
        name: getattr(place, name) for name in ("street", "street_2", "postcode", "city", "region", "country")}
    booked_on = {} if account is None else {
        "account": account.name, "crm_account_id": account.crm_id or "", "vat_number": account.vat_number or ""}
    return Details(name=customer.name, email=customer.email, phone=customer.phone or "", company=customer.company,
                   crm_contact_id=customer.crm_contact_id or "", **booked_on, **address)


def save_details(session: Session, customer: Customer, details: Details, *, by: Actor) -> None:
    """Keep contact, account and default address; refuses with `Invalid` naming the field.

    A known account is found by its CRM id, else by its name; an unknown one is added. Without an address the one
    that is known stays, and the VAT number of the account before is not taken along to another one.
    """
    _refuse_wrong(details)
    _save_contact(session, customer, details)
    account = _account(session, details)
    _set_vat_number(session, customer, account, details)
    customer.account_id = account.id if account is not None else None
    customer.crm_contact_id = details.crm_contact_id or None
    if details.has_address:
        _save_address(session, customer, details)
    history.record(session, EventName.CUSTOMER_CHANGED, customer, by=by)
    session.flush()
    session.expire(customer, ["account", "addresses"])


def refuse_vat_number(text: str) -> None:
    """Refuse with `Invalid` what is neither empty nor a VAT number of the European Union, check digits and all."""
    if text and tax.vat_country(text) is None:
        raise Invalid("vat_number", f"{text} is not a VAT number of the European Union. "
                                    "Check its digits, or leave it empty")


def _save_contact(session: Session, customer: Customer, details: Details) -> None:
    email, phone = service.clean_contact(details.email, details.phone)
    known = queries.get_customer_by_email(session, email) if email not in ("", customer.email) else None
    if known is not None and known.id != customer.id:
        raise Invalid("email", f"{known.display_name} ({known.number}) has this e-mail. Choose them as the customer")
    customer.name = service.one_line("name", details.name, 200)
    customer.company = service.one_line("company", details.company, 200)
    customer.email, customer.phone = email, phone or None


def _account(session: Session, details: Details) -> Account | None:
    known = _find_account(session, details)
    if known is not None:
        if details.account and known.name.casefold() != details.account.casefold():
            raise Invalid("crm_account_id", f"{details.crm_account_id} belongs to {known.name}")
        if details.crm_account_id and known.crm_id not in (None, *crm.forms(details.crm_account_id)):
            raise Invalid("crm_account_id", f"{known.name} has the CRM id {known.crm_id}")
        known.crm_id = known.crm_id or crm.canonical(details.crm_account_id) or None
        return known
    if not details.account and not details.crm_account_id:
        return None
    if not details.account:
        raise Invalid("account", "Enter the name of the new account")
    made = Account(name=details.account, crm_id=crm.canonical(details.crm_account_id) or None, created_at=clock.now())
    session.add(made)
    session.flush()
    return made


def _set_vat_number(session: Session, customer: Customer, account: Account | None, details: Details) -> None:
    if account is None:
        if details.vat_number:
            raise Invalid("account", "Enter the name of the account with this VAT number")
        return
    before = session.get(Account, customer.account_id) if customer.account_id is not None else None
    if account is before or details.vat_number not in ("", before.vat_number if before is not None else ""):
        account.vat_number = details.vat_number or None


def _find_account(session: Session, details: Details) -> Account | None:
    by_name = select(Account).where(func.lower(Account.name) == details.account.lower()).order_by(Account.id)
    found = queries.get_account_by_crm_id(session, details.crm_account_id) if details.crm_account_id else None
    return found or (session.scalars(by_name).first() if details.account else None)


def _save_address(session: Session, customer: Customer, details: Details) -> None:
    place = _default_address(session, customer)
    if place is None:
        place = CustomerAddress(customer_id=customer.id, is_default=True)
        session.add(place)
    for name in ("street", "street_2", "postcode", "city", "region", "country"):
        setattr(place, name, getattr(details, name))


def _default_address(session: Session, customer: Customer) -> CustomerAddress | None:
    return session.scalars(
        select(CustomerAddress).where(CustomerAddress.customer_id == customer.id, CustomerAddress.is_default)
        .order_by(CustomerAddress.id)).first()


def _refuse_wrong(details: Details) -> None:
    for name, longest in LONGEST.items():
        if len(getattr(details, name)) > longest:
            raise Invalid(name, f"Use at most {longest} characters")
    refuse_vat_number(details.vat_number)
    for name, text in NEEDED.items() if details.has_address else ():
        if not getattr(details, name):
            raise Invalid(name, text)
