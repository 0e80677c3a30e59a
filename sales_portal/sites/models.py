"""Sites: the public checkouts and their brands."""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, JsonObject, Pk
from sales_portal.sites import methods, pattern

DEFAULT_LINK_DAYS = 30
POLICIES = ("single", "first_closes", "reusable")
TAX_ON_SHIPPING = ("standard", "proportional")
CORNERS = ("sharp", "soft", "round")
THEMES = ("light", "dark")
FONTS = ("inter", "system", "own")
TEXTS = ("terms", "privacy", "returns")
CRMS = ("salesforce", "other")
MAY_NEED_A_YES = ("ignore_shipping", "ignore_tax", "multi_use")
REMINDER_DAYS = 2
INVOICE_DAYS = 14


class Site(Base):
    """One public checkout: who sells, how it looks, and what a new link starts with.

    `link_url_pattern` is None where the site serves its own pages. Where an external storefront claims the link it is
    the address of it, with `%basket%` and `%hash%`; while it lacks one, or is empty, there are no links.
    Its `font` is the portal's own, that of the customer's device, or its own one, whose digest is `own_font`; with
    `tints_header` the head of a page bears the tint of the brand.
    `logo_light` and `logo_dark` are the digests of its logos, and `has_terms` and its like say which legal texts there
    are in any language, so that a page asks for none of them. `footer_links` are labels and addresses of further links.
    With `requires_sign_in` a customer shows by a code that an e-mail address is theirs before they give details. `crm`
    says whose ids an account may be named by.
    `languages` are the codes of those its pages speak, with spaces between; the first is spoken where no other is asked
    for.
    `asks_for` names what a link of this site needs a yes for: `ignore_shipping`, `ignore_tax`, `multi_use`.
    `refund_limits` says per currency above how many minor units a refund needs a second person; one that is not named
    has no limit.
    `link_metadata` is what the metadata of a new link starts with. `waives_included_tax` says whether ignoring tax
    lowers a total whose prices include it.
    `country` is where the seller is registered for tax; without one tax is never reversed onto a buyer.
    `tax_on_shipping` is `standard`, or `proportional` to the rates of the goods. Where `links_may_wait` a link may be
    made of what is sold out, and starts when it is back. While it `is_in_maintenance` its public pages say so.
    Customers are reminded once `reminds_days_before` the end of a link, None: never; `sends_recovery_mail` says whether
    who left the checkout after giving an address is written to.
    `payment_methods` are the slugs of the ways to pay in the order they are shown, with spaces between; empty, the
    portal's first one is offered. An invoice is due after `invoice_days`, by the `bank_details` it says.
    """

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("link_days >= 1 AND (max_link_days IS NULL OR link_days <= max_link_days)", name="link_days"),
        CheckConstraint("link_policy IN ('single','first_closes','reusable')", name="link_policy"),
        CheckConstraint("tax_on_shipping IN ('standard','proportional')", name="tax_on_shipping"),
        CheckConstraint("corners IN ('sharp','soft','round')", name="corners"),
        CheckConstraint("crm IN ('salesforce','other')", name="crm"),
        CheckConstraint("font IN ('inter','system') OR (font = 'own' AND own_font IS NOT NULL)", name="font"),
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
    corners: Mapped[str] = mapped_column(String(6), default="soft", server_default="soft")
    own_font: Mapped[str | None] = mapped_column(String(32))
    font: Mapped[str] = mapped_column(String(6), default="inter", server_default="inter")
    tints_header: Mapped[bool] = mapped_column(default=False, server_default=false())
    logo_light: Mapped[str | None] = mapped_column(String(32))
    logo_dark: Mapped[str | None] = mapped_column(String(32))
    footer_links: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    has_terms: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_privacy: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_returns: Mapped[bool] = mapped_column(default=False, server_default=false())
    locale: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str] = mapped_column(String(60))
    languages: Mapped[str] = mapped_column(String(40), default="en", server_default="en")
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
    is_in_maintenance: Mapped[bool] = mapped_column(default=False, server_default=false())
    reminds_days_before: Mapped[int | None] = mapped_column(default=REMINDER_DAYS, server_default=str(REMINDER_DAYS))
    sends_recovery_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    requires_sign_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    refund_limits: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    crm: Mapped[str] = mapped_column(String(12), default="salesforce", server_default="salesforce")
    payment_methods: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    invoice_days: Mapped[int] = mapped_column(default=INVOICE_DAYS, server_default=str(INVOICE_DAYS))
    bank_details: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))

    @property
    def legal_texts(self) -> tuple[str, ...]:
        """The kinds of legal texts there are."""
        return tuple(kind for kind in TEXTS if getattr(self, f"has_{kind}"))

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages its pages speak, the first choice first."""
        return tuple(self.languages.split())

    @property
    def ways_to_pay(self) -> tuple[str, ...]:
        """The slugs of the ways to pay, in the order they are shown; empty where nobody chose."""
        return methods.split(self.payment_methods)

    @property
    def is_external(self) -> bool:
        """Whether a storefront of somebody else's claims the links."""
        return self.link_url_pattern is not None

    @property
    def has_pattern_problem(self) -> bool:
        """Whether no link can be made, since the external storefront has no complete address."""
        return self.link_url_pattern is not None and not pattern.is_complete(self.link_url_pattern)


class SiteLogo(Base):
    """A site's logo for one theme; `digest` names it in its address, so that browsers may keep it."""

    __tablename__ = "site_logos"
    __table_args__ = (CheckConstraint("theme IN ('light','dark')", name="theme"),)

    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True)
    theme: Mapped[str] = mapped_column(String(5), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), index=True)
    media_type: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SiteFont(Base):
    """A site's own font, a WOFF2; `digest` names it in its address, so that browsers may keep it."""

    __tablename__ = "site_fonts"

    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SiteText(Base):
    """A legal text of a site in one language: plain text, empty lines between paragraphs, `# ` before a heading."""

    __tablename__ = "site_texts"
    __table_args__ = (CheckConstraint("kind IN ('terms','privacy','returns')", name="kind"),)

    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
