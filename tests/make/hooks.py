"""Who is told by webhooks."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import Endpoint
from sales_portal.sites.models import Site

PUBLIC_URL = "https://hooks.example.com/sales"


def endpoint(session: Session, url: str = PUBLIC_URL, events: Sequence[str] = ("order.placed", "order.paid"), *,
             site: Site | None = None, receivers: Receivers | None = None) -> Endpoint:
    """A receiver of webhooks that is on."""
    return endpoints.create_endpoint(session, url, events, site=site, receivers=receivers or Receivers(), by=SYSTEM)
