"""Who buys: accounts, customers, their addresses and what each has bought."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.catalog.models import Variant
from sales_portal.core.db import Base, Instant, Pk
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Pricelist


class Account(Base):
    """An organisation that owns orders; `crm_id` is its id in the customer-relations system, see `crm`."""

    __tablename__ = "accounts"

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(200))
    crm_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    vat_number: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[Instant]


class Customer(Base):
    """One person who may receive links; an e-mail or a phone number is all it needs. An empty e-mail is not known."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("email <> '' OR phone IS NOT NULL", name="reachable"),
        Index("ix_customers_email", "email"),
    )

    id: Mapped[Pk]
    email: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str | None] = mapped_column(String(40))
    company: Mapped[str] = mapped_column(String(200), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), index=True)
    crm_contact_id: Mapped[str | None] = mapped_column(String(40))
    market_id: Mapped[int | None] = mapped_column(ForeignKey(Market.id))
    pricelist_id: Mapped[int | None] = mapped_column(ForeignKey(Pricelist.id))
    locale: Mapped[str] = mapped_column(String(12), default="en")
    created_at: Mapped[Instant]

    account: Mapped[Account | None] = relationship(lazy="raise")
    market: Mapped[Market | None] = relationship(lazy="raise")
    pricelist: Mapped[Pricelist | None] = relationship(lazy="raise")
    addresses: Mapped[list["CustomerAddress"]] = relationship(lazy="raise", order_by="CustomerAddress.id")

    @property
    def number(self) -> str:
        """The number people say on the phone."""
        return f"C-{300 + self.id}"

    @property
    def display_name(self) -> str:
        """The name, or the e-mail or phone number where none is known."""
        return self.name or self.email or self.phone or self.number

    @property
    def first_name(self) -> str | None:
        """What to call them; None where no name is known."""
        return self.name.split()[0] if self.name.strip() else None


class CustomerAddress(Base):
    """A postal address of a customer; the default one fills new checkouts."""

    __tablename__ = "customer_addresses"

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    is_default: Mapped[bool] = mapped_column(default=True)
    street: Mapped[str] = mapped_column(String(200))
    street_2: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(120))
    region: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2))


class CustomerPurchase(Base):
    """That a customer has bought a variant, and when last; written when an order is placed."""

    __tablename__ = "customer_purchases"

    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True)
    last_at: Mapped[Instant]
