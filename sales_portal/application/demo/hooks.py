"""A webhook of the demo: it told of the last sales, and is off, since nobody is at home at its address."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.automation import webhooks as following
from sales_portal.core import clock
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.messaging import endpoints, webhook
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import WebhookAttempt

URL = "https://erp.nordlight.example/hooks/sales"
EVENTS = tuple(name.value for name in (EventName.ORDER_PLACED, EventName.ORDER_PAID, EventName.ORDER_REFUNDED))
BEFORE = timedelta(days=40)
MOST_TOLD = 12
MILLISECONDS = (84, 131, 97, 212)


def load_webhook(session: Session) -> None:
    """Have told what was sold in the last weeks, each at the first try."""
    now = clock.now()
    admin = session.scalars(select(Staff).where(Staff.email == "admin@demo.example")).one()
    with clock.standing(now - BEFORE):
        endpoint = endpoints.create_endpoint(session, URL, EVENTS, site=None, receivers=Receivers(), by=admin.actor)
    [secret] = endpoints.secrets_of(endpoint)
    told = select(Event).where(Event.name.in_(EVENTS), Event.at >= now - BEFORE).order_by(Event.at).limit(MOST_TOLD)
    for number, event in enumerate(session.scalars(told).all()):
        with clock.standing(event.at + timedelta(seconds=number % 5)):
            delivery, at = following.message_of(session, endpoint, event, {}), clock.now()
        delivery.state, delivery.delivered_at = "delivered", at
        session.add(delivery)
        session.flush()
        session.add(WebhookAttempt(
            delivery_id=delivery.id, attempt=1, at=at, status_code=204,
            milliseconds=MILLISECONDS[number % len(MILLISECONDS)],
            signature=webhook.sign([secret], delivery.message_id, at, delivery.body)))
    endpoints.turn_off(session, endpoint, by=admin.actor)
