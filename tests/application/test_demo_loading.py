"""Loading the demo shop leaves the clock and other portals alone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.application.demo import shop
from sales_portal.catalog.models import Product, TrainingEvent
from sales_portal.sites.models import Site
from tests.harness.time import Clock


def test_the_clock_is_left_as_it_was_found(session: Session, clock: Clock) -> None:
    stood = clock.set(datetime(2027, 3, 1, 12, tzinfo=UTC))
    shop.load_demo(session)
    assert clock.now() == stood
    assert min(session.scalars(select(TrainingEvent.starts_at))) > stood
    published = session.scalars(select(Product.published_at).where(Product.kind == "service"))
    assert set(published) == {stood - shop.OPENED}


def test_a_database_that_holds_a_portal_is_left_alone(session: Session) -> None:
    session.add(Site(slug="own", name="Own", legal_name="Own AB", postal_address="Here", email="own@example.com",
                     brand_color="#000000", locale="en-SE", time_zone="UTC"))
    session.flush()
    with pytest.raises(shop.NotEmpty, match="This database holds a portal already"):
        shop.load_demo(session)
    assert session.scalars(select(Product)).all() == []
