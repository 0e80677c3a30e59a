"""Whom a link was given to, in words: what became of each mail, who has opened it, and what several people may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.customers import typos
from sales_portal.links import opening
from sales_portal.links.models import CheckoutLink
from sales_portal.links.opening import Opened, Seen
from sales_portal.messaging.models import BY_PEOPLE, Delivery

ANYBODY = "The copied link"
SEVERAL = {
    "single": "Each gets a link of their own, but it is one offer: the first who pays closes it for all.",
    "first_closes": "Each gets a link of their own. The first payment closes it, but who is in the checkout by then "
                    "can still pay: there may be several orders.",
    "reusable": "Each gets a link of their own, and each of them can pay: there may be several orders.",
}
"""C-20: what an agent is warned of before a link goes to several people, by the link's policy."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds an address of a link: what became of the last mail to them, and their openings."""

    name: str
    mail: Delivery | None
    opened: Opened


def several(link: CheckoutLink) -> str:
    """What it means that several people get `link`."""
    if link.policy == "reusable" and link.max_orders is not None:
        return f"{SEVERAL[link.policy].rstrip('.')}, at most {link.max_orders}."
    return SEVERAL[link.policy]


def people_of(seen: Seen, mails: Sequence[Delivery]) -> list[Person]:
    """Everybody a link was given to, in the order they got it; `mails` are those about it, newest first."""
    last = {mail.recipient.lower(): mail for mail in reversed(mails) if mail.template in BY_PEOPLE}
    return [Person(one.recipient or ANYBODY, last.get(one.recipient or ""), one) for one in seen.opened]


def last_mail(session: Session, link: CheckoutLink, mails: Sequence[Delivery]) -> Person | None:
    """The last mail with `link`, and how often whoever got it opened it; None where there was none."""
    mail = next((mail for mail in mails if mail.template in BY_PEOPLE), None)
    if mail is None:
        return None
    seen = opening.read_seen(session, link, link.addresses).opened
    opened = next((one for one in seen if one.recipient == mail.recipient.lower()), seen[0])
    return Person(mail.recipient, mail, opened)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that did not arrive and was not sent right since, and the address probably meant; empty: unknown."""

    mail: Delivery
    suggestion: str


def bounce_of(mails: Sequence[Delivery]) -> Bounce | None:
    """What is to be corrected where the last mail with a link did not arrive; `mails` are about it, newest first."""
    mail = next((mail for mail in mails if mail.template in BY_PEOPLE), None)
    if mail is None or mail.state != "failed":
        return None
    return Bounce(mail, typos.meant(mail.recipient))
