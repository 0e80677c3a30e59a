"""A database with rows in it goes back to an older schema and forward again, and loses nothing the older one holds."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.application import migrating
from sales_portal.core import db
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.orders import jobs, placing
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.pricing.models import Discount, Price, ShippingRate
from sales_portal.selections.models import SelectionLine
from sales_portal.sites import service as sites
from sales_portal.sites.methods import BANK_TRANSFER
from sales_portal.sites.models import SiteText
from tests import make


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """A database with the newest schema and nothing in it."""
    made = db.engine_for(empty_database_url)
    migrating.upgrade(made)
    yield made
    made.dispose()


def back_to(engine: Engine, revision: str) -> None:
    command.downgrade(migrating.config_for(engine), revision)


def test_a_filled_database_is_brought_to_the_newest_schema(engine: Engine) -> None:
    """Case 199: the rows stay, and an order knows again what its discount was called."""
    with Session(engine) as session:
        shop = make.shop(session)
        discounted = make.selection(session, shop, {shop.chair: 1})
        make.give(session, discounted, make.discount(session, name="Summer"))
        order = make.order(session, make.link(session, discounted))
        make.link(session, make.selection(session, shop, {shop.chair: 2}))
        session.commit()
        before = (order.total_amount, order.discount_name)

    back_to(engine, "0001")
    migrating.upgrade(engine)

    with Session(engine) as session:
        kept = session.scalars(select(Order)).one()
        assert (kept.total_amount, kept.discount_name) == before == (before[0], "Summer")
        assert [link.offer_version for link in session.scalars(select(CheckoutLink))] == [1, 1]
        if engine.dialect.name == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_money_on_its_way_back_arrives_once_by_the_key_it_was_asked_by(engine: Engine) -> None:
    """A payment without an order was sent back by a job of its own before such money had a refund."""
    with Session(engine) as session:
        shop = make.shop(session)
        linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
        key = make.payment(session, make.visit(session, linked), method=BANK_TRANSFER)
        links.revoke_link(session, linked.link, "", by=SYSTEM)
        session.commit()
        assert placing.place_order(session, key, make.gateways(session), source="customer").outcome == "lost"
        public_id = session.get_one(Payment, key).public_id

    back_to(engine, "0013")
    with Session(engine) as session:
        session.execute(delete(Refund))
        session.execute(update(Job).where(Job.topic == "payment.refund").values(
            topic="payment.reversal", subject_type="payments", subject_id=key))
        session.commit()
    migrating.upgrade(engine)

    with Session(engine) as session:
        refund = session.scalars(select(Refund)).one()
        assert (refund.reason, refund.status, refund.amount) == ("no_order", "pending", 125_900)
        assert (refund.idempotency_key, refund.items) == (f"reversal:{public_id}", [])
        sessions = sessionmaker(engine)
        session.commit()
        Loop(sessions, jobs.handlers(sessions, make.gateways(session))).run_once()
        assert session.scalars(select(Job).where(Job.topic == "payment.reversal")).all() == []
        assert session.scalars(select(Payment.status)).all() == ["refunded"]
        [intent] = session.scalars(select(TestIntent.reference)).all()
        session.rollback()
        assert make.gateway(session).fetch(intent).refunded_amount == 125_900


def test_prices_of_thousandths_end_in_0_and_what_was_offered_stays(engine: Engine) -> None:
    """M159: half up, as everywhere; other currencies keep every unit."""
    with Session(engine) as session:
        shop = make.shop(session)
        kwd = make.pricelist(session, shop.market, "Retail KWD", currency="KWD")
        make.price(session, kwd, shop.chair, 1_235, minimum=1_004)
        session.get_one(Price, (shop.pricelist.id, shop.chair.id)).amount = 1_235
        make.discount(session, None, fixed_amount=1_006, currency="KWD")
        selection = make.selection(session, shop, {shop.chair: 1})
        make.link(session, selection)
        selection.currency = "KWD"
        session.scalars(select(SelectionLine)).one().special_price_amount = 999
        session.scalars(select(ShippingRate)).one().amount = 5_905
        shop.market.currency = "KWD"
        session.commit()

    back_to(engine, "0014")
    migrating.upgrade(engine)

    with Session(engine) as session:
        prices = select(Price.amount, Price.minimum_amount).where(Price.amount < 9_999).order_by(Price.pricelist_id)
        assert session.execute(prices).all() == [(1_235, None), (1_240, 1_000)]
        assert session.scalars(select(Discount.fixed_amount)).all() == [1_010]
        assert session.scalars(select(ShippingRate.amount)).all() == [5_910]
        assert session.scalars(select(SelectionLine.special_price_amount)).all() == [1_000]
        assert session.scalars(select(CheckoutLinkLine.unit_amount)).all() == [1_235]


def test_legal_texts_are_in_the_first_language_of_their_site(engine: Engine) -> None:
    with Session(engine) as session:
        site = make.site(session, languages="sv en")
        for language, words in (("sv", "På svenska"), ("en", "In English")):
            sites.change_texts(session, site, {"terms": words}, "", language=language, by=SYSTEM)
        session.commit()

    back_to(engine, "0015")
    with Session(engine) as session:
        assert session.execute(text("SELECT kind, text FROM site_texts")).all() == [("terms", "På svenska")]
    migrating.upgrade(engine)

    with Session(engine) as session:
        assert session.execute(select(SiteText.language, SiteText.text)).all() == [("sv", "På svenska")]
