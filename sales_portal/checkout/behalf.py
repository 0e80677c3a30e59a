"""Buying on behalf of an account: the grant a copy of an account's link holds, and what it is good for.

A grant is sealed and stays on the server. It names one account, one copy and an end, opens nothing, and is asked for
by one thing alone: whose order this copy's may become. Nobody reads an account through it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from sales_portal.checkout.errors import NotOnBehalf
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import tokens
from sales_portal.core.tokens import CannotOpen
from sales_portal.customers.models import Account
from sales_portal.links.models import CheckoutLink

PURPOSE = "on-behalf-of"


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to buy for an account with one copy, known by its public id, until `ends_at`."""

    account_id: int
    copy: str
    ends_at: datetime


def give(visit: CheckoutSession, link: CheckoutLink) -> str | None:
    """The grant of a copy, as it is kept, as long as the copy itself is good; None where the link is nobody's."""
    if not link.acts_for_account or link.account_id is None:
        return None
    return tokens.seal(f"{link.account_id} {visit.public_id} {visit.expires_at.isoformat()}", PURPOSE)


def read(sealed: str | None) -> Grant | None:
    """What a sealed grant says; None for none, and for one that was not given here."""
    if not sealed:
        return None
    try:
        account_id, copy, ends_at = tokens.unseal(sealed, PURPOSE).split(" ")
    except (CannotOpen, ValueError):
        return None
    return Grant(int(account_id), copy, datetime.fromisoformat(ends_at))


def account_of(visit: CheckoutSession, link: CheckoutLink, at: datetime | None = None) -> int | None:
    """The account an order of this copy belongs to; None where it belongs to none.

    Refuses with `NotOnBehalf` a copy of an account's link that holds no grant for it, or whose grant is over `at`.
    """
    if not link.acts_for_account:
        return link.account_id
    grant = read(visit.on_behalf_of)
    if grant is None or (grant.account_id, grant.copy) != (link.account_id, visit.public_id) or (
            at is not None and grant.ends_at <= at):
        raise NotOnBehalf
    return grant.account_id


def told(session: Session, link: CheckoutLink) -> dict[str, str]:
    """What a fact of the history says of whom somebody acts for; nothing where it is nobody."""
    account = session.get(Account, link.account_id) if link.acts_for_account and link.account_id else None
    return {"on_behalf_of": account.name} if account is not None else {}
