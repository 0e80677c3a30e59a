"""Sending a link to its customer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.core.money import Money
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links import service
from sales_portal.links.addresses import Addresses
from sales_portal.links.errors import LinkEnded
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine, LinkAddress
from sales_portal.messaging import contexts
from sales_portal.messaging import service as messaging
from sales_portal.messaging.contexts import Item, LinkReady
from sales_portal.messaging.models import Delivery
from sales_portal.sites.models import Site


def send_link(session: Session, link: CheckoutLink, *, to: str, to_name: str, message: str, urls: Addresses,
              by: Actor) -> Delivery:
    """Mail a living link to `to`, always with the same URL; refuses with `LinkEnded` or `Invalid` for the address.

    `link` needs agent, site and market loaded.
    """
    at = clock.now()
    if link.state(at) not in service.LIVING:
        raise LinkEnded(number=link.number, state=link.state(at).value.replace("_", " "))
    addresses = session.scalars(select(LinkAddress).where(LinkAddress.link_id == link.id).order_by(LinkAddress.id))
    delivery = messaging.queue_mail(
        session, template="link-ready", to=to, to_name=to_name, sender_name=sender_name(link.agent, link.site),
        reply_to=reply_to(link.agent, link.site), subject=link,
        context=dict(_ready(session, link, to_name, message)), by=by, url=urls.link_url(addresses.all()[0], link.site),
        locale=link.market.locale, time_zone=link.site.time_zone)
    service.mark_progress(session, link, "sent")
    history.record(session, EventName.LINK_SENT, link, by=by, to=delivery.recipient)
    return delivery


def sender_name(agent: Staff, site: Site) -> str:
    """Whom a customer's mail comes from: Maria at Nordlight."""
    return f"{agent.first_name} at {site.name}" if agent.is_active else site.name


def reply_to(agent: Staff, site: Site) -> str:
    """Where an answer goes: to the agent, or to the site where the agent has left."""
    return agent.email if agent.is_active else site.email


def _ready(session: Session, link: CheckoutLink, to_name: str, message: str) -> LinkReady:
    lines = session.scalars(
        select(CheckoutLinkLine).where(CheckoutLinkLine.link_id == link.id).order_by(CheckoutLinkLine.line_no))
    words = to_name.split()
    return LinkReady(
        brand=contexts.brand_of(link.site), agent=contexts.signature_of(link.agent),
        first_name=words[0] if words else "", note=message or link.customer_note,
        items=[Item(line.title, line.quantity, Money(line.unit_amount * line.quantity, link.currency))
               for line in lines],
        items_count=link.items_count, total=Money(link.total_amount, link.currency), charges=_charges(link),
        expires_at=link.expires_at)


def _charges(link: CheckoutLink) -> str:
    if link.ignores_shipping and link.ignores_tax:
        return "delivery and tax are not charged"
    if link.ignores_shipping:
        return "delivery is not charged, tax included"
    return "delivery included, tax is not charged" if link.ignores_tax else "delivery and tax included"
