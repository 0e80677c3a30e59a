"""The shareable frozen offer, its addresses and its lines."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import Answers, OfferVersion, Product, Variant
from sales_portal.core.db import Amount, Base, Currency, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.customers.models import Account, Customer
from sales_portal.inventory.models import Stock
from sales_portal.links.state import LinkState, state_at
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Discount, Pricelist
from sales_portal.selections.models import MAX_QUANTITY, Selection
from sales_portal.sites.models import Site


def number_of(link_id: int) -> str:
    """The number people say on the phone: L-2087."""
    return f"L-{2000 + link_id}"


class CheckoutLink(Base):
    """A frozen copy of a selection under a secret address, with rules of its own.

    `policy` says how many orders it may make: `single` (one, then every open copy is voided), `first_closes`
    (the first order closes it to newcomers), `reusable` (up to `max_orders`, or any number). `status` is stored;
    scheduled, paused, replaced and the like are computed by `state`. `progress` is how far the customer got.
    `totals` is the quote as frozen: items, discount, shipping, tax and their states, in minor units. `prefill` is what
    the checkout knows from the start, by field name; `prefill_locks` names what the customer can't change of it, the
    address as one. `price_mode` `current` takes the pricelist's prices of the moment a customer goes on.
    A link with a `crm_account_id` is opened on behalf of the account with that id, its `account_id`; the
    `crm_contact_id` is kept for reference alone.
    `approval_ids` are the approvals it could not have been made without. While it `waits_for_stock` it has not started,
    whatever `starts_at` says.
    `offer_version` counts what was offered under its addresses, since `offered_at` where that is not from the start.
    `asked_at` is when its customer last asked for something, `asked_for` what. Where it `shows_reason` customers read
    why it was revoked; where it `lets_go_without` they may leave out what has sold out.
    `payment_methods` are the ways to pay of its site it offers, in its order, with spaces between; empty: all.
    With a `deposit_amount` (minor units) or a `deposit_percent` (thousandths) an order is placed for that part of its
    total, and the rest is paid later.
    """

    __tablename__ = "checkout_links"
    __table_args__ = (
        CheckConstraint("policy IN ('single','first_closes','reusable')", name="policy"),
        CheckConstraint("status IN ('active','consumed','revoked','expired')", name="status"),
        CheckConstraint("changes IN ('nothing','more','pick_one')", name="changes"),
        CheckConstraint("progress IN ('not_sent','sent','delivered','opened','checkout_started','payment_failed',"
                        "'paid','bounced')", name="progress"),
        CheckConstraint("max_orders IS NULL OR (policy = 'reusable' AND max_orders >= 1)", name="max_orders"),
        CheckConstraint("orders_count >= 0 AND (max_orders IS NULL OR orders_count <= max_orders)",
                        name="orders_count"),
        CheckConstraint("policy <> 'single' OR orders_count <= 1", name="single"),
        CheckConstraint("(status = 'consumed') = (consumed_at IS NOT NULL)", name="consumed"),
        CheckConstraint("(status = 'revoked') = (revoked_at IS NOT NULL)", name="revoked"),
        CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expiry"),
        CheckConstraint("starts_at IS NULL OR expires_at IS NULL OR expires_at > starts_at", name="start"),
        CheckConstraint("NOT skips_landing OR policy = 'reusable'", name="skip_landing"),
        CheckConstraint("price_mode IN ('frozen','current')", name="price_mode"),
        CheckConstraint("preselected_line IS NULL OR (changes = 'pick_one' AND preselected_line >= 1)",
                        name="preselected"),
        CheckConstraint("deposit_amount IS NULL OR (deposit_amount > 0 AND deposit_percent IS NULL)",
                        name="deposit_amount"),
        CheckConstraint("deposit_percent IS NULL OR deposit_percent BETWEEN 1 AND 99999", name="deposit_percent"),
        Index("ix_checkout_links_agent", "agent_id", "id"),
        Index("ix_checkout_links_selection", "selection_id"),
        Index("ix_checkout_links_status", "status", "progress", "id"),
        Index("ix_checkout_links_waiting", "id", sqlite_where=text("waits_for_stock = 1"),
              postgresql_where=text("waits_for_stock")),
        Index("ix_checkout_links_asked", "asked_at", sqlite_where=text("asked_at IS NOT NULL"),
              postgresql_where=text("asked_at IS NOT NULL")),
    )

    id: Mapped[Pk]
    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id))
    approval_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    selection_version: Mapped[int]
    agent_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), index=True)
    vat_number: Mapped[str] = mapped_column(String(40), default="")
    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id))
    pricelist_id: Mapped[int] = mapped_column(ForeignKey(Pricelist.id))
    currency: Mapped[Currency]
    is_tax_included: Mapped[bool]
    has_discounts: Mapped[bool] = mapped_column(default=False)
    discount_amount: Mapped[Amount] = mapped_column(default=0)
    policy: Mapped[str] = mapped_column(String(12))
    max_orders: Mapped[int | None]
    orders_count: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(10), default="active")
    progress: Mapped[str] = mapped_column(String(16), default="not_sent")
    changes: Mapped[str] = mapped_column(String(10), default="nothing")
    may_change_quantities: Mapped[bool] = mapped_column(default=False)
    may_add_products: Mapped[bool] = mapped_column(default=False)
    max_per_line: Mapped[int | None]
    lets_go_without: Mapped[bool] = mapped_column(default=False, server_default=false())
    ignores_shipping: Mapped[bool] = mapped_column(default=False)
    ignores_tax: Mapped[bool] = mapped_column(default=False)
    allows_discount_codes: Mapped[bool] = mapped_column(default=False)
    skips_landing: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str] = mapped_column(String(200), default="")
    customer_note: Mapped[str] = mapped_column(String(500), default="")
    prefill: Mapped[JsonObject] = mapped_column(default=dict)
    prefill_locks: Mapped[list[str]] = mapped_column(JSON, default=list)
    only_email_may_pay: Mapped[bool] = mapped_column(default=False)
    preselected_line: Mapped[int | None]
    price_mode: Mapped[str] = mapped_column(String(8), default="frozen")
    language: Mapped[str] = mapped_column(String(12), default="")
    payment_methods: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    deposit_amount: Mapped[int | None] = mapped_column(BigInteger)
    deposit_percent: Mapped[int | None]
    crm_account_id: Mapped[str] = mapped_column(String(40), default="")
    crm_contact_id: Mapped[str] = mapped_column(String(40), default="")
    after_message: Mapped[str] = mapped_column(String(500), default="")
    after_url: Mapped[str] = mapped_column(String(2000), default="")
    link_metadata: Mapped[JsonObject] = mapped_column("metadata", default=dict)
    total_amount: Mapped[Amount]
    items_count: Mapped[int]
    totals: Mapped[JsonObject] = mapped_column(default=dict)
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    waits_for_stock: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consumed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")
    shows_reason: Mapped[bool] = mapped_column(default=False, server_default=false())
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("checkout_links.id"))
    offer_version: Mapped[int] = mapped_column(default=1, server_default="1")
    offered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_for: Mapped[str | None] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)

    selection: Mapped[Selection] = relationship(lazy="raise")
    agent: Mapped[Staff] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")
    customer: Mapped[Customer | None] = relationship(lazy="raise")
    market: Mapped[Market] = relationship(lazy="raise")
    pricelist: Mapped[Pricelist] = relationship(lazy="raise")
    discounts: Mapped[list["CheckoutLinkDiscount"]] = relationship(
        lazy="raise", order_by="CheckoutLinkDiscount.position")
    addresses: Mapped[list["LinkAddress"]] = relationship(
        back_populates="link", lazy="raise", order_by="LinkAddress.id")
    lines: Mapped[list["CheckoutLinkLine"]] = relationship(lazy="raise", order_by="CheckoutLinkLine.line_no")

    @property
    def number(self) -> str:
        """The number people say on the phone: L-2087."""
        return number_of(self.id)

    @property
    def replacement_number(self) -> str | None:
        """The number of the link in its place; None where there is none."""
        return number_of(self.replaced_by_id) if self.replaced_by_id is not None else None

    @property
    def acts_for_account(self) -> bool:
        """Whether whoever opens it buys on behalf of an account."""
        return bool(self.crm_account_id)

    @property
    def breaks_at_sign_in(self) -> bool:
        """Whether its orders would not reach their account, since its site's customers sign in. Needs the site."""
        return self.acts_for_account and self.site.requires_sign_in

    @property
    def latest_end(self) -> datetime | None:
        """The end it can be extended to; None where its site lets links live for ever. Needs the site."""
        most = self.site.max_link_days
        return self.created_at + timedelta(days=most) if most is not None else None

    @property
    def frozen_at(self) -> datetime:
        """When what it offers now was frozen: the instant its discounts are judged by."""
        return self.offered_at or self.created_at

    def state(self, at: datetime) -> LinkState:
        """What this link is at the instant `at`, for people and for a door's answer."""
        return state_at(self, at)

    def is_open(self, at: datetime) -> bool:
        """Whether a newcomer may claim it at `at`."""
        return self.state(at) is LinkState.ACTIVE


