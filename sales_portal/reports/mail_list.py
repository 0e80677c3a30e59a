"""The mails the portal sent, filtered by what became of them and by words."""

from sqlalchemy import ColumnElement, Select, or_

from sales_portal.messaging import queries as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.reports import searching

STATES = ("queued", "sent", "failed")


def list_mails(text: str = "", state: str | None = None) -> Select[Delivery]:
    """Mails, to page by `Delivery.id`."""
    query = messaging.list_deliveries()
    if state is not None:
        query = query.where(Delivery.state == state)
    typed = searching.plain(text)
    return query.where(_holds(typed)) if typed else query


def _holds(text: str) -> ColumnElement[bool]:
    return or_(*(searching.holds(column, text) for column in (
        Delivery.recipient, Delivery.recipient_name, Delivery.title)))
