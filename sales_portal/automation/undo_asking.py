"""What follows when somebody asks for a refund or a cancellation: a mail to those who may decide, and the answer."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.automation import mails, queries, undo_mails
from sales_portal.core.money import Money
from sales_portal.history.service import SYSTEM
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import contexts as texts
from sales_portal.messaging import service as messaging
from sales_portal.messaging import staff_contexts
from sales_portal.messaging.models import Delivery
from sales_portal.orders import cancelling, refunding
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job

Wish = Refund | Cancellation
Tell = Callable[[Session, Wish, Addresses], None]


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics about what is asked for, each with what does it."""
    def telling(find: Callable[[Session, int], Wish | None], tell: Tell) -> Handler:
        def handle(session: Session, job: Job) -> None:
            wish = find(session, job.subject_id)
            if wish is None:
                raise PermanentFailure("What was asked for does not exist any more")
            tell(session, wish, addresses)

        return handle

    return {refunding.ASKED: telling(_refund, _tell_deciders), refunding.ANSWERED: telling(_refund, _tell_asker),
            cancelling.ASKED: telling(_cancellation, _tell_deciders),
            cancelling.ANSWERED: telling(_cancellation, _tell_asker)}


def _tell_deciders(session: Session, wish: Wish, addresses: Addresses) -> None:
    asker = _person(session, wish.asked_by_id)
    if wish.status != "asked" or asker is None:
        return
    order = _order(session, wish)
    able = accounts.list_staff_over(session, Permission.REFUND_DECIDE, order.agent_id)
    context = staff_contexts.UndoAsked(
        brand=texts.brand_of(order.site), asker_name=asker.name, order_number=order.number,
        customer_name=order.name or order.email, is_refund=isinstance(wish, Refund), amount=_amount(wish),
        goes_back=undo_mails.money_of(order) == "back", note=wish.note)
    messaging.queue_written(session, [_write(order, "undo-asked", person, asker, dict(context), addresses)
                                      for person in able if person.id != asker.id], by=SYSTEM)


def _tell_asker(session: Session, wish: Wish, addresses: Addresses) -> None:
    asker, decider = _person(session, wish.asked_by_id), _person(session, wish.decided_by_id)
    if asker is None or decider is None or not asker.is_active:
        return
    order = _order(session, wish)
    context = staff_contexts.UndoAnswered(
        brand=texts.brand_of(order.site), decider_name=decider.name, order_number=order.number,
        customer_name=order.name or order.email, is_refund=isinstance(wish, Refund),
        is_agreed=wish.status != "refused", amount=_amount(wish), goes_back=undo_mails.money_of(order) == "back")
    messaging.queue_written(
        session, [_write(order, "undo-answered", asker, decider, dict(context), addresses)], by=SYSTEM)


def _write(order: Order, template: str, to: Staff, about: Staff, context: dict[str, object],
           addresses: Addresses) -> Delivery:
    return mails.write(
        order.link, order.site, template=template, to=to.email, to_name=to.name, sender_name=order.site.name,
        reply_to=about.email, context=context, url=addresses.page_url("orders", order.number),
        locale=order.site.locale)


def _amount(wish: Wish) -> Money | None:
    return Money(wish.amount, wish.currency) if isinstance(wish, Refund) else None


def _refund(session: Session, refund_id: int) -> Refund | None:
    return session.get(Refund, refund_id)


def _cancellation(session: Session, cancellation_id: int) -> Cancellation | None:
    return session.get(Cancellation, cancellation_id)


def _order(session: Session, wish: Wish) -> Order:
    order = queries.get_order(session, wish.order_id) if wish.order_id is not None else None
    if order is None:
        raise PermanentFailure("The order does not exist any more")
    return order


def _person(session: Session, staff_id: int | None) -> Staff | None:
    return session.get(Staff, staff_id) if staff_id is not None else None
