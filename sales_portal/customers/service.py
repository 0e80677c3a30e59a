"""Making customers, and noting what they buy."""

from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _
from sales_portal.core.writing import fresh, insert_once
from sales_portal.customers import crm, queries
from sales_portal.customers.errors import EmailTaken, PhoneTaken
from sales_portal.customers.models import Account, Customer, CustomerPurchase
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor

LONGEST_EMAIL = 254


def create_customer(session: Session, *, email: str = "", name: str = "", phone: str | None = None, company: str = "",
                    account_id: int | None = None, crm_contact_id: str | None = None, market_id: int | None = None,
                    pricelist_id: int | None = None, locale: str = "en", is_second_anyway: bool = False,
                    by: Actor) -> Customer:
    """Add a customer; an e-mail or a phone number is enough.

    What another customer has already is refused with `EmailTaken` or `PhoneTaken` unless `is_second_anyway`.
    """
    address, number = clean_contact(email, phone or "")
    if not is_second_anyway:
        _refuse_taken(session, address, number)
    customer = Customer(
        email=address, name=one_line("name", name, 200), phone=number or None,
        company=one_line("company", company, 200), account_id=account_id,
        crm_contact_id=one_line("crm_contact_id", crm_contact_id or "", 40) or None, market_id=market_id,
        pricelist_id=pricelist_id, locale=locale, created_at=clock.now())
    session.add(customer)
    session.flush()
    history.record(session, EventName.CUSTOMER_CREATED, customer, by=by)
    return customer


def resolve_account(session: Session, crm_id: str, *, name: str = "", by: Actor) -> Account:
    """The one account with this CRM id, added where there is none; two who ask at once get the same.

    It is called `name`, or after its id until somebody knows better. Nobody's account changes.
    """
    known = queries.get_account_by_crm_id(session, crm_id)
    if known is not None:
        return known
    account = fresh(Account, name=one_line("name", name, 200) or f"CRM account {crm_id}",
                    crm_id=crm.canonical(crm_id), created_at=clock.now())
    if not insert_once(session, account, "crm_id"):
        return session.scalars(select(Account).where(Account.crm_id == crm.canonical(crm_id))).one()
    history.record(session, EventName.ACCOUNT_CREATED, account, by=by, account=account.name)
    return account


def clean_contact(email: str, phone: str) -> tuple[str, str]:
    """How a customer is reached, as it is kept; raises `Invalid` where it is neither an e-mail nor a phone number."""
    number = one_line("phone", phone, 40)
    if not email.strip() and not number:
        raise Invalid("email", "Enter an e-mail address or a phone number")
    if not email.strip() and not queries.is_phone(number):
        raise Invalid("phone", "Enter a phone number like +46 70 123 45 67")
    return clean_email(email) if email.strip() else "", number


def clean_email(text: str) -> str:
    """`text` as e-mails are kept: checked, in lower case. Raises `Invalid` with what to type instead."""
    typed = text.strip()
    if not typed:
        raise Invalid("email", _("Enter the customer's e-mail address"))
    try:
        # Cut, since the check takes seconds for megabytes; what is cut is still too long to pass.
        found = validate_email(typed[:LONGEST_EMAIL + 1], check_deliverability=False)
    except EmailNotValidError:
        raise Invalid("email", _("Enter an e-mail address like name@example.com")) from None
    return found.normalized.lower()


def one_line(field: str, text: str, longest: int) -> str:
    """`text` on one line, without what no database can store; raises `Invalid` where it is longer than `longest`."""
    line = " ".join(text.replace("\x00", "").encode("utf-8", "ignore").decode().split())
    if len(line) > longest:
        raise Invalid(field, f"Use at most {longest} characters")
    return line


def record_purchases(session: Session, customer_id: int, variant_ids: Iterable[int], at: datetime) -> None:
    """Note that a customer bought these variants at `at`, in one statement; a later instant always stays."""
    bought = [{"customer_id": customer_id, "variant_id": key, "last_at": at} for key in sorted(set(variant_ids))]
    if not bought:
        return
    # Sorted, so that two orders of one customer take the rows in the same order.
    engine = session.get_bind().dialect.name
    statement = (postgresql.insert if engine == "postgresql" else sqlite.insert)(CustomerPurchase).values(bought)
    session.execute(statement.on_conflict_do_update(
        index_elements=[CustomerPurchase.customer_id, CustomerPurchase.variant_id],
        set_={"last_at": statement.excluded.last_at},
        where=CustomerPurchase.last_at < statement.excluded.last_at))


def _refuse_taken(session: Session, email: str, phone: str) -> None:
    known = queries.get_customer_by_email(session, email) if email else None
    if known is not None:
        raise EmailTaken(name=known.display_name, number=known.number, customer_id=known.id)
    known = queries.get_customer_by_phone(session, phone)
    if known is not None:
        raise PhoneTaken(name=known.display_name, number=known.number, customer_id=known.id)
