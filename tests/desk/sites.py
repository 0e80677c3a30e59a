"""Driving the settings of a site without a browser."""

from typing import Any

from sqlalchemy.orm import Session

from sales_portal.sites.models import Site
from tests.harness.app import Answer, Client
from tests.make import Shop


def look(client: Client, shop: Shop, part: str = "") -> Answer:
    """A part of the shop's settings."""
    answer = client.get(f"/settings/sites/{shop.site.slug}{part}")
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def send(client: Client, shop: Shop, part: str, form: str, **typed: Any) -> Answer:
    """Send a form of a part, with `typed` changed in what is shown."""
    answer = client.submit(look(client, shop, part), form, **typed)
    assert isinstance(answer, Answer)
    return answer


def fresh(session: Session, shop: Shop) -> Site:
    """The site as it is stored now."""
    session.rollback()
    return session.get_one(Site, shop.site.id)
