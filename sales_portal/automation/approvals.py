"""What follows a request for a yes and its answer: mails to those it concerns, and the link that was waiting for it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import offers
from sales_portal.approvals import queries as approvals
from sales_portal.approvals import service as approving
from sales_portal.approvals.models import Approval
from sales_portal.automation import approval_mails as mails
from sales_portal.core.errors import Refusal
from sales_portal.history.service import SYSTEM
from sales_portal.links import presets, sending, stored_terms
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import service as messaging
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job
from sales_portal.selections import basket as baskets

CHANGED = "The selection was changed after you had asked, so the link was not created. Look at it and press Link."
LEFT = "The selection belongs to somebody who has left, so the link was not created."
NO_ADDRESS = "The link could not be sent by e-mail: {why}"
NOT_CREATED = "The link was not created: {why}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an answer: the link that was made, whom it was sent to, and what went wrong in words."""

    link: CheckoutLink | None = None
    mailed_to: str = ""
    problem: str = ""


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics about approvals, each with what does it."""
    return {
        approving.ASKED: lambda session, job: _tell_deciders(session, job, addresses),
        approving.ANSWERED: lambda session, job: _follow(session, job, addresses),
    }


def _tell_deciders(session: Session, job: Job, addresses: Addresses) -> None:
    approval = _approval(session, job)
    if approval.status == "waiting":
        able = approving.list_able(session, approval)
        messaging.queue_written(session, [mails.needed(approval, person, addresses) for person in able], by=SYSTEM)


def _follow(session: Session, job: Job, addresses: Addresses) -> None:
    """Do what an answer allows and tell who asked, in the transaction that ends the job: never half, never twice."""
    approval = _approval(session, job)
    if approval.status not in ("approved", "rejected"):
        return
    outcome = Outcome()
    if approval.status == "approved" and approval.wants_link and approval.link_id is None:
        outcome = _create(session, approval, addresses)
    if approval.asked_by.is_active:
        messaging.queue_written(session, [mails.answered(
            approval, addresses, link=outcome.link, mailed_to=outcome.mailed_to, problem=outcome.problem)], by=SYSTEM)


def _create(session: Session, approval: Approval, addresses: Addresses) -> Outcome:
    selection, asker = approval.selection, approval.asked_by
    if not (asker.is_active and selection.agent.is_active):
        return Outcome(problem=LEFT)
    basket = baskets.read_basket(session, selection, is_locked=True)
    if offers.fingerprint_of(presets.apply_packed(session, basket, approval.terms)) != approval.offer:
        return Outcome(problem=CHANGED)
    try:
        with session.begin_nested():
            link = links.create_link(
                session, basket, stored_terms.unpack(approval.terms), agent=selection.agent,
                request_key=f"approval-{approval.id}", by=asker.actor)
            approval.link_id = link.id
    except Refusal as refusal:
        return Outcome(problem=NOT_CREATED.format(why=refusal.text))
    return _send(session, link, asker, addresses) if approval.wants_mail else Outcome(link)


def _send(session: Session, link: CheckoutLink, asker: Staff, addresses: Addresses) -> Outcome:
    customer = link.customer
    if customer is None:
        return Outcome(link, problem=NO_ADDRESS.format(why="nobody is chosen as the customer."))
    if not customer.email:
        return Outcome(link, problem=NO_ADDRESS.format(why=f"{customer.display_name} has no e-mail address."))
    try:
        with session.begin_nested():
            delivery = sending.send_link(session, link, to=customer.email, to_name=customer.name,
                                         urls=addresses, by=asker.actor)
    except Refusal as refusal:
        return Outcome(link, problem=NO_ADDRESS.format(why=refusal.text))
    return Outcome(link, delivery.recipient)


def _approval(session: Session, job: Job) -> Approval:
    approval = approvals.get_approval(session, job.subject_id)
    if approval is None:
        raise PermanentFailure("The approval does not exist any more")
    return approval
