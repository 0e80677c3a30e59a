"""Loading the demo shop."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.application.demo import (
    academy,
    catalogue,
    costs,
    customers,
    delivery,
    discounts,
    hooks,
    markets,
    past,
    people,
    plans,
    prices,
    reading,
)
from sales_portal.core import clock
from sales_portal.core.errors import Refusal
from sales_portal.sites.models import Site


class NotEmpty(Refusal):
    """The database holds a portal already."""

    message = "This database holds a portal already. The demo shop needs an empty one."


BASE_URL = "http://127.0.0.1:5000"
OPENED = timedelta(days=420)
"""How long ago the shop opened: its goods are published and its people at work since then."""


def load_demo(session: Session, base_url: str = BASE_URL) -> None:
    """Fill an empty, migrated database with the demo shop, the same each time but for secrets and for dates, which
    follow the clock.

    Mails that went out carry addresses under `base_url`. Raises `NotEmpty` where a site exists. Does not commit.
    """
    if session.scalar(select(Site.id).limit(1)) is not None:
        raise NotEmpty
    with clock.standing(clock.now() - OPENED):
        site, warehouses = markets.load_site(session), markets.load_warehouses(session)
        people.load_staff(session, site)
        ids = catalogue.load_goods(session)
        ids |= catalogue.save(session, list(reading.items("gifts")), is_pay_what_you_want=True)
        catalogue.load_stock(session, ids, warehouses["stockholm"], warehouses["gothenburg"])
        catalogue.load_custom_fields(session)
        ids |= plans.load_plans(session)
    ids |= academy.load_academy(session, warehouses["seats"])
    lists = prices.load_prices(session, ids)
    prices.load_suggestions(session, ids, lists)
    costs.load_costs(session)
    costs.load_reasons(session)
    places = markets.load_markets(session, site, warehouses, lists)
    markets.load_rates(session)
    delivery.load_taxes(session)
    delivery.load_shipping(session, places)
    discounts.load_discounts(session)
    customers.load_customers(session, places, lists)
    past.play(session, base_url)
    hooks.load_webhook(session)
