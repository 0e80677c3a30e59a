"""A link in the place of another: the same terms for the selection as it is now, and the old one ends."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links import renewing, service
from sales_portal.links.errors import ReplacedMeanwhile
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.selections import acts
from sales_portal.selections.basket import Basket

REPLACEABLE = service.LIVING | {LinkState.EXPIRED, LinkState.REVOKED}


def replace_link(session: Session, link: CheckoutLink, basket: Basket, *, request_key: str,
                 by: Actor) -> CheckoutLink:
    """Make a link of `basket` with the terms of `link`, which no newcomer and no open copy can pay any more.

    Both are read locked, the link first, its lines loaded. The same `request_key` again answers the same link.
    Refuses with `ReplacedMeanwhile` where somebody was first, with `LinkEnded`, and as `create_link` does.
    """
    made = session.scalars(select(CheckoutLink).where(CheckoutLink.id == link.replaced_by_id)).one_or_none()
    if made is not None:
        if made.request_key == _key(link, request_key):
            return made
        raise ReplacedMeanwhile(number=link.number, newer=made.number)
    at = clock.now()
    refuse_useless(link, at)
    acts.refuse_closed(basket.selection)
    terms = renewing.terms_again(session, link, basket, at)
    made = service.create_link(session, basket, terms, agent=basket.selection.agent,
                               request_key=_key(link, request_key), by=by)
    _end(link, made, at)
    session.flush()
    history.record(session, EventName.LINK_REPLACED, link, by=by, context=made, link=link.number,
                   replacement=made.number)
    return made


def refuse_useless(link: CheckoutLink, at: datetime) -> None:
    """Refuse a link that was bought: there is nothing to put in its place."""
    if link.state(at) not in REPLACEABLE:
        raise service.ended(link, at)


def _key(link: CheckoutLink, request_key: str) -> str:
    # Never the key of a link that was made otherwise, whatever a form says.
    return f"replaces-{link.id}-{request_key}"[:64]


def _end(link: CheckoutLink, made: CheckoutLink, at: datetime) -> None:
    if link.state(at) in service.LIVING:
        link.status, link.revoked_at = "revoked", at
    link.replaced_by_id = made.id
    link.version += 1
