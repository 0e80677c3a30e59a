"""What things cost: pricelists, discounts, tax rates and shipping rates."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.catalog.models import Product, Variant
from sales_portal.core.db import Amount, Base, Currency, Pk, UTCDateTime
from sales_portal.markets.models import Market


class Pricelist(Base):
    """Prices in one currency, with tax in them or added on top."""

    __tablename__ = "pricelists"

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    currency: Mapped[Currency]
    is_tax_included: Mapped[bool]
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def is_in_force(self, at: datetime) -> bool:
        """Whether it may be sold with at `at`; its end is already outside."""
        return (self.starts_at is None or at >= self.starts_at) and (self.ends_at is None or at < self.ends_at)


class PricelistMarket(Base):
    """A pricelist a market may sell with; position 1 is what a new selection starts with."""

    __tablename__ = "pricelist_markets"

    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id), primary_key=True)
    pricelist_id: Mapped[int] = mapped_column(ForeignKey(Pricelist.id), primary_key=True)
    position: Mapped[int] = mapped_column(default=1)

    pricelist: Mapped[Pricelist] = relationship(lazy="raise")


class Price(Base):
    """The price of a variant in a pricelist; for pay-what-you-want the suggestion, with its minimum.

    `cost_amount` is what one costs us, in the pricelist's currency and without tax; None where nobody said.
    """

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("minimum_amount IS NULL OR minimum_amount BETWEEN 0 AND amount", name="minimum"),
        CheckConstraint("cost_amount IS NULL OR cost_amount >= 0", name="cost"),
    )

    pricelist_id: Mapped[int] = mapped_column(ForeignKey(Pricelist.id), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True, index=True)
    amount: Mapped[Amount]
    minimum_amount: Mapped[int | None] = mapped_column(BigInteger)
    cost_amount: Mapped[int | None] = mapped_column(BigInteger)


class PriceReason(Base):
    """A reason for a special price that agents may choose; they may as well type their own."""

    __tablename__ = "price_reasons"

    id: Mapped[Pk]
    text: Mapped[str] = mapped_column(String(200), unique=True)
    position: Mapped[int] = mapped_column(default=1)


class ExchangeRate(Base):
    """How much of a currency one euro was worth on a day, in millionths. It compares amounts, and prices nothing."""

    __tablename__ = "exchange_rates"
    __table_args__ = (CheckConstraint("per_euro_millionths > 0", name="per_euro"),)

    currency: Mapped[Currency] = mapped_column(primary_key=True)
    per_euro_millionths: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[date]


class TaxRate(Base):
    """The tax of a class in a country, in thousandths of a percent: 25 % is 25000, 8.875 % is 8875."""

    __tablename__ = "tax_rates"
    __table_args__ = (CheckConstraint("rate BETWEEN 0 AND 100000", name="rate"),)

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    tax_class: Mapped[str] = mapped_column(String(12), primary_key=True)
    rate: Mapped[int]


class ShippingMethod(Base):
    """One way to deliver within a market, with its days from order to door."""

    __tablename__ = "shipping_methods"
    __table_args__ = (CheckConstraint("min_days BETWEEN 0 AND max_days", name="days"),)

    id: Mapped[Pk]
    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    min_days: Mapped[int]
    max_days: Mapped[int]
    needs_phone: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=1)

    rates: Mapped[list["ShippingRate"]] = relationship(back_populates="method", lazy="raise")


class ShippingRate(Base):
    """What a method costs to a country up to a weight, for items worth at least `from_amount`.

    It is free from `free_over_amount` of items. No row, no delivery.
    """

    __tablename__ = "shipping_rates"
    __table_args__ = (CheckConstraint("amount >= 0 AND up_to_grams > 0 AND from_amount >= 0", name="amount"),)

    method_id: Mapped[int] = mapped_column(ForeignKey(ShippingMethod.id), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    up_to_grams: Mapped[int] = mapped_column(primary_key=True)
    from_amount: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=0)
    amount: Mapped[Amount]
    free_over_amount: Mapped[int | None] = mapped_column(BigInteger)

    method: Mapped[ShippingMethod] = relationship(back_populates="rates", lazy="raise")


class Discount(Base):
    """A reduction of the items of an order, or of some products: a percentage (thousandths) or a fixed amount.

    One with a code is typed by people. One that is not combinable stands alone. `uses_count` counts paid orders only.
    """

    __tablename__ = "discounts"
    __table_args__ = (
        CheckConstraint("(percent IS NULL) <> (fixed_amount IS NULL)", name="one_kind"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100000", name="percent"),
        CheckConstraint("currency IS NOT NULL OR (fixed_amount IS NULL AND minimum_amount IS NULL)", name="currency"),
        CheckConstraint("applies_to IN ('order','products')", name="applies_to"),
        CheckConstraint("usage_limit IS NULL OR uses_count <= usage_limit", name="uses"),
    )

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str | None] = mapped_column(String(60), unique=True)
    applies_to: Mapped[str] = mapped_column(String(10), default="order")
    is_combinable: Mapped[bool] = mapped_column(default=True)
    percent: Mapped[int | None]
    fixed_amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    minimum_amount: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    usage_limit: Mapped[int | None]
    uses_count: Mapped[int] = mapped_column(default=0)

    products: Mapped[list["DiscountProduct"]] = relationship(lazy="raise")


class DiscountProduct(Base):
    """A product that a discount on products is on."""

    __tablename__ = "discount_products"

    discount_id: Mapped[int] = mapped_column(ForeignKey(Discount.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, index=True)
