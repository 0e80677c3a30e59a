"""Nordlight's subscription offers, each with the versions it has had."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.application.demo import catalogue, reading
from sales_portal.application.demo.catalogue import Ids
from sales_portal.catalog.models import Offer, OfferVersion, Variant
from sales_portal.core import clock

TRIAL_DAYS = {"SUB-0010": 14, "SUB-0050": 30}
SECOND_VERSION = timedelta(days=60)


def load_plans(session: Session) -> Ids:
    """The plans with the first version of their offers; variant ids by SKU."""
    items = list(reading.items("plans"))
    ids = catalogue.save(session, items)
    for item in items:
        for article in item.articles:
            is_first = article.sku == item.first_sku
            path = f"/offers2/{item.title}" if is_first else f"/offers2/{item.title}, {article.title}"
            offer = Offer(variant_id=ids[article.sku], public_id=_public_id(path), path=path)
            session.add(_version(offer, 1, article.title, 0))
    session.flush()
    return ids


def renew_terms(session: Session) -> None:
    """Give every offer the version sold today, some with a trial; links made before keep the first."""
    rows = session.execute(
        select(Offer, OfferVersion.interval, Variant.sku)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id).join(Variant, Variant.id == Offer.variant_id)).all()
    session.add_all(_version(row.Offer, 2, f"{row.interval}ly", TRIAL_DAYS.get(row.sku, 0)) for row in rows)
    session.flush()


def _version(offer: Offer, number: int, paid: str, trial_days: int) -> OfferVersion:
    return OfferVersion(
        offer=offer, public_id=_public_id(f"{offer.path} {number}"), number=number,
        interval="year" if paid == "yearly" else "month", trial_days=trial_days, created_at=clock.now())


def _public_id(text: str) -> str:
    """An id in the form other systems give their offers: forty hexadecimal digits."""
    return sha256(text.encode()).hexdigest()[:40]
