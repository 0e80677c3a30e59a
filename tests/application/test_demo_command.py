"""`flask load-demo`: fills an empty database, and only where the portal is a demo."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.sites.models import Site


def test_it_fills_an_empty_database_once(app: Flask, session: Session) -> None:
    runner = app.test_cli_runner()
    first, second = runner.invoke(args=["load-demo"]), runner.invoke(args=["load-demo"])
    assert (first.exit_code, first.output) == (0, "The demo shop is loaded.\n")
    assert (second.exit_code, second.output) == (
        1, "Error: This database holds a portal already. The demo shop needs an empty one.\n")
    assert session.scalars(select(Site.name)).all() == ["Nordlight"]
    urls = {str(messaging.unsealed_url(mail)) for mail in session.scalars(select(Delivery))}
    assert all(url.startswith(app.config["PUBLIC_BASE_URL"]) for url in urls)


def test_it_is_refused_where_the_portal_is_real(app: Flask, session: Session) -> None:
    app.config["DEMO"] = False
    done = app.test_cli_runner().invoke(args=["load-demo"])
    assert done.exit_code == 1
    assert "everybody knows its password" in done.output
    assert session.scalars(select(Site.id)).all() == []
