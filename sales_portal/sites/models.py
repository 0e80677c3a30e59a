"""Sites: the public checkouts and their brands."""

from sqlalchemy import JSON, CheckConstraint, String, false
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, JsonObject, Pk

DEFAULT_LINK_DAYS = 30
REMINDER_DAYS = 2


class Site(Base):
    """One public checkout: who sells, how it looks, and what a new link starts with.

    `link_url_pattern` is set where an external storefront claims the link; it holds `%basket%` and `%hash%`.
    `asks_for` names what a link of this site needs a yes for: `ignore_shipping`, `ignore_tax`, `multi_use`.
    `link_metadata` is what the metadata of a new link starts with. `waives_included_tax` says whether ignoring tax
    lowers a total whose prices include it.
    `country` is where the seller is registered for tax; without one tax is never reversed onto a buyer.
    `tax_on_shipping` is `standard`, or `proportional` to the rates of the goods. Where `links_may_wait` a link may be
    made of what is sold out, and starts when it is back. Customers are reminded once `reminds_days_before` the end of a
    link, None: never; `sends_recovery_mail` says whether who left the checkout after giving an address is written to.
    """

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("link_days >= 1 AND (max_link_days IS NULL OR link_days <= max_link_days)", name="link_days"),
        CheckConstraint("link_policy IN ('single','first_closes','reusable')", name="link_policy"),
        CheckConstraint("tax_on_shipping IN ('standard','proportional')", name="tax_on_shipping"),
    )

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    legal_name: Mapped[str] = mapped_column(String(160))
    postal_address: Mapped[str]
    country: Mapped[str] = mapped_column(String(2), default="")
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    returns_url: Mapped[str | None] = mapped_column(String(300))
    domain: Mapped[str | None] = mapped_column(String(253), unique=True)
    brand_color: Mapped[str] = mapped_column(String(7))
    locale: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str] = mapped_column(String(60))
    link_policy: Mapped[str] = mapped_column(String(12), default="single")
    link_days: Mapped[int] = mapped_column(default=DEFAULT_LINK_DAYS)
    max_link_days: Mapped[int | None]
    allows_endless_links: Mapped[bool] = mapped_column(default=True)
    links_may_wait: Mapped[bool] = mapped_column(default=True)
    link_metadata: Mapped[JsonObject] = mapped_column(default=dict)
    link_url_pattern: Mapped[str | None] = mapped_column(String(300))
    waives_included_tax: Mapped[bool] = mapped_column(default=True)
    tax_on_shipping: Mapped[str] = mapped_column(String(12), default="standard")
    answers_within_hours: Mapped[int] = mapped_column(default=2)
    reminds_days_before: Mapped[int | None] = mapped_column(default=REMINDER_DAYS, server_default=str(REMINDER_DAYS))
    sends_recovery_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_for: Mapped[list[str]] = mapped_column(JSON, default=list)
