"""What is said or heard about a link once, and whom it is still to be said to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, Instant, Pk, UTCDateTime
from sales_portal.links.models import CheckoutLink


class LinkNotice(Base):
    """Something said or heard about a link that happens once, so that two workers never say it twice.

    `kind` is `opened` (its agent was told), `ending` (so, `about` which end), `reminded` (its customers were),
    `recovered` (one customer was, `about` which address), or `declined` (a customer wants no more mails that nobody
    writes, `about` who).
    """

    __tablename__ = "link_notices"
    __table_args__ = (
        CheckConstraint("kind IN ('opened','ending','reminded','recovered','declined')", name="kind"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    about: Mapped[str] = mapped_column(String(254), primary_key=True, default="")
    at: Mapped[Instant]


class StockWish(Base):
    """Somebody who wants to know when what a link offers is back; told once, at `told_at`."""

    __tablename__ = "link_stock_wishes"
    __table_args__ = (
        UniqueConstraint("link_id", "email"),
        Index("ix_link_stock_wishes_waiting", "link_id", sqlite_where=text("told_at IS NULL"),
              postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[Pk]
    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[Instant]
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
