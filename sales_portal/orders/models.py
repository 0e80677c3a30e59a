"""Orders, their lines, the subscriptions they start and the invoices they are paid by."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import Answers, OfferVersion, Variant
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core.db import Amount, Base, BigInt, Currency, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.customers.models import Account, Customer
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.models import Payment
from sales_portal.sites.models import Site

_ONE = text("is_exclusive AND status <> 'cancelled'")
_UNPAID = text("paid_on IS NULL AND voided_at IS NULL")


def number_of(order_id: int) -> str:
    """The number people say on the phone: O-5521."""
    return f"O-{5000 + order_id}"


class Order(Base):
    """A checkout session that was bought. The constraints, not the code, keep it exactly one.

    `is_exclusive` repeats that the link's policy is `single`, so that a unique index can hold it.
    `payment_id` is what it was placed by; where that was a deposit, `outstanding_amount` is to be paid by a second one.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("status IN ('placed','paid','fulfilled','cancelled')", name="status"),
        CheckConstraint("total_amount >= 0", name="total"),
        CheckConstraint("payment_id IS NOT NULL OR total_amount = 0", name="payment"),
        CheckConstraint("outstanding_amount BETWEEN 0 AND total_amount", name="outstanding"),
        CheckConstraint("status <> 'paid' OR outstanding_amount = 0", name="paid_whole"),
        Index("uq_orders_one_per_single_link", "link_id", unique=True, sqlite_where=_ONE, postgresql_where=_ONE),
        Index("ix_orders_agent", "agent_id", "id"),
    )

    id: Mapped[Pk]
    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), index=True)
    checkout_session_id: Mapped[int] = mapped_column(ForeignKey(CheckoutSession.id), unique=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey(Payment.id), unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), index=True)
    is_exclusive: Mapped[bool]
    status: Mapped[str] = mapped_column(String(10), default="placed")
    total_amount: Mapped[Amount]
    outstanding_amount: Mapped[Amount] = mapped_column(default=0, server_default="0")
    currency: Mapped[Currency]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(200), default="")
    vat_number: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    address: Mapped[JsonObject] = mapped_column(default=dict)
    custom_fields: Mapped[JsonObject] = mapped_column(default=dict)
    order_metadata: Mapped[JsonObject] = mapped_column("metadata", default=dict)
    shipping_name: Mapped[str] = mapped_column(String(120), default="")
    discount_name: Mapped[str] = mapped_column(String(700), default="", server_default=text("''"))
    receipt_token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_token_sealed: Mapped[str]
    placed_at: Mapped[Instant]
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    link: Mapped[CheckoutLink] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")
    agent: Mapped[Staff] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")
    customer: Mapped[Customer | None] = relationship(lazy="raise")
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.line_no")
    invoice: Mapped["Invoice | None"] = relationship(lazy="raise", back_populates="order")

    @property
    def number(self) -> str:
        """The number people say on the phone: O-5521."""
        return number_of(self.id)

    @property
    def is_balance_due(self) -> bool:
        """Whether a part of its total is still to be paid."""
        return self.status == "placed" and self.outstanding_amount > 0


class OrderLine(Base):
    """One line of an order, copied from the checkout session to the last minor unit."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("kind IN ('item','shipping','fee')", name="kind"),
        CheckConstraint("backordered_quantity BETWEEN 0 AND quantity", name="backordered"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    variant_id: Mapped[int | None] = mapped_column(ForeignKey(Variant.id), index=True)
    offer_version_id: Mapped[int | None] = mapped_column(ForeignKey(OfferVersion.id))
    stock_id: Mapped[int | None] = mapped_column(ForeignKey(Stock.id))
    title: Mapped[str] = mapped_column(String(700))
    sku: Mapped[str] = mapped_column(String(80), default="")
    image: Mapped[str | None] = mapped_column(String(300))
    quantity: Mapped[int]
    backordered_quantity: Mapped[int] = mapped_column(default=0)
    unit_amount: Mapped[Amount]
    list_amount: Mapped[Amount]
    is_special_price: Mapped[bool] = mapped_column(default=False)
    discount_amount: Mapped[Amount] = mapped_column(default=0)
    tax_rate: Mapped[int] = mapped_column(default=0)
    tax_amount: Mapped[Amount] = mapped_column(default=0)
    tax_waived_amount: Mapped[Amount] = mapped_column(default=0)
    is_tax_included: Mapped[bool] = mapped_column(default=True)
    line_amount: Mapped[Amount]
    customer_note: Mapped[str] = mapped_column(String(300), default="")
    learners: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    answers: Mapped[Answers]
    is_added: Mapped[bool] = mapped_column(default=False, server_default=false())


class Subscription(Base):
    """What buying an offer started. Charging renewals is not the portal's job: a renewal is sold by a link."""

    __tablename__ = "subscriptions"
    __table_args__ = (CheckConstraint("status IN ('trialing','active','lapsed')", name="status"),)

    id: Mapped[Pk]
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    line_no: Mapped[int]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    offer_version_id: Mapped[int] = mapped_column(ForeignKey(OfferVersion.id))
    quantity: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[Instant]
    trial_ends_on: Mapped[date | None] = mapped_column(Date)
    renews_on: Mapped[date] = mapped_column(Date)
    subscription_metadata: Mapped[JsonObject] = mapped_column("metadata", default=dict)


class InvoiceSeries(Base):
    """The last number a site gave to an invoice in a year; locked while one is taken, so that none is missing."""

    __tablename__ = "invoice_series"

    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_no: Mapped[int]


class Invoice(Base):
    """What an order paid later is asked for by: its number, until when, and where to.

    `paid_on` and `paid_reference` are what staff saw on the bank's statement. A voided one stays, with its number.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("site_id", "year", "sequence_no"),
        CheckConstraint("due_on >= issued_on", name="due"),
        CheckConstraint("paid_on IS NULL OR voided_at IS NULL", name="end"),
        Index("ix_invoices_open", "due_on", sqlite_where=_UNPAID, postgresql_where=_UNPAID),
    )

    order_id: Mapped[int] = mapped_column(BigInt, ForeignKey(Order.id), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    year: Mapped[int]
    sequence_no: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    bank_details: Mapped[str] = mapped_column(Text)
    paid_on: Mapped[date | None] = mapped_column(Date)
    paid_reference: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    order: Mapped[Order] = relationship(lazy="raise", back_populates="invoice")

    @property
    def is_unpaid(self) -> bool:
        """Whether its money is still to come."""
        return self.paid_on is None and self.voided_at is None

    def is_overdue(self, on: date) -> bool:
        """Whether its money should have come by the day `on`."""
        return self.is_unpaid and self.due_on < on
