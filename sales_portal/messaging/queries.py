"""Finding mails that were sent, the receivers of webhooks, and what those were sent."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.history.models import Subject
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery

_STATE = select(Delivery.state).where(Delivery.id == bindparam("delivery_id"))


def get_state(session: Session, delivery_id: int) -> str | None:
    """What became of a delivery so far; None where there is none."""
    return session.scalars(_STATE, {"delivery_id": delivery_id}).one_or_none()


def get_delivery(session: Session, delivery_id: int) -> Delivery | None:
    """One delivery, or None."""
    return session.get(Delivery, delivery_id)


def list_deliveries() -> Select[Delivery]:
    """Every delivery, newest first."""
    return select(Delivery).order_by(Delivery.id.desc())


def list_deliveries_about(subject: Subject) -> Select[Delivery]:
    """The deliveries about one thing, newest first."""
    return list_deliveries().where(
        Delivery.subject_type == subject.__tablename__, Delivery.subject_id == subject.id)


def lock_delivery(session: Session, delivery_id: int) -> Delivery | None:
    """One delivery, locked and read afresh."""
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def count_to(session: Session, recipient: str, templates: Collection[str], since: datetime) -> int:
    """How many mails of these templates one address was sent since an instant, letters large or small."""
    found = select(func.count()).where(
        Delivery.recipient.in_({recipient, recipient.lower()}), Delivery.template.in_(sorted(templates)),
        Delivery.created_at >= since)
    return session.execute(found).scalar_one()


def list_endpoints(session: Session) -> Sequence[Endpoint]:
    """Every receiver of webhooks with its site, the oldest first."""
    return session.scalars(select(Endpoint).options(joinedload(Endpoint.site)).order_by(Endpoint.id)).all()


def get_endpoint(session: Session, endpoint_id: int) -> Endpoint | None:
    """One receiver of webhooks with its site, or None."""
    query = select(Endpoint).where(Endpoint.id == endpoint_id).options(joinedload(Endpoint.site))
    return session.scalars(query).one_or_none()


def lock_endpoint(session: Session, endpoint_id: int) -> Endpoint | None:
    """One receiver of webhooks, locked and read afresh; None where it was taken away."""
    query = select(Endpoint).where(Endpoint.id == endpoint_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def list_webhook_deliveries(endpoint: Endpoint) -> Select[WebhookDelivery]:
    """What was sent to a receiver of webhooks, to page by `WebhookDelivery.id`."""
    return select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)


def get_webhook_delivery(session: Session, delivery_id: int) -> WebhookDelivery | None:
    """One message to a receiver of webhooks, with that and every try, or None."""
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).options(
        joinedload(WebhookDelivery.endpoint), selectinload(WebhookDelivery.attempts))
    return session.scalars(query).one_or_none()
