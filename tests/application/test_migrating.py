"""A database with rows in it goes back to the first schema and forward again, and loses nothing the first one holds."""

from alembic import command
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sales_portal.application import migrating
from sales_portal.core import db
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from tests import make


def test_a_filled_database_is_brought_to_the_newest_schema(empty_database_url: str) -> None:
    """Case 199: the rows stay, and an order knows again what its discount was called."""
    engine = db.engine_for(empty_database_url)
    migrating.upgrade(engine)
    with Session(engine) as session:
        shop = make.shop(session)
        discounted = make.selection(session, shop, {shop.chair: 1})
        make.give(session, discounted, make.discount(session, name="Summer"))
        order = make.order(session, make.link(session, discounted))
        make.link(session, make.selection(session, shop, {shop.chair: 2}))
        session.commit()
        before = (order.total_amount, order.discount_name)

    command.downgrade(migrating.config_for(engine), "0001")
    migrating.upgrade(engine)

    with Session(engine) as session:
        kept = session.scalars(select(Order)).one()
        assert (kept.total_amount, kept.discount_name) == before == (before[0], "Summer")
        assert [link.offer_version for link in session.scalars(select(CheckoutLink))] == [1, 1]
        if engine.dialect.name == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
