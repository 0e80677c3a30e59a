"""What can be sold: products and variants, dated training, subscription offers, custom fields, and the search index."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.core.db import Base, ByteString, Instant, JsonObject, Pk, UTCDateTime

KINDS = ("goods", "training", "subscription", "service")

Answers = Annotated[list[dict[str, Any]] | None, mapped_column(JSON(none_as_null=True))]
"""What a line answers to the questions asked of it, as `questions` keeps it; None where there is nothing."""


class Product(Base):
    """One product with one or more variants. `image` is a path below `static/`, drawn or uploaded by us.

    `kind` decides what buying means: goods are shipped, training seats registered, subscriptions started,
    services simply paid. `tax_class` picks the rate of the country.
    """

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("kind IN ('goods','training','subscription','service')", name="kind"),
        CheckConstraint("tax_class IN ('standard','reduced','zero')", name="tax_class"),
    )

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(default="")
    vendor: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(20), default="goods")
    tax_class: Mapped[str] = mapped_column(String(12), default="standard")
    is_pay_what_you_want: Mapped[bool] = mapped_column(default=False)
    image: Mapped[str | None] = mapped_column(String(300))
    image_source: Mapped[str | None] = mapped_column(String(2000))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unpublished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", lazy="raise", order_by="Variant.position")

    @property
    def is_published(self) -> bool:
        """Whether it may be sold now."""
        return self.published_at is not None and self.unpublished_at is None


class Variant(Base):
    """What a line holds and a warehouse stocks: one size, colour, date or plan of a product; sold in whole packs."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("weight_grams >= 0", name="weight"),
        CheckConstraint("pack_size >= 1", name="pack_size"),
        Index("ix_variants_barcode", "barcode", unique=True, sqlite_where=text("barcode IS NOT NULL"),
              postgresql_where=text("barcode IS NOT NULL")),
    )

    id: Mapped[Pk]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    sku: Mapped[str] = mapped_column(String(80), unique=True)
    barcode: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[JsonObject] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=1)
    weight_grams: Mapped[int] = mapped_column(default=0)
    pack_size: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise")

    @property
    def full_title(self) -> str:
        """Product and variant as one name: `Oak chair, natural`."""
        return f"{self.product.title}, {self.title}" if self.title else self.product.title


class SearchWord(Base):
    """One word or code under which a variant is found; typed words match as prefixes.

    Codes (SKU, barcode) and words of names share the index; one- and two-character queries look at codes only.
    `beginnings` has a bit for how each word of the variant begins: where a typed word's bit is missing, the variant
    has no such word, and nothing else needs to be read to know. The rows of one variant in some are the sample
    (`is_sampled`), by which words that very many have are told apart without counting them all.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        PrimaryKeyConstraint("word", "variant_id", postgresql_include=["beginnings"]),
        Index("ix_search_words_codes", "word", "variant_id", sqlite_where=text("is_code = 1"),
              postgresql_where=text("is_code")),
        Index("ix_search_words_sample", "word", sqlite_where=text("is_sampled = 1"),
              postgresql_where=text("is_sampled")),
        Index("ix_search_words_variant", "variant_id", "word"),
        # What is walked is read from the key alone: PostgreSQL holds it there, on SQLite the rows are the key.
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(ByteString, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True)
    is_code: Mapped[bool] = mapped_column(default=False)
    beginnings: Mapped[int] = mapped_column(BigInteger, default=0)
    is_sampled: Mapped[bool] = mapped_column(default=False)


class TrainingEvent(Base):
    """When and where a training variant takes place; its seats are the variant's stock."""

    __tablename__ = "training_events"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    place: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]


class Offer(Base):
    """A subscription plan sold through one variant; what it promises stands in its versions."""

    __tablename__ = "offers"

    id: Mapped[Pk]
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), unique=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    path: Mapped[str] = mapped_column(String(200), unique=True)


class OfferVersion(Base):
    """The terms of an offer at one time; a link keeps the version it was made with."""

    __tablename__ = "offer_versions"
    __table_args__ = (
        UniqueConstraint("offer_id", "number"),
        CheckConstraint("interval IN ('month','year')", name="interval"),
        CheckConstraint("interval_count >= 1 AND trial_days >= 0", name="counts"),
    )

    id: Mapped[Pk]
    offer_id: Mapped[int] = mapped_column(ForeignKey(Offer.id))
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[int]
    interval: Mapped[str] = mapped_column(String(8))
    interval_count: Mapped[int] = mapped_column(default=1)
    trial_days: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]

    offer: Mapped[Offer] = relationship(lazy="raise")


class CustomField(Base):
    """A question of the house's own, asked once in a checkout, such as a purchase order number, or of a line.

    One of `level` 'line', such as an engraving, is asked of each line with one of its products.
    `kind` says what an answer may be (see `questions`); `choices` are all there are where one is chosen.
    """

    __tablename__ = "custom_fields"
    __table_args__ = (
        CheckConstraint("kind IN ('text','number','date','yes_no','choice')", name="kind"),
        CheckConstraint("level IN ('checkout','line')", name="level"),
    )

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    hint: Mapped[str] = mapped_column(String(200), default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(String(8), default="text", server_default="text")
    level: Mapped[str] = mapped_column(String(8), default="checkout", server_default="checkout")
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=1)


class CustomFieldProduct(Base):
    """A product whose lines are asked a question of level 'line'."""

    __tablename__ = "custom_field_products"

    custom_field_id: Mapped[int] = mapped_column(ForeignKey(CustomField.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, index=True)
