"""A customer asks the person behind a link for something: a new link, an alternative, a word when it is back."""

from enum import StrEnum

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links import sending
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import contexts, staff_contexts
from sales_portal.messaging import service as messaging


class Wish(StrEnum):
    """What a customer may ask for with one press."""

    NEW_LINK = "new_link"
    ALTERNATIVE = "alternative"
    BACK_IN_STOCK = "back_in_stock"
    NOT_ME = "not_me"
    QUESTION = "question"


_MESSAGES = {
    Wish.NEW_LINK: "I would like a new link.",
    Wish.ALTERNATIVE: "This is sold out. Can you suggest something else?",
    Wish.BACK_IN_STOCK: "This is sold out. Tell me when it is back.",
    Wish.NOT_ME: "This link was used, and it wasn't me.",
    Wish.QUESTION: "This link doesn't work for me now. Can you tell me more?",
}


def wish_of(name: str) -> Wish:
    """The wish a form names; a new link where it names none we know."""
    return Wish(name) if name in set(Wish) else Wish.NEW_LINK


def mark_answered(session: Session, link: CheckoutLink, *, by: history.Actor) -> None:
    """Note that the customer of `link` has their answer, where they asked for anything."""
    if link.asked_at is not None:
        link.asked_at = None
        history.record(session, EventName.LINK_REQUEST_ANSWERED, link, by=by)


def ask_agent(session: Session, link: CheckoutLink, wish: Wish, *, desk_url: str) -> None:
    """Tell the agent of `link` what its customer would like, in the history and by mail.

    `desk_url` is where the agent finds the link. Needs the link's agent, site and customer loaded.
    """
    customer, agent = link.customer, link.agent
    name = customer.display_name if customer is not None else history.CUSTOMER.name
    by = history.Actor(history.CUSTOMER.kind, name, link.customer_id)
    link.asked_at, link.asked_for = clock.now(), wish.value
    history.record(session, EventName.LINK_REQUESTED_ANEW, link, by=by, wish=wish.value)
    email = customer.email if customer is not None else ""
    context = staff_contexts.AgentAsked(
        brand=contexts.brand_of(link.site), customer_name=name,
        customer_email=email, link_number=link.number,
        message=_MESSAGES[wish])
    messaging.queue_mail(
        session, template="agent-asked-for-new-link", to=sending.reply_to(agent, link.site),
        to_name=sending.agent_name(agent, link.site), sender_name=link.site.name,
        reply_to=email or None, subject=link, context=context, by=by, url=desk_url,
        time_zone=link.site.time_zone)
