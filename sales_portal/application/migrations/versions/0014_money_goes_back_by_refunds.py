"""Money goes back by refunds alone: also that of a payment of which no order came."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KNOWN = "reason IN ('returned','damaged','not_delivered','goodwill','mistake','cancelled','no_order','other')"
KNOWN_BEFORE = KNOWN.replace("'no_order',", "")
PAYMENTS = sa.table("payments", *map(sa.column, (
    "id", "public_id", "order_id", "status", "captured_amount", "currency")), sa.column("changed_at", UTCDateTime()))
REFUNDS = sa.table("refunds", *map(sa.column, (
    "id", "payment_id", "amount", "currency", "reason", "note", "status", "failure", "idempotency_key")),
    sa.column("asked_at", UTCDateTime()), sa.column("items", sa.JSON()))
JOBS = sa.table("outbox", *map(sa.column, ("topic", "subject_type", "subject_id", "done_at")))


def upgrade() -> None:
    """What is on its way back to a customer goes on as a refund, by the key it was asked by: nothing is sent twice."""
    _let_reasons_be(KNOWN)
    key = sa.literal("reversal:") + PAYMENTS.c.public_id
    op.execute(sa.insert(REFUNDS).from_select(
        ["payment_id", "amount", "currency", "reason", "note", "items", "status", "failure", "idempotency_key",
         "asked_at"],
        sa.select(PAYMENTS.c.id, PAYMENTS.c.captured_amount, PAYMENTS.c.currency, sa.literal("no_order"),
                  sa.literal(""), sa.literal([], sa.JSON()), sa.literal("pending"), sa.literal(""), key,
                  PAYMENTS.c.changed_at)
        .where(PAYMENTS.c.status == "refund_pending", PAYMENTS.c.order_id.is_(None))))
    refund = sa.select(REFUNDS.c.id).where(
        REFUNDS.c.payment_id == JOBS.c.subject_id, REFUNDS.c.reason == "no_order").correlate(JOBS)
    op.execute(sa.update(JOBS).where(
        JOBS.c.topic == "payment.reversal", JOBS.c.done_at.is_(None), refund.exists())
        .values(topic="payment.refund", subject_type="refunds", subject_id=refund.scalar_subquery()))


def downgrade() -> None:
    """A refund without an order tells its reason by that."""
    op.execute(sa.update(REFUNDS).where(REFUNDS.c.reason == "no_order").values(reason="other"))
    _let_reasons_be(KNOWN_BEFORE)


def _let_reasons_be(rule: str) -> None:
    name = op.f("ck_refunds_reason")
    with op.batch_alter_table("refunds") as refunds:
        refunds.drop_constraint(name, type_="check")
        refunds.create_check_constraint(name, sa.text(rule))
