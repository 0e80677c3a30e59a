"""The mails the portal writes by itself when something has happened to an order or a payment."""

from sqlalchemy.orm import Session

from sales_portal.automation import contexts
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import ENGLISH
from sales_portal.links import recipients, sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import headers
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.payments.models import Payment
from sales_portal.sites.models import Site


def receipt(order: Order, addresses: Addresses) -> Delivery:
    """The customer's receipt, from the agent who sold."""
    language = language_of(order.link)
    return write(
        order.link, order.site, template="receipt", to=order.email, to_name=order.name,
        sender_name=sending.sender_name(order.agent, order.site, language),
        reply_to=sending.reply_to(order.agent, order.site),
        context=dict(contexts.receipt(order)), url=addresses.receipt_url(order.receipt_token_sealed),
        locale=order.link.market.locale, language=language)


def agent_paid(order: Order, addresses: Addresses) -> Delivery:
    """What tells the agent; the site where the agent has left."""
    agent = order.agent
    return write(
        order.link, order.site, template="agent-paid", to=sending.reply_to(agent, order.site),
        to_name=sending.agent_name(agent, order.site), sender_name=order.site.name,
        reply_to=order.email if headers.is_one_address(order.email) else None,
        context=dict(contexts.agent_paid(order)), url=addresses.desk_url(order.link), locale=order.site.locale)


def payment_failed(session: Session, payment: Payment, addresses: Addresses) -> Delivery:
    """What tells the customer that nothing was charged, and where to try again while the link is open."""
    return _about_payment(session, payment, addresses, "payment-failed", dict(contexts.payment_failed(payment)))


def payment_returning(session: Session, payment: Payment, addresses: Addresses) -> Delivery:
    """What tells the customer that their money goes back, and where to try again while the link is open."""
    return _about_payment(session, payment, addresses, "payment-returning", dict(contexts.payment_returning(payment)))


def _about_payment(session: Session, payment: Payment, addresses: Addresses, template: str,
                   context: dict[str, object]) -> Delivery:
    link, visit, language = payment.link, payment.checkout_session, language_of(payment.link)
    address = recipients.address_for(session, link, visit.email) if link.is_open(clock.now()) else None
    url = addresses.link_url(address, link.site) if address is not None else None
    return write(
        link, link.site, template=template, to=visit.email, to_name=visit.name,
        sender_name=sending.sender_name(link.agent, link.site, language),
        reply_to=sending.reply_to(link.agent, link.site),
        context=context, url=url, locale=link.market.locale, language=language)


def write(link: CheckoutLink, site: Site, *, template: str, to: str, to_name: str, sender_name: str,
          reply_to: str | None, context: dict[str, object], url: str | None, locale: str,
          language: str = ENGLISH, stop_url: str | None = None) -> Delivery:
    """A mail about `link`, not queued yet; to what is no address it can never go, which is a `PermanentFailure`."""
    try:
        return messaging.write_mail(
            template=template, to=to, to_name=to_name, sender_name=sender_name, reply_to=reply_to,
            subject=link, context=context, url=url, locale=locale, time_zone=site.time_zone,
            language=language, stop_url=stop_url)
    except Invalid as refusal:
        raise PermanentFailure(f"No mail can go to that address: {refusal.text}") from refusal
