"""What time says about a link, each thing once: to its agent that it was opened or ends, to customers that it ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.core import clock
from sales_portal.core.writing import add_once
from sales_portal.links import queries
from sales_portal.links.models import CheckoutLink
from sales_portal.links.notice_models import LinkNotice
from sales_portal.links.state import LinkState
from sales_portal.messaging.models import BY_PEOPLE, Delivery
from sales_portal.sites.models import Site

AT_ONCE = 100
A_DAY = timedelta(days=1)
OPENED, ENDING, REMINDED, RECOVERED, DECLINED = "opened", "ending", "reminded", "recovered", "declined"
SEEN = ("opened", "checkout_started", "payment_failed")


def say_once(session: Session, link: CheckoutLink, kind: str, about: str = "") -> bool:
    """Whether it is for the caller to say this about `link`; False where it was said, or another worker says it now."""
    return add_once(session, LinkNotice(link_id=link.id, kind=kind, about=about, at=clock.now()))


def is_declined(session: Session, link: CheckoutLink) -> bool:
    """Whether a customer said that they want no more mails about `link`."""
    said = select(LinkNotice.link_id).where(LinkNotice.link_id == link.id, LinkNotice.kind == DECLINED)
    return session.scalars(said.limit(1)).first() is not None


def list_opened(session: Session) -> Sequence[CheckoutLink]:
    """Links open now that a customer has opened and whose agent was not told, oldest first, with all a mail names."""
    return _found(session, _unpaid(clock.now()).where(CheckoutLink.progress.in_(SEEN), ~_was_said(OPENED)))


def list_ending(session: Session) -> Sequence[CheckoutLink]:
    """Unpaid links that end within a day, and were there the day before, whose agent was not told of this end."""
    at = clock.now()
    ending = _unpaid(at).where(CheckoutLink.expires_at <= at + A_DAY, CheckoutLink.created_at <= at - A_DAY)
    told = exists(select(LinkNotice.link_id).where(
        LinkNotice.link_id == CheckoutLink.id, LinkNotice.kind == ENDING, LinkNotice.at > at - A_DAY))
    return _found(session, ending.where(~told))


def list_to_remind(session: Session) -> Sequence[CheckoutLink]:
    """Unpaid links that were mailed and end as soon as their site reminds of, none of it within a day of another mail.

    Those whose customer was reminded, or wants no more mails, are left out.
    """
    at = clock.now()
    found: list[CheckoutLink] = []
    for site_id, days in session.execute(
            select(Site.id, Site.reminds_days_before).where(Site.reminds_days_before.is_not(None))):
        due = _unpaid(at).where(
            CheckoutLink.site_id == site_id, CheckoutLink.expires_at <= at + timedelta(days=days or 0),
            ~_was_said(REMINDED, DECLINED), _was_mailed(Delivery.state == "sent"),
            ~_was_mailed(Delivery.created_at > at - A_DAY))
        found += _found(session, due)
    return found


def list_mailed(session: Session, link: CheckoutLink) -> list[tuple[str, str]]:
    """Address and name of everybody `link` was mailed to and arrived at, each once, first come first."""
    rows = session.execute(
        select(Delivery.recipient, Delivery.recipient_name)
        .where(_about(link.id), Delivery.template.in_(BY_PEOPLE), Delivery.state == "sent")
        .order_by(Delivery.id))
    people: dict[str, tuple[str, str]] = {}
    for address, name in rows:
        people.setdefault(address.lower(), (address, name))
    return list(people.values())


def is_payable(at: datetime) -> ColumnElement[bool]:
    """Whether a link is open at `at`, and its site sells."""
    link = CheckoutLink
    site_sells = exists(select(Site.id).where(
        Site.id == link.site_id, ~Site.is_in_maintenance, or_(link.crm_account_id == "", ~Site.requires_sign_in)
    ).correlate(link))
    return and_(site_sells, queries.is_in_state(LinkState.ACTIVE, at))


def _unpaid(at: datetime) -> Select[CheckoutLink]:
    return select(CheckoutLink).where(is_payable(at), CheckoutLink.orders_count == 0)


def _found(session: Session, due: Select[CheckoutLink]) -> Sequence[CheckoutLink]:
    return session.scalars(
        due.options(joinedload(CheckoutLink.agent), joinedload(CheckoutLink.site), joinedload(CheckoutLink.market),
                    joinedload(CheckoutLink.customer)).order_by(CheckoutLink.id).limit(AT_ONCE)).all()


def _was_said(*kinds: str) -> ColumnElement[bool]:
    return exists(select(LinkNotice.link_id).where(
        LinkNotice.link_id == CheckoutLink.id, LinkNotice.kind.in_(kinds)))


def _was_mailed(so: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(Delivery.id).where(
        _about(CheckoutLink.id), Delivery.template.in_(BY_PEOPLE), Delivery.state != "failed", so))


def _about(link_id: Any) -> ColumnElement[bool]:
    return and_(Delivery.subject_type == CheckoutLink.__tablename__, Delivery.subject_id == link_id)
