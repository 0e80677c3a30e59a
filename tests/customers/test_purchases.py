"""What a customer has bought is noted once per variant, with the last time, in one statement."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import db
from sales_portal.customers import service as customers
from sales_portal.customers.models import CustomerPurchase
from tests import make
from tests.harness.databases import Database
from tests.harness.statements import Counting

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _bought(session: Session, customer_id: int) -> dict[int, datetime]:
    rows = session.execute(select(CustomerPurchase.variant_id, CustomerPurchase.last_at)
                           .where(CustomerPurchase.customer_id == customer_id)).all()
    return {row.variant_id: row.last_at for row in rows}


def test_new_variants_are_noted_and_known_ones_get_the_later_time(session: Session) -> None:
    shop = make.shop(session)
    customers.record_purchases(session, shop.customer.id, [shop.chair.id, shop.bag.id, shop.chair.id], AT)
    later = AT + timedelta(days=1)
    customers.record_purchases(session, shop.customer.id, [shop.bag.id, shop.cap.id], later)
    assert _bought(session, shop.customer.id) == {shop.chair.id: AT, shop.bag.id: later, shop.cap.id: later}


def test_an_earlier_purchase_noted_late_changes_nothing(session: Session) -> None:
    shop = make.shop(session)
    customers.record_purchases(session, shop.customer.id, [shop.chair.id], AT)
    customers.record_purchases(session, shop.customer.id, [shop.chair.id], AT - timedelta(days=1))
    assert _bought(session, shop.customer.id) == {shop.chair.id: AT}


def test_customers_do_not_share_what_they_bought(session: Session) -> None:
    shop = make.shop(session)
    other = make.customer(session)
    customers.record_purchases(session, shop.customer.id, [shop.chair.id], AT)
    assert _bought(session, other.id) == {}


def test_it_is_one_statement_for_any_number_and_none_for_nothing(
        session: Session, database: Database, statements: Counting) -> None:
    shop = make.shop(session)
    variants = make.many_products(session, 200)
    session.commit()
    engine = db.engine_for(database.url)
    with Session(engine) as own:
        for some, count in ((variants, 1), (variants[:1], 1), ([], 0)):
            with statements() as sent:
                customers.record_purchases(own, shop.customer.id, some, AT)
            assert len(sent) == count
        own.commit()
    engine.dispose()
    session.rollback()
    assert len(_bought(session, shop.customer.id)) == 200
