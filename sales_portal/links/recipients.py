"""Whom a link was given to: each has an address of their own, so that it shows who opened it. It stays one offer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.customers.models import Customer
from sales_portal.links import storing
from sales_portal.links.models import CheckoutLink, LinkAddress


def address_for(session: Session, link: CheckoutLink, recipient: str) -> LinkAddress:
    """The address of `link` for an e-mail address: the one they were given before, else one of their own from now on.

    T110: nobody ever holds two. Whom the link was made for takes the address it was born with.
    """
    # Two mails at the same moment must not give one person two addresses.
    session.execute(select(CheckoutLink.id).where(CheckoutLink.id == link.id).with_for_update())
    wanted, known = recipient.strip().lower(), list_addresses(session, link)
    found = next((address for address in known if address.recipient == wanted), None)
    if found is not None:
        return found
    first = known[0]
    if first.recipient is None and meant_for(session, link) in ("", wanted):
        first.recipient = wanted
        return first
    made = LinkAddress(link_id=link.id, recipient=wanted, **storing.new_address())
    session.add(made)
    session.flush()
    return made


def known_address(session: Session, link: CheckoutLink, recipient: str) -> LinkAddress:
    """The address a mail to `recipient` would carry where they were given one; else the link's first."""
    known = list_addresses(session, link)
    return next((address for address in known if address.recipient == recipient.strip().lower()), known[0])


def list_addresses(session: Session, link: CheckoutLink) -> list[LinkAddress]:
    """The addresses of a link, the one it was born with first."""
    return list(session.scalars(
        select(LinkAddress).where(LinkAddress.link_id == link.id).order_by(LinkAddress.id)))


def meant_for(session: Session, link: CheckoutLink) -> str:
    """The e-mail address of whom the link was made for, in small letters; empty where it names nobody's."""
    customer = session.get(Customer, link.customer_id) if link.customer_id is not None else None
    email = customer.email if customer is not None and customer.email else str(link.prefill.get("email", ""))
    return email.strip().lower()
