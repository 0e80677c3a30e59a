"""Nordlight's subscription offers, each with the versions it has had."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from sales_portal.application.demo import catalogue, reading
from sales_portal.application.demo.catalogue import Ids
from sales_portal.application.demo.reading import Article, Item
from sales_portal.catalog.models import Offer, OfferVersion
from sales_portal.core import clock

TRIAL_DAYS = {"SUB-0010": 14, "SUB-0050": 30}
FIRST_VERSION, SECOND_VERSION = timedelta(days=400), timedelta(days=60)


def load_plans(session: Session) -> Ids:
    """The plans with their offers; variant ids by SKU. An old version without a trial, and the one sold now."""
    items = list(reading.items("plans"))
    ids = catalogue.save(session, items)
    for item in items:
        for article in item.articles:
            _add_offer(session, item, article, ids[article.sku])
    session.flush()
    return ids


def _add_offer(session: Session, item: Item, article: Article, variant_id: int) -> None:
    path = f"/offers2/{item.title}" if article.sku == item.first_sku else f"/offers2/{item.title}, {article.title}"
    offer = Offer(variant_id=variant_id, public_id=_public_id(path), path=path)
    interval = "year" if article.title == "yearly" else "month"
    now = clock.now()
    session.add_all([
        OfferVersion(offer=offer, public_id=_public_id(f"{path} 1"), number=1, interval=interval, trial_days=0,
                     created_at=now - FIRST_VERSION),
        OfferVersion(offer=offer, public_id=_public_id(f"{path} 2"), number=2, interval=interval,
                     trial_days=TRIAL_DAYS.get(article.sku, 0), created_at=now - SECOND_VERSION),
    ])


def _public_id(text: str) -> str:
    """An id in the form other systems give their offers: forty hexadecimal digits."""
    return sha256(text.encode()).hexdigest()[:40]
