"""The mails about a link that nobody writes: to its agent what happened, to its customers what they may have missed."""

from sqlalchemy.orm import Session

from sales_portal.automation import contexts, mails
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.links import opening, recipients, sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.links.notice_models import StockWish
from sales_portal.messaging.models import Delivery

TELLS_OPENED = "tells_opened"
"""The preference of an agent that says whether they are told by mail that a link was opened; they are, unless not."""


def wants_opened(link: CheckoutLink) -> bool:
    """Whether the agent of `link` is told by mail that it was opened."""
    return link.agent.is_active and link.agent.preferences.get(TELLS_OPENED, True) is not False


def agent_opened(session: Session, link: CheckoutLink, addresses: Addresses) -> Delivery:
    """What tells the agent that a customer opened their link, and who it was as far as the address says."""
    seen = opening.read_seen(session, link, recipients.list_addresses(session, link)).opened
    first = min((one for one in seen if one.first_at is not None), key=lambda one: one.first_at or clock.now(),
                default=None)
    name = (first.recipient if first is not None else None) or contexts.customer_name(link)
    if link.customer is not None and name == (link.customer.email or "").lower():
        name = link.customer.display_name
    at = (first.first_at if first is not None else None) or clock.now()
    return _to_agent(link, "agent-link-opened", dict(contexts.opened(link, name, at)), addresses.desk_url(link))


def agent_ending(link: CheckoutLink, addresses: Addresses) -> Delivery:
    """What tells the agent that a link ends within a day and is not paid."""
    return _to_agent(link, "agent-link-expiring", dict(contexts.ending(link)), addresses.desk_url(link))


def agent_bounced(link: CheckoutLink, mail: Delivery, addresses: Addresses) -> Delivery:
    """What tells the agent that a mail did not arrive, with the address probably meant."""
    url = f"{addresses.desk_url(link)}/sending?correct={mail.id}"
    return _to_agent(link, "agent-mail-bounced", dict(contexts.bounced(link, mail)), url)


def back_in_stock(link: CheckoutLink, addresses: Addresses) -> Delivery:
    """What tells the agent that a link which waited has started; agent, site and customer are loaded."""
    return _to_agent(link, "agent-back-in-stock", dict(contexts.back_in_stock(link)), addresses.desk_url(link))


def wish_came_true(session: Session, wish: StockWish, link: CheckoutLink, addresses: Addresses) -> Delivery:
    """What tells a customer that what they waited for can be bought; agent, site and market are loaded."""
    url, language = addresses.link_url(recipients.address_for(session, link, wish.email), link.site), language_of(link)
    return mails.write(
        link, link.site, template="back-in-stock", to=wish.email, to_name=wish.name,
        sender_name=sending.sender_name(link.agent, link.site, language),
        reply_to=sending.reply_to(link.agent, link.site),
        context=dict(contexts.wish_came_true(wish, link)), url=url, locale=link.market.locale, language=language)


def ending(session: Session, link: CheckoutLink, to: str, to_name: str, addresses: Addresses) -> Delivery:
    """What reminds a customer that their link ends."""
    return _to_customer(session, link, "link-expiring", to, to_name, addresses)


def left(session: Session, visit: CheckoutSession, addresses: Addresses) -> Delivery:
    """What reminds a customer who left the checkout; the link in it is the durable one, never the visit's."""
    return _to_customer(session, visit.link, "checkout-recovery", visit.email.strip(), visit.name, addresses)


def _to_customer(session: Session, link: CheckoutLink, template: str, to: str, to_name: str,
                 addresses: Addresses) -> Delivery:
    address, language = recipients.address_for(session, link, to), language_of(link)
    return mails.write(
        link, link.site, template=template, to=to, to_name=to_name,
        sender_name=sending.sender_name(link.agent, link.site, language),
        reply_to=sending.reply_to(link.agent, link.site),
        context=dict(sending.offer_of(session, link, to_name, "")), url=addresses.link_url(address, link.site),
        locale=link.market.locale, language=language, stop_url=addresses.stop_url(address))


def _to_agent(link: CheckoutLink, template: str, context: dict[str, object], url: str) -> Delivery:
    agent = link.agent
    return mails.write(
        link, link.site, template=template, to=sending.reply_to(agent, link.site),
        to_name=sending.agent_name(agent, link.site), sender_name=link.site.name, reply_to=None,
        context=context, url=url, locale=link.site.locale)
