"""A newer offer under the same address: what is offered from now on, with all that was offered before kept."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals import service as approvals
from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links import deposits, presets, queries, renewing, service, snapshot, storing
from sales_portal.links.errors import NothingNew, OfferElsewhere, OfferMovedOn
from sales_portal.links.models import CheckoutLink, CheckoutLinkVersion
from sales_portal.links.stored_terms import decided_of
from sales_portal.links.terms import check_terms
from sales_portal.selections import acts
from sales_portal.selections.basket import Basket
from sales_portal.selections.models import Selection


def update_offer(session: Session, link: CheckoutLink, basket: Basket, *, shown: int | None, request_key: str,
                 by: Actor) -> bool:
    """Offer `basket` under the address of `link`; False where the same `request_key` has done so already.

    Both are read locked, the link first, its lines loaded. `shown` is the offer version that was looked at. Refuses
    with `LinkEnded`, `OfferMovedOn`, `NothingNew`, `OfferElsewhere`, and as `create_link` does. Copies that customers
    hold stay as they are until they accept the newer offer.
    """
    if _is_done(session, link, request_key):
        return False
    at = clock.now()
    refuse_useless(link, basket, at)
    if shown != link.offer_version:
        raise OfferMovedOn(number=link.number)
    acts.refuse_closed(basket.selection)
    service.refuse_unlinkable(basket)
    terms = renewing.terms_now(session, link, basket)
    basket = presets.apply(session, basket, terms)
    check_terms(basket, terms, at)
    frozen, before = snapshot.freeze(basket, terms, at), link.total_amount
    deposits.check(frozen, terms, link.site)
    stands_on = approvals.refuse_uncovered(session, basket, decided_of(terms), service.acting_id(link.agent, by))
    session.add(_kept(session, link, request_key, at))
    storing.store_again(session, link, basket, terms, frozen, approval_ids=stands_on, at=at)
    history.record(session, EventName.LINK_UPDATED, link, by=by, selection=basket.selection.number,
                   selection_version=link.selection_version, offer_version=link.offer_version,
                   total_before=before, total=link.total_amount, currency=link.currency)
    return True


def refuse_useless(link: CheckoutLink, basket: Basket, at: datetime) -> None:
    """Refuse a link that is over, one that shows the selection as it is, and a selection it can't show."""
    selection = basket.selection
    if link.state(at) not in service.LIVING:
        raise service.ended(link, at)
    if link.selection_version == selection.version:
        raise NothingNew(number=link.number, selection=selection.number)
    why = _why_elsewhere(link, basket)
    if why:
        raise OfferElsewhere(number=link.number, selection=selection.number, why=why)


def is_behind(link: CheckoutLink, selection: Selection) -> bool:
    """Whether the selection changed since, in a way the link can show as far as the two rows alone tell."""
    same = ("customer_id", "site_id", "market_id", "currency")
    return link.selection_version != selection.version and all(
        getattr(link, name) == getattr(selection, name) for name in same)


def list_versions(session: Session, link_id: int) -> list[CheckoutLinkVersion]:
    """What a link offered before, newest first."""
    return list(session.scalars(
        select(CheckoutLinkVersion).where(CheckoutLinkVersion.link_id == link_id)
        .order_by(CheckoutLinkVersion.number.desc())))


def get_version(session: Session, link_id: int, number: int) -> CheckoutLinkVersion | None:
    """What a link offered as its version `number`; None for the one it offers now and for one there never was."""
    return session.get(CheckoutLinkVersion, (link_id, number))


def _is_done(session: Session, link: CheckoutLink, request_key: str) -> bool:
    return session.scalars(select(CheckoutLinkVersion.number).where(
        CheckoutLinkVersion.link_id == link.id, CheckoutLinkVersion.request_key == request_key)).first() is not None


def _why_elsewhere(link: CheckoutLink, basket: Basket) -> str:
    """Why orders of this link could not be what the selection is now; empty where they can."""
    selection = basket.selection
    if selection.customer_id != link.customer_id:
        return "is for somebody else"
    if (selection.site_id, selection.market_id) != (link.site_id, link.market_id):
        return "is sold in another market"
    if (selection.currency, selection.pricelist.is_tax_included) != (link.currency, link.is_tax_included):
        return "has prices of another kind"
    return ""


def _kept(session: Session, link: CheckoutLink, request_key: str, at: datetime) -> CheckoutLinkVersion:
    discounts = queries.list_discounts(session, link.id) if link.has_discounts else ()
    return CheckoutLinkVersion(
        link_id=link.id, number=link.offer_version, selection_version=link.selection_version,
        total_amount=link.total_amount, items_count=link.items_count, customer_note=link.customer_note,
        totals=link.totals, lines=snapshot.lines_kept(link.lines), discounts=[one.rule for one in discounts],
        offered_at=link.frozen_at, ended_at=at, request_key=request_key)
