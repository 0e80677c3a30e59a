"""Sending a link to its customer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock, translation
from sales_portal.core.money import Money
from sales_portal.core.translation import N_, _
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links import recipients, service
from sales_portal.links.addresses import Addresses
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.messaging import contexts, flooding, headers, rendering
from sales_portal.messaging import service as messaging
from sales_portal.messaging.contexts import Item, LinkReady
from sales_portal.messaging.models import READY, REMINDER, Delivery
from sales_portal.messaging.rendering import STOP_PLACEHOLDER, URL_PLACEHOLDER, Rendered
from sales_portal.sites.models import Site


def send_link(session: Session, link: CheckoutLink, *, to: str, to_name: str, urls: Addresses, by: Actor,
              message: str | None = None, template: str = READY) -> Delivery:
    """Mail a living link to `to`, who always gets the same URL (T110), nobody else's.

    Refuses with `LinkEnded`, with `Invalid` for the address, or with `TooManyMails`. `message` is what the agent says,
    None what the note of the selection says. `link` needs agent, site and market loaded.
    """
    at = clock.now()
    if link.state(at) not in service.LIVING:
        raise service.ended(link, at)
    recipient = headers.one_address(to, "to")
    flooding.refuse_too_many(session, recipient, is_staff=True)
    address = recipients.address_for(session, link, recipient)
    note, language = link.customer_note if message is None else message, language_of(link)
    delivery = messaging.queue_mail(
        session, template=template, to=recipient, to_name=to_name,
        sender_name=sender_name(link.agent, link.site, language),
        reply_to=reply_to(link.agent, link.site), subject=link, context=dict(offer_of(session, link, to_name, note)),
        by=by, url=urls.link_url(address, link.site), note=note,
        stop_url=urls.stop_url(address) if template == REMINDER else None,
        locale=link.market.locale, time_zone=link.site.time_zone, language=language)
    service.mark_progress(session, link, "sent")
    history.record(session, EventName.LINK_SENT, link, by=by, to=delivery.recipient)
    return delivery


def preview(session: Session, link: CheckoutLink, *, to: str, to_name: str, message: str, template: str,
            urls: Addresses) -> Rendered:
    """The mail `send_link` would send, with its addresses in place and nothing kept: the same text and HTML (B25)."""
    address = recipients.known_address(session, link, to)
    values = dict(offer_of(session, link, to_name, message)) | {"url": URL_PLACEHOLDER, "stop_url": STOP_PLACEHOLDER}
    mail = rendering.render(template, values, locale=link.market.locale, time_zone=link.site.time_zone,
                            language=language_of(link))
    bodies = messaging.fill(messaging.Bodies(mail.text, mail.html), urls.link_url(address, link.site),
                            urls.stop_url(address))
    return Rendered(mail.title, bodies.text, bodies.html)


def sender_name(agent: Staff, site: Site, language: str) -> str:
    """Whom a customer's mail comes from: Maria at Nordlight."""
    who = agent.answering
    if who is None:
        return site.name
    with translation.speaking(language):
        return _("{agent} at {site}", agent=who.first_name, site=site.name)


def agent_name(agent: Staff, site: Site) -> str:
    """Whom a mail to the agent greets: where they have left their successor, else the site."""
    return who.name if (who := agent.answering) is not None else site.name


def reply_to(agent: Staff, site: Site) -> str:
    """Where an answer goes: to the agent; where they have left to their successor, else to the site."""
    return who.email if (who := agent.answering) is not None else site.email


def offer_of(session: Session, link: CheckoutLink, to_name: str, note: str) -> LinkReady:
    """What a mail says of a link, for whom it is and with the agent's words; agent and site are loaded."""
    lines = session.scalars(
        select(CheckoutLinkLine).where(CheckoutLinkLine.link_id == link.id).order_by(CheckoutLinkLine.line_no))
    words = to_name.split()
    return LinkReady(
        brand=contexts.brand_of(link.site), agent=contexts.signature_of(link.agent, link.site),
        first_name=words[0] if words else "", note=note,
        items=[Item(line.title, line.quantity, Money(line.unit_amount * line.quantity, link.currency))
               for line in lines],
        items_count=link.items_count, total=Money(link.total_amount, link.currency), charges=_charges(link),
        expires_at=link.expires_at)


def _charges(link: CheckoutLink) -> str:
    if link.ignores_shipping and link.ignores_tax:
        return N_("delivery and tax are not charged")
    if link.ignores_shipping:
        return N_("delivery is not charged, tax included")
    return N_("delivery included, tax is not charged") if link.ignores_tax else N_("delivery and tax included")
