"""Finding customers."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.core.db import is_id
from sales_portal.customers import crm
from sales_portal.customers.models import Account, Customer

LONGEST_TEXT = 200
FOUND = 20
FEWEST_DIGITS = 5
FEWEST_SEARCHED = 2
_NUMBER = re.compile(r"[Cc]-?(\d{1,12})", re.ASCII)
_PHONE = re.compile(r"[\d+\s()./-]+", re.ASCII)


def get_customer(session: Session, number: str | int) -> Customer | None:
    """The customer with this id or number (`C-318`), with account, market, pricelist and addresses; None if unknown."""
    key = id_of(number)
    if key is None or not is_id(key):
        return None
    return session.scalars(
        select(Customer).where(Customer.id == key)
        .options(joinedload(Customer.account), joinedload(Customer.market), joinedload(Customer.pricelist),
                 selectinload(Customer.addresses))).one_or_none()


def get_customer_by_email(session: Session, email: str) -> Customer | None:
    """The oldest customer with this e-mail in any case, or None."""
    return session.scalars(
        select(Customer).where(Customer.email == _plain(email).lower()).order_by(Customer.id).limit(1)).first()


def get_customer_by_phone(session: Session, phone: str) -> Customer | None:
    """The oldest customer with this phone number, however it is spaced; None where no digit is given."""
    digits = _digits(phone)
    if not digits:
        return None
    return session.scalars(select(Customer).where(_digits_of_phone() == digits).order_by(Customer.id).limit(1)).first()


def get_account_by_crm_id(session: Session, crm_id: str) -> Account | None:
    """The account with this CRM id in either way to write it, or None; the oldest, should there be two."""
    return session.scalars(
        select(Account).where(Account.crm_id.in_(crm.forms(crm_id))).order_by(Account.id).limit(1)).first()


def is_phone(text: str) -> bool:
    """Whether `text` can be a phone number: at least five digits, and nothing but them and what stands between."""
    return _PHONE.fullmatch(text.strip()) is not None and len(_digits(text).lstrip("+")) >= FEWEST_DIGITS


def find_accounts(session: Session, text: str, limit: int = FOUND) -> Sequence[Account]:
    """Accounts whose name or CRM id holds `text`, by name; the first ones where it is empty."""
    query, typed = select(Account), _plain(text)
    if typed:
        query = query.where(or_(*(func.lower(column).contains(form, autoescape=True)
                                  for column in (Account.name, Account.crm_id) for form in _forms(typed))))
    return session.scalars(query.order_by(Account.name, Account.id).limit(limit)).all()


def find_customers(session: Session, text: str, limit: int = FOUND) -> Sequence[Customer]:
    """Customers whose name, e-mail, company, phone, number or CRM id holds `text`, with their accounts.

    Names that begin with it come first. An empty text finds the newest. `%` and `_` mean themselves.
    """
    query = list_customers(text)
    typed = _plain(text)
    if typed:
        begins = or_(*(func.lower(column).startswith(form, autoescape=True)
                       for column in (Customer.name, Customer.email, Customer.company) for form in _forms(typed)))
        query = query.order_by(case((begins, 0), else_=1))
    return session.scalars(query.order_by(Customer.id.desc()).limit(limit)).all()


def list_customers(text: str = "") -> Select[Customer]:
    """Customers `text` finds (all where it is empty), each with the account, to page by `Customer.id`."""
    query = select(Customer).options(joinedload(Customer.account))
    typed = _plain(text)
    return query.outerjoin(Customer.account).where(_holds(typed)) if typed else query


def id_of(number: str | int) -> int | None:
    """The id behind the number people say: 18 for `C-318`; None where it is no such number."""
    if isinstance(number, int):
        return number
    found = _NUMBER.fullmatch(number.strip())
    return int(found[1]) - 300 if found is not None else None


def _holds(typed: str) -> ColumnElement[bool]:
    columns = (Customer.name, Customer.email, Customer.company, Customer.phone, Customer.crm_contact_id,
               Account.name, Account.crm_id)
    found = [func.lower(column).contains(form, autoescape=True) for column in columns for form in _forms(typed)]
    # As it is dialled: 070 and 0046 70 are both stored as +46 70.
    digits = _digits(typed).removeprefix("00").removeprefix("0")
    if len(digits) >= FEWEST_SEARCHED and _PHONE.fullmatch(typed):
        found.append(_digits_of_phone().contains(digits, autoescape=True))
    key = id_of(f"C-{typed}" if typed.isascii() and typed.isdecimal() else typed)
    return or_(*found, *([Customer.id == key] if key is not None else []))


def _digits(text: str) -> str:
    return re.sub(r"[^\d+]", "", text)


def _digits_of_phone() -> ColumnElement[str]:
    bare: ColumnElement[str] = func.coalesce(Customer.phone, "")
    for sign in " -()./":
        bare = func.replace(bare, sign, "")
    return bare


def _forms(typed: str) -> list[str]:
    # SQLite lowers A to Z alone: a capital beyond them is asked for as it may stand in a name.
    forms = (typed.lower(), _lower_ascii(typed.title()), _lower_ascii(typed), _lower_ascii(typed.upper()))
    return list(dict.fromkeys(forms))


def _lower_ascii(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _plain(text: str) -> str:
    # PostgreSQL stores neither NUL nor half of a surrogate pair, so nobody's name holds one.
    return text[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "ignore").decode().strip()
