"""Who buys from Nordlight: thirty people, the accounts behind them, and their ids in a customer-relations system."""

from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.application.demo import reading
from sales_portal.core import clock
from sales_portal.customers import crm
from sales_portal.customers import service as customers
from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.history.service import SYSTEM
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Pricelist

VAT_NUMBERS = {"De Vries Interieur": "NL123456782B90"}
"""Of companies of the Union that account for the tax themselves."""
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def load_customers(session: Session, markets: dict[str, Market], lists: dict[str, Pricelist]) -> dict[str, Customer]:
    """The customers, by e-mail, with an account each; two of one house share theirs."""
    accounts: dict[str, Account] = {}
    found = {}
    first_at = clock.now() - timedelta(days=410)
    for number, row in enumerate(reading.rows("customers"), 1):
        name, email, phone, account, market, pricelist, *address = row
        with clock.standing(first_at + timedelta(days=number, hours=number % 7)):
            if account not in accounts:
                accounts[account] = _account(session, account, len(accounts) + 1)
            found[email] = customers.create_customer(
                session, email=email, name=name, phone=phone or None, company="" if account == name else account,
                account_id=accounts[account].id, crm_contact_id=crm_id("003", number),
                market_id=markets[market].id, pricelist_id=lists[pricelist].id,
                locale=markets[market].locale, by=SYSTEM)
        session.add(_address(found[email], address))
    session.flush()
    return found


def _account(session: Session, name: str, number: int) -> Account:
    account = Account(name=name, crm_id=crm_id("001", number), vat_number=VAT_NUMBERS.get(name), created_at=clock.now())
    session.add(account)
    session.flush()
    return account


def _address(customer: Customer, parts: list[str]) -> CustomerAddress:
    street, postcode, city, region, country = parts
    return CustomerAddress(customer_id=customer.id, street=street, postcode=postcode, city=city, region=region,
                           country=country)


def crm_id(kind: str, number: int) -> str:
    """An id as Salesforce writes it: fifteen characters, and three that repeat which of them are capitals."""
    tail = ""
    rest = number * 7919 + 104729
    for _ in range(5):
        rest, digit = divmod(rest, len(_DIGITS))
        tail = _DIGITS[digit] + tail
    fifteen = f"{kind}Qy00000{tail}"
    return fifteen + crm.suffix(fifteen)
