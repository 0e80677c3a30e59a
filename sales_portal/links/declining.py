"""A customer wants no more mails about a link that nobody writes: nobody gets any, and the agent is told politely."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links import notices, sending
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.messaging import contexts, staff_contexts
from sales_portal.messaging import service as messaging


def decline(session: Session, link: CheckoutLink, public_id: str, *, desk_url: str) -> bool:
    """Whoever holds the address `public_id` of `link` says no thanks; False where they said so before.

    The link goes on working. `desk_url` is where the agent finds it. Needs agent, site and customer loaded.
    """
    recipient = session.scalars(select(LinkAddress.recipient).where(LinkAddress.public_id == public_id)).one() or ""
    if not notices.say_once(session, link, notices.DECLINED, recipient):
        return False
    name = _name(link, recipient)
    by = history.Actor(history.CUSTOMER.kind, name, link.customer_id)
    history.record(session, EventName.LINK_DECLINED, link, by=by)
    context = staff_contexts.AgentCustomerDeclined(
        brand=contexts.brand_of(link.site), link_number=link.number, label=link.label, customer_name=name)
    agent = link.agent
    messaging.queue_mail(
        session, template="agent-customer-declined", to=sending.reply_to(agent, link.site),
        to_name=sending.agent_name(agent, link.site), sender_name=link.site.name,
        reply_to=recipient or None, subject=link, context=context, by=by, url=desk_url, locale=link.site.locale,
        time_zone=link.site.time_zone)
    return True


def _name(link: CheckoutLink, recipient: str) -> str:
    customer = link.customer
    if customer is not None and recipient in ("", customer.email.lower()):
        return customer.display_name
    return recipient or history.CUSTOMER.name