class LinkAddress(Base):
    """One URL of a link: the public id in clear, the token as digest and as ciphertext, and whom it was made for.

    `recipient` is an e-mail address in small letters, None for an address that was mailed to nobody yet.
    """

    __tablename__ = "link_addresses"
    __table_args__ = (
        CheckConstraint("length(token_sha256) = 64", name="token_digest"),
        Index("uq_link_addresses_recipient", "link_id", "recipient", unique=True),
    )

    id: Mapped[Pk]
    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), index=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str]
    recipient: Mapped[str | None] = mapped_column(String(254))

    link: Mapped[CheckoutLink] = relationship(back_populates="addresses", lazy="raise")


class CheckoutLinkDiscount(Base):
    """A discount the link was made with; `rule` is all it said at that instant.

    One with `is_preset` was given in the dialog, to this link alone: a code the customer types replaces it.
    """

    __tablename__ = "checkout_link_discounts"

    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), primary_key=True)
    discount_id: Mapped[int] = mapped_column(ForeignKey(Discount.id), primary_key=True, index=True)
    position: Mapped[int]
    rule: Mapped[JsonObject]
    is_preset: Mapped[bool] = mapped_column(default=False, server_default=false())

    discount: Mapped[Discount] = relationship(lazy="raise")


class CheckoutLinkLine(Base):
    """One frozen line. `stock_id` is None where nothing is taken from a warehouse, `variant_id` on an ad-hoc line.

    With `backorder_weeks` it may be bought beyond what is in stock, and what is missing follows after so many weeks.
    With `could_wait_weeks` the customer may choose that once it has sold out.

    Titles, price, tax class, pack and offer version are what they were when the link was made.
    """

    __tablename__ = "checkout_link_lines"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity"),
        CheckConstraint("unit_amount >= 0 AND list_amount >= 0", name="amount"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey(Variant.id), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey(Product.id))
    offer_version_id: Mapped[int | None] = mapped_column(ForeignKey(OfferVersion.id))
    stock_id: Mapped[int | None] = mapped_column(ForeignKey(Stock.id))
    product_kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(700))
    sku: Mapped[str] = mapped_column(String(80))
    image: Mapped[str | None] = mapped_column(String(300))
    quantity: Mapped[int]
    pack_size: Mapped[int] = mapped_column(default=1)
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
    could_wait_weeks: Mapped[int | None]


class CheckoutLinkVersion(Base):
    """What a link offered before it was updated; never changed, never deleted.

    `number` is the link's `offer_version` of that time, `offered_at` when it began and `ended_at` when the update with
    the `request_key` ended it. `lines` are those of the link as `snapshot.lines_of` writes them, `discounts` the
    frozen rules, `totals` as on the link.
    """

    __tablename__ = "checkout_link_versions"

    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    selection_version: Mapped[int]
    total_amount: Mapped[Amount]
    items_count: Mapped[int]
    customer_note: Mapped[str] = mapped_column(String(500), default="")
    totals: Mapped[JsonObject] = mapped_column(default=dict)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    offered_at: Mapped[Instant]
    ended_at: Mapped[Instant]
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
