"""The agent's draft basket and its lines."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import Answers, Variant
from sales_portal.core.db import Base, BigInt, Currency, Instant, JsonObject, Pk
from sales_portal.customers.models import Customer
from sales_portal.inventory.models import Warehouse
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Discount, Pricelist
from sales_portal.sites.models import Site

MAX_QUANTITY = 10_000
MAX_LINES = 200


class Selection(Base):
    """A basket an agent builds for one customer or for anyone, priced in one market and pricelist.

    `version` rises with every act; `status` is draft, linked, won or archived. `stands_at` is the version of
    the `SelectionRevision` it is now; from there go `steps_back` to undo and `steps_ahead` to redo.
    `order_id` is the order it asks an extra payment for; a plain id, since orders stand higher.
    `has_changed_currency` stays once it had another one, undone or not.
    """

    __tablename__ = "selections"
    __table_args__ = (
        CheckConstraint("status IN ('draft','linked','won','archived')", name="status"),
        Index("ix_selections_agent", "agent_id", "id"),
    )

    id: Mapped[Pk]
    agent_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    order_id: Mapped[int | None] = mapped_column(BigInt, index=True)
    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id))
    pricelist_id: Mapped[int] = mapped_column(ForeignKey(Pricelist.id))
    currency: Mapped[Currency]
    has_changed_currency: Mapped[bool] = mapped_column(default=False)
    has_discounts: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str] = mapped_column(String(200), default="")
    ignores_shipping: Mapped[bool] = mapped_column(default=False)
    ignores_tax: Mapped[bool] = mapped_column(default=False)
    ignores_tax_reason: Mapped[str] = mapped_column(String(200), default="")
    customer_note: Mapped[str] = mapped_column(String(500), default="")
    internal_note: Mapped[str] = mapped_column(String(5000), default="")
    status: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    stands_at: Mapped[int | None]
    steps_back: Mapped[int] = mapped_column(default=0)
    steps_ahead: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]

    agent: Mapped[Staff] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")
    customer: Mapped[Customer | None] = relationship(lazy="raise")
    market: Mapped[Market] = relationship(lazy="raise")
    pricelist: Mapped[Pricelist] = relationship(lazy="raise")
    lines: Mapped[list["SelectionLine"]] = relationship(
        lazy="raise", order_by="SelectionLine.position", cascade="all, delete-orphan")

    @property
    def number(self) -> str:
        """The number people say on the phone: S-1042."""
        return f"S-{1000 + self.id}"


class SelectionLine(Base):
    """One variant in a selection, or what no product is (ad hoc): a `title` with a price, a tax class, maybe a parcel.

    A `special_price_amount` is a unit price agreed on this line alone, and the price of an ad-hoc line. What was
    agreed of a pay-what-you-want product is its `chosen_amount`. A `warehouse_id` takes this line from there, once.
    One that `allows_backorder` may be bought beyond what is in stock, where its market sells so. One that
    `waits_for_stock` lets a link be made while it is sold out, which starts when all of it is there.
    `learners` are the people on the seats of training, each a `name` and an `email`; `answers` are to the questions
    asked of each unit, as `catalog.questions` keeps them.
    """

    __tablename__ = "selection_lines"
    __table_args__ = (
        UniqueConstraint("selection_id", "position"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity"),
        CheckConstraint("special_price_amount IS NULL OR special_price_amount >= 0", name="special_price"),
        CheckConstraint("chosen_amount IS NULL OR chosen_amount >= 0", name="chosen"),
        CheckConstraint("variant_id IS NOT NULL OR title <> ''", name="ad_hoc"),
        # SQLite would give a removed line's id to the next one, and a stale page would change the wrong product.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Pk]
    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id))
    position: Mapped[int]
    variant_id: Mapped[int | None] = mapped_column(ForeignKey(Variant.id))
    title: Mapped[str] = mapped_column(String(300), default="")
    tax_class: Mapped[str] = mapped_column(String(12), default="standard")
    ships: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[int]
    special_price_amount: Mapped[int | None] = mapped_column(BigInteger)
    special_price_reason: Mapped[str] = mapped_column(String(200), default="")
    chosen_amount: Mapped[int | None] = mapped_column(BigInteger)
    customer_note: Mapped[str] = mapped_column(String(300), default="")
    internal_note: Mapped[str] = mapped_column(String(300), default="")
    learners: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    answers: Mapped[Answers]
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey(Warehouse.id))
    allows_backorder: Mapped[bool] = mapped_column(default=False)
    waits_for_stock: Mapped[bool] = mapped_column(default=False)

    variant: Mapped[Variant | None] = relationship(lazy="raise")

    @property
    def has_own_price(self) -> bool:
        """Whether its price was agreed on this line alone."""
        return self.special_price_amount is not None or self.chosen_amount is not None

    @property
    def is_agreed(self) -> bool:
        """Whether anything was agreed on this line alone that more of the product would not have."""
        return self.has_own_price or self.warehouse_id is not None

    @property
    def full_title(self) -> str:
        """What the line is called; needs the variant with its product loaded."""
        return self.variant.full_title if self.variant is not None else self.title


class SelectionDiscount(Base):
    """A discount somebody gave a selection; which of several count, and in which order, the engine says."""

    __tablename__ = "selection_discounts"

    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id), primary_key=True)
    discount_id: Mapped[int] = mapped_column(ForeignKey(Discount.id), primary_key=True, index=True)
    position: Mapped[int]


class SelectionRevision(Base):
    """What a selection was after one act, and which act that was; never changed, never deleted.

    `document` holds all that can be undone, as `revisions` writes it. `previous_version` is that of the state the
    act began from; None for the first one.
    """

    __tablename__ = "selection_revisions"
    __table_args__ = (
        UniqueConstraint("selection_id", "version"),
        Index("ix_selection_revisions_selection", "selection_id", "id"),
    )

    id: Mapped[Pk]
    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id))
    version: Mapped[int]
    previous_version: Mapped[int | None]
    at: Mapped[Instant]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(BigInt)
    actor_name: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(400))
    document: Mapped[JsonObject]


class SelectionPresence(Base):
    """Who had a selection open in a browser, and when last."""

    __tablename__ = "selection_presences"

    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True)
    seen_at: Mapped[Instant]

    staff: Mapped[Staff] = relationship(lazy="raise")


class SelectionRequest(Base):
    """An act that was done for a browser, so that the same one sent again is not done twice."""

    __tablename__ = "selection_requests"

    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Instant]
