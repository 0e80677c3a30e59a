"""What must be true of links, copies, payments, orders and stock at every moment: each rule finds what breaks it.

I30 of the reliability design is not here: it is about seals of the audit trail, which the portal has not got yet.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime

MOST_NAMED = 20
STOPS_CAPTURES = ("I01", "I14", "I15")
"""Those after which no more money is taken before somebody has looked."""
MOMENTS = {
    "five_minutes_ago": -timedelta(minutes=5), "ten_minutes_ago": -timedelta(minutes=10),
    "a_quarter_ago": -timedelta(minutes=15), "in_a_day": timedelta(days=1)}
"""What a rule may compare with, and how far that is from now."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule by its number: what it promises, and the statement whose rows (an id first) break it."""

    code: str
    promise: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that is broken, and the ids that break it, at most `MOST_NAMED` of them."""

    invariant: Invariant
    ids: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        named = ", ".join(self.ids) + (", …" if self.count > len(self.ids) else "")
        return f"{self.invariant.code} {self.invariant.promise}: broken by {named} ({self.count})"


def find_violations(session: Session, *codes: str) -> list[Violation]:
    """Every invariant that is broken now, of those with `codes` or of all; nothing is changed."""
    found = (_look(session, one) for one in INVARIANTS if not codes or one.code in codes)
    return [violation for violation in found if violation is not None]


def _look(session: Session, one: Invariant) -> Violation | None:
    at = clock.now()
    used = [name for name in MOMENTS if f":{name}" in one.sql]
    statement = text(one.sql).bindparams(*(bindparam(name, type_=UTCDateTime) for name in used))
    ids = [str(row[0]) for row in session.execute(statement, {name: at + MOMENTS[name] for name in used})]
    return Violation(one, tuple(ids[:MOST_NAMED]), len(ids)) if ids else None


LINKS = (
    Invariant("I01", "a single link has at most one live order", """
        SELECT o.link_id FROM orders o JOIN checkout_links l ON l.id = o.link_id
        WHERE l.policy = 'single' AND o.status <> 'cancelled' GROUP BY o.link_id HAVING count(*) > 1"""),
    Invariant("I02", "an order is exclusive where its link is single, and only there", """
        SELECT o.id FROM orders o JOIN checkout_links l ON l.id = o.link_id
        WHERE o.is_exclusive <> (l.policy = 'single')"""),
    Invariant("I03", "a consumed link has an order, and an active single one has none", """
        SELECT l.id FROM checkout_links l
        WHERE (l.status = 'consumed' AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.link_id = l.id))
        OR (l.status = 'active' AND l.policy = 'single'
            AND EXISTS (SELECT 1 FROM orders o WHERE o.link_id = l.id AND o.status <> 'cancelled'))"""),
    Invariant("I04", "a link counts every order that was ever placed", """
        SELECT l.id FROM checkout_links l
        WHERE l.orders_count <> (SELECT count(*) FROM orders o WHERE o.link_id = l.id)"""),
    Invariant("I05", "no copy with lines was made after its link was used up", """
        SELECT c.id FROM checkout_sessions c JOIN checkout_links l ON l.id = c.link_id
        WHERE l.consumed_at IS NOT NULL AND c.claimed_at > l.consumed_at
        AND EXISTS (SELECT 1 FROM checkout_session_lines x WHERE x.checkout_session_id = c.id)"""),
    Invariant("I06", "a completed copy has exactly one order, and only a completed one", """
        SELECT c.id FROM checkout_sessions c LEFT JOIN orders o ON o.checkout_session_id = c.id
        GROUP BY c.id, c.status HAVING count(o.id) <> CASE WHEN c.status = 'completed' THEN 1 ELSE 0 END"""),
    Invariant("I07", "a single link that is used up has no open copy", """
        SELECT c.id FROM checkout_sessions c JOIN checkout_links l ON l.id = c.link_id
        WHERE l.policy = 'single' AND l.status = 'consumed' AND c.status = 'open'"""),
    Invariant("I28", "no customer raised the quantity or lowered the price of a line with a special price", """
        SELECT c.id FROM checkout_sessions c JOIN checkout_links l ON l.id = c.link_id
        JOIN checkout_session_lines x ON x.checkout_session_id = c.id
        JOIN checkout_link_lines y ON y.link_id = l.id AND y.line_no = x.line_no
        WHERE y.is_special_price AND c.offer_version = l.offer_version
        AND (x.quantity > y.quantity OR x.unit_amount < y.unit_amount)"""),
    Invariant("I31", "every order of a link that ends began its payment before that end", """
        SELECT o.id FROM orders o JOIN checkout_links l ON l.id = o.link_id JOIN payments p ON p.id = o.payment_id
        WHERE p.created_at >= l.expires_at"""),
    Invariant("I32", "no secret is stored as it is: digests are 64 characters", """
        SELECT 'link_addresses ' || a.id FROM link_addresses a WHERE length(a.token_sha256) <> 64
        UNION ALL SELECT 'visitor_sessions ' || v.id FROM visitor_sessions v WHERE length(v.token_sha256) <> 64
        UNION ALL SELECT 'orders ' || o.id FROM orders o WHERE length(o.receipt_token_sha256) <> 64"""),
)

STOCK = (
    Invariant("I08", "stock is never negative and never held beyond what is there", """
        SELECT s.id FROM stock s WHERE s.on_hand < 0 OR s.held < 0 OR s.held > s.on_hand"""),
    Invariant("I09", "stock equals its ledger", """
        SELECT s.id FROM stock s
        WHERE s.on_hand <> (SELECT coalesce(sum(m.delta), 0) FROM stock_moves m WHERE m.stock_id = s.id)"""),
    Invariant("I10", "every order line took exactly its own pieces", """
        SELECT ol.order_id FROM order_lines ol WHERE ol.stock_id IS NOT NULL
        AND ol.quantity - ol.backordered_quantity <>
        (SELECT coalesce(-sum(m.delta), 0) FROM stock_moves m
         WHERE m.order_id = ol.order_id AND m.line_no = ol.line_no AND m.reason = 'sale')"""),
    Invariant("I11", "a cancelled order gave its pieces back once, and no other did", """
        SELECT o.id FROM orders o JOIN order_lines ol ON ol.order_id = o.id WHERE ol.stock_id IS NOT NULL
        AND CASE WHEN o.status = 'cancelled' THEN ol.quantity - ol.backordered_quantity ELSE 0 END <>
        (SELECT coalesce(sum(m.delta), 0) FROM stock_moves m
         WHERE m.order_id = o.id AND m.line_no = ol.line_no AND m.reason = 'cancel')"""),
    Invariant("I12", "what is held of a stock equals its holds", """
        SELECT s.id FROM stock s WHERE s.held <>
        (SELECT coalesce(sum(h.quantity), 0) FROM stock_holds h WHERE h.stock_id = s.id AND h.released_at IS NULL)"""),
    Invariant("I13", "no hold outlives its window by more than five minutes", """
        SELECT h.payment_id FROM stock_holds h WHERE h.released_at IS NULL AND h.until_at < :five_minutes_ago"""),
)

MONEY = (
    Invariant("I14", "no money without an order: what was taken belongs to one, or is on its way back", """
        SELECT p.id FROM payments p WHERE p.captured_amount > p.refunded_amount AND p.status <> 'refund_pending'
        AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id AND o.status <> 'cancelled')
        AND NOT (p.status = 'captured_auto' AND p.changed_at > :five_minutes_ago)"""),
    Invariant("I15", "what was paid of an order is covered by money of its currency, and the rest is outstanding", """
        SELECT o.id FROM orders o LEFT JOIN
        (SELECT p.order_id, p.currency, sum(p.captured_amount) AS taken FROM payments p
         GROUP BY p.order_id, p.currency) x ON x.order_id = o.id AND x.currency = o.currency
        WHERE (o.status IN ('paid', 'fulfilled') OR (o.status = 'placed' AND x.taken > 0))
        AND (o.total_amount - o.outstanding_amount <> coalesce(x.taken, 0)
             OR (o.status = 'paid' AND o.outstanding_amount <> 0))"""),
    Invariant("I16", "order, payment and copy agree on amount, currency and link", """
        SELECT o.id FROM orders o JOIN checkout_sessions c ON c.id = o.checkout_session_id
        JOIN checkout_links l ON l.id = o.link_id LEFT JOIN payments p ON p.id = o.payment_id
        WHERE c.link_id <> o.link_id OR o.currency <> l.currency OR o.currency <> c.currency
        OR o.total_amount <> c.total_amount
        OR (p.id IS NOT NULL AND ((p.purpose = 'full' AND p.amount <> o.total_amount) OR p.currency <> o.currency
            OR p.purpose = 'balance' OR p.checkout_session_id <> o.checkout_session_id OR p.link_id <> o.link_id
            OR p.order_id IS NULL OR p.order_id <> o.id))
        UNION SELECT p.order_id FROM payments p LEFT JOIN orders o ON o.id = p.order_id
        LEFT JOIN payments d ON d.id = o.payment_id
        WHERE p.purpose = 'balance' AND p.order_id IS NOT NULL AND (o.id IS NULL OR d.purpose <> 'deposit'
            OR p.amount + d.amount <> o.total_amount OR p.currency <> o.currency OR p.link_id <> o.link_id
            OR p.checkout_session_id <> o.checkout_session_id)
        UNION SELECT o.id FROM orders o JOIN payments p ON p.id = o.payment_id
        WHERE o.status <> 'cancelled' AND o.outstanding_amount <>
        CASE WHEN p.purpose <> 'deposit' OR EXISTS
            (SELECT 1 FROM payments b WHERE b.order_id = o.id AND b.purpose = 'balance' AND b.captured_amount > 0)
            THEN 0 ELSE o.total_amount - p.amount END"""),
    Invariant("I17", "an order costs what its lines do, and each line what its parts do", """
        SELECT o.id FROM orders o
        WHERE o.total_amount <> (SELECT coalesce(sum(ol.line_amount), 0) FROM order_lines ol WHERE ol.order_id = o.id)
        UNION SELECT ol.order_id FROM order_lines ol
        WHERE ol.line_amount <> ol.unit_amount * ol.quantity - ol.discount_amount - ol.tax_waived_amount
                                + CASE WHEN ol.is_tax_included THEN 0 ELSE ol.tax_amount END"""),
    Invariant("I18", "the money taken equals the money owed, in each currency", """
        SELECT x.currency FROM (
            SELECT p.currency, p.captured_amount - p.refunded_amount AS amount FROM payments p
            WHERE p.status NOT IN ('refund_pending', 'captured_auto') AND NOT EXISTS
            (SELECT 1 FROM payments q WHERE q.order_id = p.order_id AND q.status = 'refund_pending')
            UNION ALL SELECT o.currency, coalesce(y.refunded, 0) - o.total_amount + o.outstanding_amount
            FROM orders o LEFT JOIN
            (SELECT p.order_id, sum(p.captured_amount) AS taken, sum(p.refunded_amount) AS refunded,
                    max(CASE WHEN p.status = 'refund_pending' THEN 1 ELSE 0 END) AS pending
             FROM payments p GROUP BY p.order_id) y ON y.order_id = o.id
            WHERE (o.status IN ('paid', 'fulfilled') OR (o.status = 'placed' AND y.taken > 0))
            AND coalesce(y.pending, 0) = 0) x
        GROUP BY x.currency HAVING sum(x.amount) <> 0"""),
)

PAYMENTS = (
    Invariant("I21", "a copy has at most one live payment for each purpose", """
        SELECT p.checkout_session_id FROM payments p
        WHERE p.status IN ('created', 'authorised', 'captured_auto', 'capturing', 'captured')
        GROUP BY p.checkout_session_id, p.purpose HAVING count(*) > 1"""),
    Invariant("I22", "a payment stands where its last step led, and no step is missing", """
        SELECT p.id FROM payments p LEFT JOIN payment_events e ON e.payment_id = p.id
        GROUP BY p.id, p.status, p.steps_count
        HAVING count(e.seq) <> p.steps_count OR max(e.seq) <> p.steps_count
        OR max(CASE WHEN e.seq = p.steps_count THEN e.to_status END) <> p.status"""),
    Invariant("I23", "every step begins where the one before led", """
        SELECT a.payment_id FROM payment_events a
        JOIN payment_events b ON b.payment_id = a.payment_id AND b.seq = a.seq - 1
        WHERE a.from_status <> b.to_status"""),
    Invariant("I24", "no payment is stuck on its way for more than a quarter of an hour", """
        SELECT p.id FROM payments p WHERE p.changed_at < :a_quarter_ago AND p.capture_mode <> 'by_hand'
        AND p.status IN ('authorised', 'capturing', 'void_pending', 'refund_pending', 'captured_auto')"""),
    Invariant("I25", "no placed order waits for its money within a day of the last moment to take it", """
        SELECT p.id FROM payments p
        WHERE p.status = 'capturing' AND p.capture_mode <> 'by_hand' AND p.capture_before < :in_a_day"""),
    Invariant("I33", "a payment is leased where it takes money at once on a single link, and only there", """
        SELECT p.id FROM payments p JOIN checkout_links l ON l.id = p.link_id
        WHERE p.is_leased <> (p.capture_mode = 'auto' AND l.policy = 'single')"""),
)

FLOW = (
    Invariant("I19", "every order was placed once in the history", """
        SELECT o.id FROM orders o WHERE 1 <> (SELECT count(*) FROM history e WHERE e.name = 'order.placed'
                                              AND e.subject_type = 'orders' AND e.subject_id = o.id)"""),
    Invariant("I20", "every order is told once, and its money is asked for once", """
        SELECT o.id FROM orders o LEFT JOIN payments p ON p.id = o.payment_id
        WHERE 1 <> (SELECT count(*) FROM outbox b WHERE b.topic = 'order.placed'
                    AND b.subject_type = 'orders' AND b.subject_id = o.id)
        OR (p.capture_mode = 'manual' AND p.status = 'capturing'
            AND 1 <> (SELECT count(*) FROM outbox b WHERE b.topic = 'payment.capture'
                      AND b.subject_type = 'payments' AND b.subject_id = p.id))"""),
    Invariant("I26", "no job is ready for more than ten minutes", """
        SELECT b.id FROM outbox b WHERE b.done_at IS NULL AND b.dead_at IS NULL AND b.not_before < :ten_minutes_ago
        AND (b.lease_until IS NULL OR b.lease_until < :ten_minutes_ago)"""),
    Invariant("I27", "everything a provider said was processed within ten minutes, or carries why not", """
        SELECT e.id FROM provider_events e
        WHERE e.processed_at IS NULL AND e.error IS NULL AND e.received_at < :ten_minutes_ago"""),
    Invariant("I29", "the tries of a webhook have no gap, and one at most was taken: the one that ended it", """
        SELECT d.id FROM webhook_deliveries d LEFT JOIN webhook_attempts a ON a.delivery_id = d.id
        GROUP BY d.id, d.state HAVING count(a.attempt) <> coalesce(max(a.attempt), 0)
        OR sum(CASE WHEN a.status_code BETWEEN 200 AND 299 THEN 1 ELSE 0 END)
           <> CASE WHEN d.state = 'delivered' THEN 1 ELSE 0 END"""),
)

INVARIANTS = tuple(sorted((*LINKS, *STOCK, *MONEY, *PAYMENTS, *FLOW), key=lambda one: one.code))
"""All of them, by number."""
