"""`flask load-demo`: fills an empty database, and only where the portal is a demo."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.application.demo import shop
from sales_portal.catalog.models import Product, TrainingEvent
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.sites.models import Site
from tests.harness.time import Clock


def test_it_fills_an_empty_database_once_around_the_clock_it_finds(app: Flask, session: Session, clock: Clock) -> None:
    stood = clock.set(datetime(2027, 3, 1, 12, tzinfo=UTC))
    runner = app.test_cli_runner()
    first, second = runner.invoke(args=["load-demo"]), runner.invoke(args=["load-demo"])
    assert (first.exit_code, first.output) == (0, "The demo shop is loaded.\n")
    assert (second.exit_code, second.output) == (
        1, "Error: This database holds a portal already. The demo shop needs an empty one.\n")
    assert clock.now() == stood
    assert session.scalars(select(Site.name)).all() == ["Nordlight"]
    assert min(session.scalars(select(TrainingEvent.starts_at))) > stood
    published = session.scalars(select(Product.published_at).where(Product.kind == "service"))
    assert set(published) == {stood - shop.OPENED}
    urls = {str(messaging.unsealed_url(mail)) for mail in session.scalars(select(Delivery))}
    assert all(url.startswith(app.config["PUBLIC_BASE_URL"]) for url in urls)


def test_it_is_refused_where_the_portal_is_real(app: Flask, session: Session) -> None:
    app.config["DEMO"] = False
    done = app.test_cli_runner().invoke(args=["load-demo"])
    assert done.exit_code == 1
    assert "everybody knows its password" in done.output
    assert session.scalars(select(Site.id)).all() == []


def test_a_database_that_holds_a_portal_is_left_alone(session: Session) -> None:
    session.add(Site(slug="own", name="Own", legal_name="Own AB", postal_address="Here", email="own@example.com",
                     brand_color="#000000", locale="en-SE", time_zone="UTC"))
    session.flush()
    with pytest.raises(shop.NotEmpty, match="This database holds a portal already"):
        shop.load_demo(session)
    assert session.scalars(select(Product)).all() == []
