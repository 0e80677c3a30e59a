"""Visitor sessions and the customer's private copy of a link."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.catalog.models import Answers, OfferVersion, Product, Variant
from sales_portal.checkout.errors import VisitEnded
from sales_portal.core.db import Amount, Base, Currency, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.pricing.models import Discount, ShippingMethod
from sales_portal.selections.models import MAX_QUANTITY


class VisitorSession(Base):
    """One browser of the public side, known by the digest of its cookie."""

    __tablename__ = "visitor_sessions"
    __table_args__ = (CheckConstraint("length(token_sha256) = 64", name="token_digest"),)

    id: Mapped[Pk]
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class CheckoutSession(Base):
    """A customer's private copy of a link: what they buy, who they are, and the total they were shown.

    `on_behalf_of` is the sealed grant to buy for an account, see `checkout.behalf`. `signed_in_at` is when the customer
    showed by a code that `email` is theirs.
    `offer_version` is that of the link it was made from, or that its customer accepted since. `payment_method` is the
    slug of the way to pay its customer chose, empty before.
    """

    __tablename__ = "checkout_sessions"
    __table_args__ = (
        UniqueConstraint("visitor_session_id", "link_id"),
        CheckConstraint("status IN ('open','completed','voided','expired')", name="status"),
        CheckConstraint("total_amount >= 0", name="total"),
        Index("ix_checkout_sessions_open", "link_id", sqlite_where=text("status = 'open'"),
              postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Pk]
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id))
    visitor_session_id: Mapped[int | None] = mapped_column(ForeignKey(VisitorSession.id))
    status: Mapped[str] = mapped_column(String(10), default="open")
    claimed_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    currency: Mapped[Currency]
    total_amount: Mapped[Amount]
    email: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(200), default="")
    vat_number: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    street: Mapped[str] = mapped_column(String(200), default="")
    street_2: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    custom_fields: Mapped[JsonObject] = mapped_column(default=dict)
    session_metadata: Mapped[JsonObject] = mapped_column("metadata", default=dict)
    shipping_method_id: Mapped[int | None] = mapped_column(ForeignKey(ShippingMethod.id))
    payment_method: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    has_discounts: Mapped[bool] = mapped_column(default=False)
    details_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    on_behalf_of: Mapped[str | None] = mapped_column(String(300))
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offer_version: Mapped[int] = mapped_column(default=1, server_default="1")
    version: Mapped[int] = mapped_column(default=1)

    link: Mapped[CheckoutLink] = relationship(lazy="raise")
    shipping_method: Mapped[ShippingMethod | None] = relationship(lazy="raise")
    # Read only where `has_discounts` says there are any, so that the others pay no statement for it.
    discounts: Mapped[list["CheckoutSessionDiscount"]] = relationship(
        lazy="select", order_by="CheckoutSessionDiscount.position", cascade="all, delete-orphan")
    lines: Mapped[list["CheckoutSessionLine"]] = relationship(
        lazy="select", order_by="CheckoutSessionLine.line_no", cascade="all, delete-orphan")

    def is_living(self, at: datetime) -> bool:
        """Whether it can be changed and paid at `at`, as far as it tells itself."""
        return self.status == "open" and self.expires_at > at

    def refuse_ended(self, at: datetime) -> None:
        """Refuse with `VisitEnded` to change a copy that was bought, voided or is too old at `at`."""
        if not self.is_living(at):
            raise VisitEnded


class CheckoutSessionDiscount(Base):
    """A discount of the copy with its frozen `rule`; `amount` is what it takes off, None where it does not apply.

    One with `is_code` was typed by the customer, one with `is_preset` came with the link and gives way to
    a better code.
    """

    __tablename__ = "checkout_session_discounts"

    checkout_session_id: Mapped[int] = mapped_column(ForeignKey(CheckoutSession.id), primary_key=True)
    discount_id: Mapped[int] = mapped_column(ForeignKey(Discount.id), primary_key=True, index=True)
    position: Mapped[int]
    rule: Mapped[JsonObject]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    is_preset: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_code: Mapped[bool] = mapped_column(default=False, server_default=false())

    discount: Mapped[Discount] = relationship(lazy="joined", innerjoin=True)


class CheckoutSessionLine(Base):
    """One line of the copy, items first and shipping last, with every part of its amount.

    What the customer added (`is_added`) stands behind what the agent offered, at most one line of a variant.

    `line_amount = unit_amount * quantity - discount_amount - tax_waived_amount`, plus `tax_amount` where tax is
    not already in the price.
    """

    __tablename__ = "checkout_session_lines"
    __table_args__ = (
        CheckConstraint("kind IN ('item','shipping','fee')", name="kind"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity"),
        CheckConstraint("unit_amount >= 0 AND tax_amount >= 0 AND line_amount >= 0", name="amounts"),
    )

    checkout_session_id: Mapped[int] = mapped_column(ForeignKey(CheckoutSession.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="item")
    variant_id: Mapped[int | None] = mapped_column(ForeignKey(Variant.id))
    product_id: Mapped[int | None] = mapped_column(ForeignKey(Product.id))
    offer_version_id: Mapped[int | None] = mapped_column(ForeignKey(OfferVersion.id))
    stock_id: Mapped[int | None] = mapped_column(ForeignKey(Stock.id))
    product_kind: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(700))
    sku: Mapped[str] = mapped_column(String(80), default="")
    image: Mapped[str | None] = mapped_column(String(300))
    quantity: Mapped[int]
    unit_amount: Mapped[Amount]
    list_amount: Mapped[Amount]
    is_special_price: Mapped[bool] = mapped_column(default=False)
    minimum_amount: Mapped[int | None] = mapped_column(BigInteger)
    tax_class: Mapped[str] = mapped_column(String(12))
    weight_grams: Mapped[int] = mapped_column(default=0)
    customer_note: Mapped[str] = mapped_column(String(300), default="")
    learners: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    answers: Mapped[Answers]
    backorder_weeks: Mapped[int | None]
    is_added: Mapped[bool] = mapped_column(default=False, server_default=false())
    discount_amount: Mapped[Amount] = mapped_column(default=0)
    tax_rate: Mapped[int] = mapped_column(default=0)
    tax_amount: Mapped[Amount] = mapped_column(default=0)
    tax_waived_amount: Mapped[Amount] = mapped_column(default=0)
    is_tax_included: Mapped[bool] = mapped_column(default=True)
    line_amount: Mapped[Amount]


class SignInCode(Base):
    """The one code of a copy that is good now; only a digest of it is stored, and it dies after some wrong tries."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    checkout_session_id: Mapped[int] = mapped_column(ForeignKey(CheckoutSession.id), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    code_digest: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
