"""Every invariant finds what breaks it, and nothing in a shop where all went well."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.messaging import webhooks
from sales_portal.messaging.webhook_models import WebhookAttempt
from sales_portal.orders import balancing, invariants, jobs, placing
from sales_portal.orders.models import Order
from sales_portal.outbox.loop import Loop
from sales_portal.sites.methods import BANK_TRANSFER
from tests import make
from tests.harness.databases import KINDS, Databases
from tests.harness.kept import Kept

LONG_AGO, FAR_AHEAD = "2000-01-01 00:00:00.000000", "2999-01-01 00:00:00.000000"
POINTED_AT = {"uq_payments_currency"}
"""Foreign keys lead there: neither database lets them dangle."""
TABLES = ("checkout_links", "checkout_sessions", "checkout_session_lines", "orders", "order_lines", "payments",
          "stock", "stock_moves", "stock_holds", "link_addresses", "outbox", "webhook_attempts", "webhook_deliveries")
CORRUPTIONS = {
    "I01": "UPDATE orders SET link_id = 1 WHERE id = 2",
    "I02": "UPDATE orders SET is_exclusive = NOT is_exclusive WHERE id = 1",
    "I03": f"UPDATE checkout_links SET status = 'consumed', consumed_at = '{LONG_AGO}' WHERE id = 4",
    "I03 revived": "UPDATE checkout_links SET status = 'active', consumed_at = NULL WHERE id = 1",
    "I04": "UPDATE checkout_links SET orders_count = orders_count + 1 WHERE id = 3",
    "I05": f"UPDATE checkout_sessions SET claimed_at = '{FAR_AHEAD}' WHERE link_id = 1",
    "I06": "UPDATE checkout_sessions SET status = 'voided' WHERE link_id = 1",
    "I07": "UPDATE checkout_sessions SET status = 'open' WHERE link_id = 2",
    "I08": "UPDATE stock SET held = on_hand + 1 WHERE id = 1",
    "I08 below zero": "UPDATE stock SET on_hand = -1 WHERE id = 1",
    "I09": "UPDATE stock SET on_hand = on_hand + 1 WHERE id = 1",
    "I10": "DELETE FROM stock_moves WHERE order_id = 1 AND line_no = 1",
    "I11": "UPDATE orders SET status = 'cancelled' WHERE id = 1",
    "I12": "UPDATE stock SET held = 1 WHERE id = 1",
    "I13": f"INSERT INTO stock_holds (payment_id, stock_id, quantity, until_at) VALUES (1, 1, 1, '{LONG_AGO}')",
    "I14": "UPDATE payments SET order_id = NULL WHERE id = 1",
    "I14 cancelled": "UPDATE orders SET status = 'cancelled' WHERE id = 1",
    "I15": "UPDATE payments SET captured_amount = 0 WHERE id = 1",
    "I15 not whole": "UPDATE payments SET captured_amount = captured_amount - 1 WHERE id = 1",
    "I15 deposit": "UPDATE payments SET captured_amount = captured_amount - 1 WHERE purpose = 'deposit'",
    "I15 paid and due": "UPDATE orders SET outstanding_amount = 1 WHERE id = 1",
    "I16": "UPDATE payments SET currency = 'EUR' WHERE id = 1",
    "I16 another link": "UPDATE payments SET link_id = 3 WHERE id = 1",
    "I16 balance": "UPDATE payments SET amount = amount - 1 WHERE purpose = 'balance'",
    "I16 balance of a whole payment": "UPDATE payments SET purpose = 'balance', order_id = 1 WHERE id = 2",
    "I16 outstanding": "UPDATE orders SET outstanding_amount = outstanding_amount - 1 WHERE outstanding_amount > 0",
    "I17": "UPDATE order_lines SET line_amount = line_amount + 1 WHERE order_id = 1 AND line_no = 1",
    "I17 total": "UPDATE orders SET total_amount = total_amount + 1 WHERE id = 1",
    "I18": "UPDATE payments SET captured_amount = captured_amount + 100 WHERE id = 1",
    "I18 refunded": "UPDATE payments SET refunded_amount = 100, order_id = NULL WHERE id = 1",
    "I18 outstanding": "UPDATE orders SET outstanding_amount = outstanding_amount + 1 WHERE outstanding_amount > 0",
    "I18 balance": "UPDATE payments SET captured_amount = 0 WHERE purpose = 'balance'",
    "I19": "DELETE FROM history WHERE name = 'order.placed' AND subject_id = 1",
    "I20": "DELETE FROM outbox WHERE topic = 'order.placed' AND subject_id = 1",
    "I20 no capture": "DELETE FROM outbox WHERE topic = 'payment.capture'",
    "I21": "UPDATE payments SET checkout_session_id = 1 WHERE id = 2",
    "I22": "DELETE FROM payment_events WHERE payment_id = 1 AND seq = 2",
    "I22 elsewhere": "UPDATE payments SET status = 'declined', captured_amount = 0 WHERE id = 1",
    "I23": "UPDATE payment_events SET from_status = 'declined' WHERE payment_id = 1 AND seq = 3",
    "I24": f"UPDATE payments SET changed_at = '{LONG_AGO}' WHERE status = 'capturing'",
    "I25": f"UPDATE payments SET capture_before = '{LONG_AGO}' WHERE status = 'capturing'",
    "I26": f"UPDATE outbox SET done_at = NULL, dead_at = NULL, lease_until = NULL, not_before = '{LONG_AGO}'",
    "I27": "INSERT INTO provider_events (gateway, event_id, type, body, received_at) "
           f"VALUES ('test', 'evt_1', 'payment', '', '{LONG_AGO}')",
    "I28": "UPDATE checkout_session_lines SET quantity = 9 WHERE is_special_price",
    "I28 cheaper": "UPDATE checkout_session_lines SET unit_amount = 1 WHERE is_special_price",
    "I29": "DELETE FROM webhook_attempts WHERE attempt = 1",
    "I29 taken twice": "UPDATE webhook_attempts SET status_code = 200",
    "I29 ended by none": "UPDATE webhook_attempts SET status_code = 500",
    "I31": f"UPDATE payments SET created_at = '{FAR_AHEAD}' WHERE id = 1",
    "I32": "UPDATE link_addresses SET token_sha256 = 'as it is' WHERE id = 1",
    "I33": "UPDATE payments SET is_leased = NOT is_leased WHERE id = 1",
}
"""What breaks each rule, as a program gone wrong or a hand in the database would."""


def sell(session: Session) -> None:
    """A link paid (1), one two customers paid for (2), one whose money is not taken yet (3), a special price (4); one
    whose deposit alone is paid (6), and one whose balance is too (7)."""
    shop = make.shop(session)
    gateways = {"test": make.gateway(session)}

    def place(linked: make.Linked, buyers: int = 1) -> None:
        for key in [make.payment(session, make.visit(session, linked)) for _ in range(buyers)]:
            placing.place_order(session, key, gateways, source="customer")

    place(make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}), ignores_tax=True,
                    ignores_tax_reason="Reverse charge"))
    place(make.link(session, make.selection(session, shop, {shop.chair: 1}, discount=make.discount(session))), 2)
    work(session)
    place(make.link(session, make.selection(session, shop, {shop.bag: 3}), policy="reusable"))
    special = make.selection(session, shop, {shop.bag: 1})
    make.line(session, special, shop.chair, 2, special_price=90_000)
    make.visit(session, make.link(session, special))
    make.order(session, make.link(session, make.selection(
        session, shop, {shop.bag: 1}, discount=make.discount(session, 100_000)), ignores_shipping=True))
    for is_paid_whole in (False, True):
        asked = make.link(session, make.selection(session, shop, {shop.bag: 1}), deposit_percent=30_000)
        key = make.payment(session, make.visit(session, asked), method=BANK_TRANSFER)
        order_id = placing.place_order(session, key, gateways, source="customer").order_id
        if is_paid_whole:
            started = balancing.start_balance(session, session.get_one(Order, order_id), gateways, return_url="/")
            make.decide(session, started.redirect_url, "approve")
            placing.place_order(session, started.payment_id, gateways, source="customer")
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 7, by=SYSTEM)
    tell(session)


def tell(session: Session) -> None:
    """A webhook that was taken at the second try."""
    sent = webhooks.send_test(session, make.endpoint(session))
    sent.state, sent.delivered_at = "delivered", sent.created_at
    session.add_all(WebhookAttempt(delivery_id=sent.id, attempt=number, at=sent.created_at, signature="v1,",
                                   status_code=status, milliseconds=9) for number, status in ((1, 503), (2, 204)))


def work(session: Session) -> None:
    """What the worker does with the money."""
    session.commit()
    sessions = sessionmaker(session.get_bind())
    Loop(sessions, jobs.handlers(sessions, {"test": make.gateway(session)})).run_once()


@pytest.fixture(scope="module")
def sold() -> Kept:
    return Kept("sold", sell)


@pytest.fixture(scope="module", params=KINDS)
def world(request: pytest.FixtureRequest, databases: Databases, sold: Kept) -> Iterator[Session]:
    """A session on a shop that has sold; each test takes back what it wrote."""
    database = databases.get(request.param)
    sold.open(database)
    with Session(database.engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def unguarded(world: Session) -> Iterator[Session]:
    """The same with every constraint, unique index and trigger off, until the end of the test."""
    if world.get_bind().dialect.name == "sqlite":
        world.execute(text("PRAGMA ignore_check_constraints = ON"))
        world.execute(text("PRAGMA defer_foreign_keys = ON"))
        for name in world.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            world.execute(text(f"DROP TRIGGER {name}"))
    else:
        world.execute(text("SET LOCAL session_replication_role = replica"))
    found = inspect(world.connection())
    for table in TABLES:
        for index in found.get_indexes(table):
            if index["unique"] and not index.get("duplicates_constraint") and index["name"] not in POINTED_AT:
                world.execute(text(f"DROP INDEX {index['name']}"))
        for check in found.get_check_constraints(table) if found.dialect.name == "postgresql" else []:
            world.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {check['name']}"))
    yield world
    if world.get_bind().dialect.name == "sqlite":
        # Before the connection goes back to where others take it from: it keeps what a pragma set.
        world.execute(text("PRAGMA ignore_check_constraints = OFF"))
    world.rollback()


def test_a_shop_that_sold_breaks_none(world: Session) -> None:
    assert list(map(str, invariants.find_violations(world))) == []
    assert world.scalar(select(func.count()).select_from(Order)) == 6


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_what_breaks_an_invariant_is_found(unguarded: Session, name: str) -> None:
    unguarded.execute(text(CORRUPTIONS[name]))
    found = {violation.invariant.code: violation for violation in invariants.find_violations(unguarded)}
    code = name.split(" ")[0]
    assert code in found
    assert found[code].ids
    assert str(found[code]).startswith(f"{code} ")


def test_every_invariant_is_tried() -> None:
    """I30 is about a table the portal has not got yet."""
    tried = {name.split(" ")[0] for name in CORRUPTIONS}
    assert tried == {one.code for one in invariants.INVARIANTS}
    assert tried == {f"I{number:02}" for number in range(1, 34)} - {"I30"}


def test_one_alone_can_be_asked_for(world: Session) -> None:
    world.execute(text("UPDATE stock SET on_hand = on_hand + 1 WHERE id = 1"))
    assert invariants.find_violations(world, "I01", "I14") == []
    assert [found.invariant.code for found in invariants.find_violations(world, "I09", "I14")] == ["I09"]
    world.rollback()


def test_of_many_that_break_it_some_are_named_and_all_counted(unguarded: Session) -> None:
    unguarded.execute(text(
        "INSERT INTO stock_holds (payment_id, stock_id, quantity, until_at) "
        + " UNION ALL ".join(f"SELECT {key}, 1, 1, CAST('{LONG_AGO}' AS TIMESTAMP)" if
                             unguarded.get_bind().dialect.name == "postgresql" else f"SELECT {key}, 1, 1, '{LONG_AGO}'"
                             for key in range(100, 125))))
    (found,) = invariants.find_violations(unguarded, "I13")
    assert (found.count, len(found.ids)) == (25, invariants.MOST_NAMED)
    assert str(found).endswith(", … (25)")
