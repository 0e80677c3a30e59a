"""Whom an alert is told: the people who look after the portal."""

from sqlalchemy.orm import Session

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.history.service import SYSTEM
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import contexts, staff_contexts
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.alerting import RAISED
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The one topic of alerts."""
    return {RAISED: lambda session, job: _tell(session, job, addresses)}


def _tell(session: Session, job: Job, addresses: Addresses) -> None:
    alert = session.get(Alert, job.subject_id)
    if alert is None:
        raise PermanentFailure("The alert does not exist any more")
    people = accounts.list_staff_with(session, Permission.MAILBOX)
    messaging.queue_written(session, [_mail(alert, person, addresses) for person in people], by=SYSTEM)


def _mail(alert: Alert, person: Staff, addresses: Addresses) -> Delivery:
    site = person.site
    try:
        return messaging.write_mail(
            template="alert-raised", to=person.email, to_name=person.name, sender_name=site.name, reply_to=None,
            subject=alert, url=f"{addresses.base_url}/alerts", locale=site.locale, time_zone=site.time_zone,
            context=dict(staff_contexts.AlertRaised(brand=contexts.brand_of(site), code=alert.code, text=alert.text)))
    except Invalid as refusal:
        raise PermanentFailure(f"No mail can go to that address: {refusal.text}") from refusal
