"""What time says to agents and customers by itself, each thing once, whatever two workers do at the same moment."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.automation import link_mails, queries
from sales_portal.core import clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import notices
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import headers
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job

PERIODIC = {"links.tell_opened": 60, "links.tell_ending": 300, "links.remind": 300, "visits.recover": 300}
"""How many seconds apart it is looked for."""

RECOVERED_AFTER = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(days=7)


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics of what is said by itself."""
    return {
        "links.tell_opened": lambda session, job: _tell_opened(session, job, addresses),
        "links.tell_ending": lambda session, job: _tell_ending(session, job, addresses),
        "links.remind": lambda session, job: _remind(session, job, addresses),
        "visits.recover": lambda session, job: _recover(session, job, addresses),
    }


def _tell_opened(session: Session, job: Job, addresses: Addresses) -> None:
    # Those who want no such mail are counted as told: who changes their mind is not flooded with old news.
    news = [link for link in notices.list_opened(session) if notices.say_once(session, link, notices.OPENED)]
    wanted = [link for link in news if link_mails.wants_opened(link)]
    _send(session, (link_mails.agent_opened(session, link, addresses) for link in wanted))


def _tell_ending(session: Session, job: Job, addresses: Addresses) -> None:
    due = [link for link in notices.list_ending(session) if link.expires_at is not None and notices.say_once(
        session, link, notices.ENDING, link.expires_at.isoformat())]
    _send(session, (link_mails.agent_ending(link, addresses) for link in due))


def _remind(session: Session, job: Job, addresses: Addresses) -> None:
    for link in notices.list_to_remind(session):
        if notices.say_once(session, link, notices.REMINDED):
            _send(session, (link_mails.ending(session, link, to, name, addresses)
                            for to, name in notices.list_mailed(session, link)))


def _recover(session: Session, job: Job, addresses: Addresses) -> None:
    at = clock.now()
    for visit in queries.list_left(session, at - FORGOTTEN_AFTER, at - RECOVERED_AFTER):
        email = visit.email.strip().lower()
        if headers.is_one_address(email) and notices.say_once(session, visit.link, notices.RECOVERED, email):
            _send(session, [link_mails.left(session, visit, addresses)])


def _send(session: Session, mails: Iterable[Delivery]) -> None:
    messaging.queue_written(session, list(mails), by=SYSTEM)
