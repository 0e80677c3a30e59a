"""The first schema."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


LEDGERS = ("history", "payment_events", "stock_moves")
TRANSITIONS = (
    ("new", "created"),
    ("created", "authorised"),
    ("created", "declined"),
    ("created", "cancelled"),
    ("created", "captured_auto"),
    ("authorised", "capturing"),
    ("authorised", "void_pending"),
    ("capturing", "captured"),
    ("capturing", "capture_failed"),
    ("void_pending", "voided"),
    ("void_pending", "refund_pending"),
    ("captured_auto", "captured"),
    ("captured_auto", "refund_pending"),
    ("captured", "refund_pending"),
    ("refund_pending", "refunded"),
    ("refund_pending", "captured"),
    ("cancelled", "void_pending"),
    ("cancelled", "refund_pending"),
    ("declined", "void_pending"),
    ("voided", "refund_pending"),
    ("capture_failed", "captured"),
)


def protect_ledgers() -> None:
    """Let nobody change or delete a row of an append-only table."""
    if op.get_bind().dialect.name == "sqlite":
        for table in LEDGERS:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in LEDGERS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("crm_id", sa.String(length=40), nullable=True),
        sa.Column("vat_number", sa.String(length=40), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("crm_id", name=op.f("uq_accounts_crm_id")),
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("hint", sa.String(length=200), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("slug", name=op.f("uq_custom_fields_slug")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("sealed_url", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('queued','sent','failed')", name=op.f("ck_deliveries_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_subject", ["subject_type", "subject_id", "id"], unique=False)

    op.create_table(
        "discounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("applies_to", sa.String(length=10), nullable=False),
        sa.Column("is_combinable", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("fixed_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("uses_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("applies_to IN ('order','products')", name=op.f("ck_discounts_applies_to")),
        sa.CheckConstraint("(percent IS NULL) <> (fixed_amount IS NULL)", name=op.f("ck_discounts_one_kind")),
        sa.CheckConstraint(
            "currency IS NOT NULL OR (fixed_amount IS NULL AND minimum_amount IS NULL)",
            name=op.f("ck_discounts_currency"),
        ),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100000", name=op.f("ck_discounts_percent")),
        sa.CheckConstraint("usage_limit IS NULL OR uses_count <= usage_limit", name=op.f("ck_discounts_uses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discounts")),
        sa.UniqueConstraint("code", name=op.f("uq_discounts_code")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("context_type", sa.String(length=40), nullable=True),
        sa.Column("context_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_at", ["at"], unique=False)
        batch_op.create_index("ix_history_context", ["context_type", "context_id", "id"], unique=False)
        batch_op.create_index("ix_history_subject", ["subject_type", "subject_id", "id"], unique=False)
        batch_op.create_index(
            "uq_history_order_placed_once",
            ["subject_id"],
            unique=True,
            sqlite_where=sa.text("name = 'order.placed'"),
            postgresql_where=sa.text("name = 'order.placed'"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dedupe", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("dead_at", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name=op.f("ck_outbox_done_or_dead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "topic", "subject_type", "subject_id", "dedupe", name=op.f("uq_outbox_topic_subject_type_subject_id_dedupe")
        ),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_ready",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )

    op.create_table(
        "payment_transitions",
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("from_status", "to_status", name=op.f("pk_payment_transitions")),
    )
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per_euro_millionths", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint("per_euro_millionths > 0", name=op.f("ck_exchange_rates_per_euro")),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "price_reasons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_reasons")),
        sa.UniqueConstraint("text", name=op.f("uq_price_reasons_text")),
    )
    op.create_table(
        "pricelists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pricelists")),
        sa.UniqueConstraint("slug", name=op.f("uq_pricelists_slug")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tax_class", sa.String(length=12), nullable=False),
        sa.Column("is_pay_what_you_want", sa.Boolean(), nullable=False),
        sa.Column("image", sa.String(length=300), nullable=True),
        sa.Column("image_source", sa.String(length=2000), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("unpublished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('goods','training','subscription','service')", name=op.f("ck_products_kind")),
        sa.CheckConstraint("tax_class IN ('standard','reduced','zero')", name=op.f("ck_products_tax_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("discount_limit", sa.Integer(), nullable=True),
        sa.Column("minimum_margin", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("slug", name=op.f("uq_roles_slug")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=160), nullable=False),
        sa.Column("postal_address", sa.String(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("returns_url", sa.String(length=300), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("brand_color", sa.String(length=7), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("link_policy", sa.String(length=12), nullable=False),
        sa.Column("link_days", sa.Integer(), nullable=False),
        sa.Column("max_link_days", sa.Integer(), nullable=True),
        sa.Column("allows_endless_links", sa.Boolean(), nullable=False),
        sa.Column("links_may_wait", sa.Boolean(), nullable=False),
        sa.Column("link_metadata", sa.JSON(), nullable=False),
        sa.Column("link_url_pattern", sa.String(length=300), nullable=True),
        sa.Column("waives_included_tax", sa.Boolean(), nullable=False),
        sa.Column("tax_on_shipping", sa.String(length=12), nullable=False),
        sa.Column("answers_within_hours", sa.Integer(), nullable=False),
        sa.Column("asks_for", sa.JSON(), nullable=False),
        sa.CheckConstraint("link_policy IN ('single','first_closes','reusable')", name=op.f("ck_sites_link_policy")),
        sa.CheckConstraint("tax_on_shipping IN ('standard','proportional')", name=op.f("ck_sites_tax_on_shipping")),
        sa.CheckConstraint(
            "link_days >= 1 AND (max_link_days IS NULL OR link_days <= max_link_days)", name=op.f("ck_sites_link_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("domain", name=op.f("uq_sites_domain")),
        sa.UniqueConstraint("slug", name=op.f("uq_sites_slug")),
    )
    op.create_table(
        "tax_rates",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_class", sa.String(length=12), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.CheckConstraint("rate BETWEEN 0 AND 100000", name=op.f("ck_tax_rates_rate")),
        sa.PrimaryKeyConstraint("country", "tax_class", name=op.f("pk_tax_rates")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "test_intents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("page_token_sha256", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=80), nullable=False),
        sa.Column("payment_public_id", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_intents")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_test_intents_idempotency_key")),
        sa.UniqueConstraint("page_token_sha256", name=op.f("uq_test_intents_page_token_sha256")),
        sa.UniqueConstraint("reference", name=op.f("uq_test_intents_reference")),
    )
    with op.batch_alter_table("test_intents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_intents_payment_public_id"), ["payment_public_id"], unique=False)

    op.create_table(
        "visitor_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_visitor_sessions_token_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_visitor_sessions_token_sha256")),
    )
    op.create_table(
        "warehouses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouses")),
        sa.UniqueConstraint("slug", name=op.f("uq_warehouses_slug")),
    )
    op.create_table(
        "discount_products",
        sa.Column("discount_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_discount_products_discount_id_discounts")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_discount_products_product_id_products")),
        sa.PrimaryKeyConstraint("discount_id", "product_id", name=op.f("pk_discount_products")),
    )
    with op.batch_alter_table("discount_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discount_products_product_id"), ["product_id"], unique=False)

    op.create_table(
        "markets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("backorder_weeks", sa.Integer(), nullable=True),
        sa.CheckConstraint("backorder_weeks >= 1", name=op.f("ck_markets_backorder")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_markets_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_markets")),
        sa.UniqueConstraint("slug", name=op.f("uq_markets_slug")),
    )
    op.create_table(
        "role_permissions",
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("permission", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_role_permissions_role_id_roles")),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_role_permissions")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("discount_limit", sa.Integer(), nullable=True),
        sa.Column("minimum_margin", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_staff_role_id_roles")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_staff_site_id_sites")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_staff_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("barcode", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.CheckConstraint("pack_size >= 1", name=op.f("ck_variants_pack_size")),
        sa.CheckConstraint("weight_grams >= 0", name=op.f("ck_variants_weight")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_variants_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint("sku", name=op.f("uq_variants_sku")),
    )
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.create_index(
            "ix_variants_barcode",
            ["barcode"],
            unique=True,
            sqlite_where=sa.text("barcode IS NOT NULL"),
            postgresql_where=sa.text("barcode IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_variants_product_id"), ["product_id"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("crm_contact_id", sa.String(length=40), nullable=True),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pricelist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("email <> '' OR phone IS NOT NULL", name=op.f("ck_customers_reachable")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_customers_account_id_accounts")),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_customers_market_id_markets")),
        sa.ForeignKeyConstraint(["pricelist_id"], ["pricelists.id"], name=op.f("fk_customers_pricelist_id_pricelists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_customers_email", ["email"], unique=False)

    op.create_table(
        "market_countries",
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_market_countries_market_id_markets")),
        sa.PrimaryKeyConstraint("market_id", "country", name=op.f("pk_market_countries")),
    )
    op.create_table(
        "market_warehouses",
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_market_warehouses_market_id_markets")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_market_warehouses_warehouse_id_warehouses")
        ),
        sa.PrimaryKeyConstraint("market_id", "warehouse_id", name=op.f("pk_market_warehouses")),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_offers_variant_id_variants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("path", name=op.f("uq_offers_path")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offers_public_id")),
        sa.UniqueConstraint("variant_id", name=op.f("uq_offers_variant_id")),
    )
    op.create_table(
        "pricelist_markets",
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pricelist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_pricelist_markets_market_id_markets")),
        sa.ForeignKeyConstraint(
            ["pricelist_id"], ["pricelists.id"], name=op.f("fk_pricelist_markets_pricelist_id_pricelists")
        ),
        sa.PrimaryKeyConstraint("market_id", "pricelist_id", name=op.f("pk_pricelist_markets")),
    )
    op.create_table(
        "prices",
        sa.Column("pricelist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=True),
        sa.Column("cost_amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_prices_amount")),
        sa.CheckConstraint("cost_amount IS NULL OR cost_amount >= 0", name=op.f("ck_prices_cost")),
        sa.CheckConstraint(
            "minimum_amount IS NULL OR minimum_amount BETWEEN 0 AND amount", name=op.f("ck_prices_minimum")
        ),
        sa.ForeignKeyConstraint(["pricelist_id"], ["pricelists.id"], name=op.f("fk_prices_pricelist_id_pricelists")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_prices_variant_id_variants")),
        sa.PrimaryKeyConstraint("pricelist_id", "variant_id", name=op.f("pk_prices")),
    )
    with op.batch_alter_table("prices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prices_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "search_words",
        sa.Column("word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_code", sa.Boolean(), nullable=False),
        sa.Column("beginnings", sa.BigInteger(), nullable=False),
        sa.Column("is_sampled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_search_words_variant_id_variants")),
        sa.PrimaryKeyConstraint(
            "word", "variant_id", name=op.f("pk_search_words"), postgresql_include=["beginnings"]
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.create_index(
            "ix_search_words_codes",
            ["word", "variant_id"],
            unique=False,
            sqlite_where=sa.text("is_code = 1"),
            postgresql_where=sa.text("is_code"),
        )
        batch_op.create_index(
            "ix_search_words_sample",
            ["word"],
            unique=False,
            sqlite_where=sa.text("is_sampled = 1"),
            postgresql_where=sa.text("is_sampled"),
        )
        batch_op.create_index("ix_search_words_variant", ["variant_id", "word"], unique=False)

    op.create_table(
        "shipping_methods",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("needs_phone", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("min_days BETWEEN 0 AND max_days", name=op.f("ck_shipping_methods_days")),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_shipping_methods_market_id_markets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_methods")),
    )
    with op.batch_alter_table("shipping_methods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipping_methods_market_id"), ["market_id"], unique=False)

    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_staff_sessions_token_sha256")),
    )
    op.create_table(
        "stock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.CheckConstraint("held <= on_hand", name=op.f("ck_stock_held_on_hand")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_stock_held")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_on_hand")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_stock_variant_id_variants")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_stock_warehouse_id_warehouses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint("variant_id", "warehouse_id", name=op.f("uq_stock_variant_id_warehouse_id")),
    )
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "training_events",
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_events_ends_after_start")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_training_events_variant_id_variants")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_training_events")),
    )
    op.create_table(
        "customer_addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("street_2", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_addresses_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_addresses")),
    )
    with op.batch_alter_table("customer_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_addresses_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_purchases",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_purchases_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_customer_purchases_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("customer_id", "variant_id", name=op.f("pk_customer_purchases")),
    )
    op.create_table(
        "offer_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("interval", sa.String(length=8), nullable=False),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("trial_days", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("interval IN ('month','year')", name=op.f("ck_offer_versions_interval")),
        sa.CheckConstraint("interval_count >= 1 AND trial_days >= 0", name=op.f("ck_offer_versions_counts")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_versions_offer_id_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_versions")),
        sa.UniqueConstraint("offer_id", "number", name=op.f("uq_offer_versions_offer_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offer_versions_public_id")),
    )
    op.create_table(
        "selections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pricelist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("has_changed_currency", sa.Boolean(), nullable=False),
        sa.Column("has_discounts", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("ignores_shipping", sa.Boolean(), nullable=False),
        sa.Column("ignores_tax", sa.Boolean(), nullable=False),
        sa.Column("ignores_tax_reason", sa.String(length=200), nullable=False),
        sa.Column("customer_note", sa.String(length=500), nullable=False),
        sa.Column("internal_note", sa.String(length=5000), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stands_at", sa.Integer(), nullable=True),
        sa.Column("steps_back", sa.Integer(), nullable=False),
        sa.Column("steps_ahead", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('draft','linked','won','archived')", name=op.f("ck_selections_status")),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_selections_agent_id_staff")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_selections_customer_id_customers")),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_selections_market_id_markets")),
        sa.ForeignKeyConstraint(
            ["pricelist_id"], ["pricelists.id"], name=op.f("fk_selections_pricelist_id_pricelists")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_selections_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
    )
    with op.batch_alter_table("selections", schema=None) as batch_op:
        batch_op.create_index("ix_selections_agent", ["agent_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_selections_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_selections_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shipping_rates",
        sa.Column("method_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("up_to_grams", sa.Integer(), nullable=False),
        sa.Column("from_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("free_over_amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "amount >= 0 AND up_to_grams > 0 AND from_amount >= 0", name=op.f("ck_shipping_rates_amount")
        ),
        sa.ForeignKeyConstraint(
            ["method_id"], ["shipping_methods.id"], name=op.f("fk_shipping_rates_method_id_shipping_methods")
        ),
        sa.PrimaryKeyConstraint("method_id", "country", "up_to_grams", "from_amount", name=op.f("pk_shipping_rates")),
    )
    op.create_table(
        "stock_holds",
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_holds_quantity")),
        sa.ForeignKeyConstraint(["stock_id"], ["stock.id"], name=op.f("fk_stock_holds_stock_id_stock")),
        sa.PrimaryKeyConstraint("payment_id", "stock_id", name=op.f("pk_stock_holds")),
    )
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line_no", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(reason IN ('sale','cancel')) = (order_id IS NOT NULL)", name=op.f("ck_stock_moves_order")),
        sa.CheckConstraint("reason <> 'cancel' OR delta > 0", name=op.f("ck_stock_moves_cancel")),
        sa.CheckConstraint("reason <> 'sale' OR delta < 0", name=op.f("ck_stock_moves_sale")),
        sa.CheckConstraint("reason IN ('initial','sale','cancel','adjust')", name=op.f("ck_stock_moves_reason")),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_stock_moves_delta")),
        sa.ForeignKeyConstraint(["stock_id"], ["stock.id"], name=op.f("fk_stock_moves_stock_id_stock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_moves_stock_id"), ["stock_id"], unique=False)
        batch_op.create_index(
            "uq_stock_moves_once",
            ["order_id", "line_no", "reason"],
            unique=True,
            sqlite_where=sa.text("order_id IS NOT NULL"),
            postgresql_where=sa.text("order_id IS NOT NULL"),
        )

    op.create_table(
        "approvals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("wants_link", sa.Boolean(), nullable=False),
        sa.Column("wants_mail", sa.Boolean(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("offer", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_approvals_decided_at")),
        sa.CheckConstraint("link_id IS NULL OR status = 'approved'", name=op.f("ck_approvals_link")),
        sa.CheckConstraint("status IN ('waiting','approved','rejected','withdrawn')", name=op.f("ck_approvals_status")),
        sa.CheckConstraint(
            "status NOT IN ('approved','rejected') OR decided_by_id IS NOT NULL", name=op.f("ck_approvals_decided_by")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_approvals_not_ones_own")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_approvals_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_approvals_decided_by_id_staff")),
        sa.ForeignKeyConstraint(["selection_id"], ["selections.id"], name=op.f("fk_approvals_selection_id_selections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("request_key", name=op.f("uq_approvals_request_key")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index("ix_approvals_selection", ["selection_id", "id"], unique=False)
        batch_op.create_index("ix_approvals_status", ["status", "id"], unique=False)
        batch_op.create_index(
            "uq_approvals_one_waiting",
            ["selection_id"],
            unique=True,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.create_table(
        "checkout_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approval_ids", sa.JSON(), nullable=False),
        sa.Column("selection_version", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("vat_number", sa.String(length=40), nullable=False),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pricelist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("has_discounts", sa.Boolean(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.String(length=12), nullable=False),
        sa.Column("max_orders", sa.Integer(), nullable=True),
        sa.Column("orders_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("progress", sa.String(length=16), nullable=False),
        sa.Column("changes", sa.String(length=10), nullable=False),
        sa.Column("may_change_quantities", sa.Boolean(), nullable=False),
        sa.Column("may_add_products", sa.Boolean(), nullable=False),
        sa.Column("max_per_line", sa.Integer(), nullable=True),
        sa.Column("ignores_shipping", sa.Boolean(), nullable=False),
        sa.Column("ignores_tax", sa.Boolean(), nullable=False),
        sa.Column("allows_discount_codes", sa.Boolean(), nullable=False),
        sa.Column("skips_landing", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("customer_note", sa.String(length=500), nullable=False),
        sa.Column("prefill", sa.JSON(), nullable=False),
        sa.Column("prefill_locks", sa.JSON(), nullable=False),
        sa.Column("only_email_may_pay", sa.Boolean(), nullable=False),
        sa.Column("preselected_line", sa.Integer(), nullable=True),
        sa.Column("price_mode", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("crm_account_id", sa.String(length=40), nullable=False),
        sa.Column("crm_contact_id", sa.String(length=40), nullable=False),
        sa.Column("after_message", sa.String(length=500), nullable=False),
        sa.Column("after_url", sa.String(length=2000), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("items_count", sa.Integer(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("waits_for_stock", sa.Boolean(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("paused_at", UTCDateTime(), nullable=True),
        sa.Column("consumed_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=False),
        sa.Column("replaced_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'consumed') = (consumed_at IS NOT NULL)", name=op.f("ck_checkout_links_consumed")
        ),
        sa.CheckConstraint("(status = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_checkout_links_revoked")),
        sa.CheckConstraint("NOT skips_landing OR policy = 'reusable'", name=op.f("ck_checkout_links_skip_landing")),
        sa.CheckConstraint("changes IN ('nothing','more','pick_one')", name=op.f("ck_checkout_links_changes")),
        sa.CheckConstraint(
            "max_orders IS NULL OR (policy = 'reusable' AND max_orders >= 1)", name=op.f("ck_checkout_links_max_orders")
        ),
        sa.CheckConstraint("policy <> 'single' OR orders_count <= 1", name=op.f("ck_checkout_links_single")),
        sa.CheckConstraint("policy IN ('single','first_closes','reusable')", name=op.f("ck_checkout_links_policy")),
        sa.CheckConstraint(
            "preselected_line IS NULL OR (changes = 'pick_one' AND preselected_line >= 1)",
            name=op.f("ck_checkout_links_preselected"),
        ),
        sa.CheckConstraint("price_mode IN ('frozen','current')", name=op.f("ck_checkout_links_price_mode")),
        sa.CheckConstraint(
            "progress IN ('not_sent','sent','delivered','opened','checkout_started','payment_failed','paid','bounced')",
            name=op.f("ck_checkout_links_progress"),
        ),
        sa.CheckConstraint(
            "status IN ('active','consumed','revoked','expired')", name=op.f("ck_checkout_links_status")
        ),
        sa.CheckConstraint("expires_at IS NULL OR expires_at > created_at", name=op.f("ck_checkout_links_expiry")),
        sa.CheckConstraint(
            "orders_count >= 0 AND (max_orders IS NULL OR orders_count <= max_orders)",
            name=op.f("ck_checkout_links_orders_count"),
        ),
        sa.CheckConstraint(
            "starts_at IS NULL OR expires_at IS NULL OR expires_at > starts_at", name=op.f("ck_checkout_links_start")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_checkout_links_account_id_accounts")),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_checkout_links_agent_id_staff")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_checkout_links_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_checkout_links_market_id_markets")),
        sa.ForeignKeyConstraint(
            ["pricelist_id"], ["pricelists.id"], name=op.f("fk_checkout_links_pricelist_id_pricelists")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["checkout_links.id"], name=op.f("fk_checkout_links_replaced_by_id_checkout_links")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_checkout_links_selection_id_selections")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_checkout_links_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_links")),
        sa.UniqueConstraint("request_key", name=op.f("uq_checkout_links_request_key")),
    )
    with op.batch_alter_table("checkout_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkout_links_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_checkout_links_agent", ["agent_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkout_links_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_checkout_links_selection", ["selection_id"], unique=False)
        batch_op.create_index("ix_checkout_links_status", ["status", "progress", "id"], unique=False)
        batch_op.create_index(
            "ix_checkout_links_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("waits_for_stock = 1"),
            postgresql_where=sa.text("waits_for_stock"),
        )

    op.create_table(
        "selection_discounts",
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("discount_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_selection_discounts_discount_id_discounts")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_discounts_selection_id_selections")
        ),
        sa.PrimaryKeyConstraint("selection_id", "discount_id", name=op.f("pk_selection_discounts")),
    )
    with op.batch_alter_table("selection_discounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selection_discounts_discount_id"), ["discount_id"], unique=False)

    op.create_table(
        "selection_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("tax_class", sa.String(length=12), nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("special_price_amount", sa.BigInteger(), nullable=True),
        sa.Column("special_price_reason", sa.String(length=200), nullable=False),
        sa.Column("chosen_amount", sa.BigInteger(), nullable=True),
        sa.Column("customer_note", sa.String(length=300), nullable=False),
        sa.Column("internal_note", sa.String(length=300), nullable=False),
        sa.Column("learners", sa.JSON(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("allows_backorder", sa.Boolean(), nullable=False),
        sa.Column("waits_for_stock", sa.Boolean(), nullable=False),
        sa.CheckConstraint("variant_id IS NOT NULL OR title <> ''", name=op.f("ck_selection_lines_ad_hoc")),
        sa.CheckConstraint("chosen_amount IS NULL OR chosen_amount >= 0", name=op.f("ck_selection_lines_chosen")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10000", name=op.f("ck_selection_lines_quantity")),
        sa.CheckConstraint(
            "special_price_amount IS NULL OR special_price_amount >= 0", name=op.f("ck_selection_lines_special_price")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_lines_selection_id_selections")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_selection_lines_variant_id_variants")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_selection_lines_warehouse_id_warehouses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_lines")),
        sa.UniqueConstraint("selection_id", "position", name=op.f("uq_selection_lines_selection_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "selection_presences",
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_presences_selection_id_selections")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_selection_presences_staff_id_staff")),
        sa.PrimaryKeyConstraint("selection_id", "staff_id", name=op.f("pk_selection_presences")),
    )
    op.create_table(
        "selection_requests",
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_requests_selection_id_selections")
        ),
        sa.PrimaryKeyConstraint("selection_id", "key", name=op.f("pk_selection_requests")),
    )
    op.create_table(
        "selection_revisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous_version", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_revisions_selection_id_selections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_revisions")),
        sa.UniqueConstraint("selection_id", "version", name=op.f("uq_selection_revisions_selection_id_version")),
    )
    with op.batch_alter_table("selection_revisions", schema=None) as batch_op:
        batch_op.create_index("ix_selection_revisions_selection", ["selection_id", "id"], unique=False)

    op.create_table(
        "approval_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approval_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('line','whole','terms')", name=op.f("ck_approval_items_kind")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approval_items_approval_id_approvals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_items")),
        sa.UniqueConstraint("approval_id", "fingerprint", name=op.f("uq_approval_items_approval_id_fingerprint")),
    )
    op.create_table(
        "checkout_link_discounts",
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("discount_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_checkout_link_discounts_discount_id_discounts")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_checkout_link_discounts_link_id_checkout_links")
        ),
        sa.PrimaryKeyConstraint("link_id", "discount_id", name=op.f("pk_checkout_link_discounts")),
    )
    with op.batch_alter_table("checkout_link_discounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkout_link_discounts_discount_id"), ["discount_id"], unique=False)

    op.create_table(
        "checkout_link_lines",
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=700), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("image", sa.String(length=300), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("list_amount", sa.BigInteger(), nullable=False),
        sa.Column("is_special_price", sa.Boolean(), nullable=False),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=True),
        sa.Column("tax_class", sa.String(length=12), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("customer_note", sa.String(length=300), nullable=False),
        sa.Column("learners", sa.JSON(), nullable=False),
        sa.Column("backorder_weeks", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10000", name=op.f("ck_checkout_link_lines_quantity")),
        sa.CheckConstraint("unit_amount >= 0 AND list_amount >= 0", name=op.f("ck_checkout_link_lines_amount")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_checkout_link_lines_link_id_checkout_links")
        ),
        sa.ForeignKeyConstraint(
            ["offer_version_id"],
            ["offer_versions.id"],
            name=op.f("fk_checkout_link_lines_offer_version_id_offer_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_checkout_link_lines_product_id_products")
        ),
        sa.ForeignKeyConstraint(["stock_id"], ["stock.id"], name=op.f("fk_checkout_link_lines_stock_id_stock")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_checkout_link_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("link_id", "line_no", name=op.f("pk_checkout_link_lines")),
    )
    with op.batch_alter_table("checkout_link_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkout_link_lines_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "checkout_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("completed_at", UTCDateTime(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("street_2", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("custom_fields", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("shipping_method_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("has_discounts", sa.Boolean(), nullable=False),
        sa.Column("details_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open','completed','voided','expired')", name=op.f("ck_checkout_sessions_status")
        ),
        sa.CheckConstraint("total_amount >= 0", name=op.f("ck_checkout_sessions_total")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_checkout_sessions_link_id_checkout_links")
        ),
        sa.ForeignKeyConstraint(
            ["shipping_method_id"],
            ["shipping_methods.id"],
            name=op.f("fk_checkout_sessions_shipping_method_id_shipping_methods"),
        ),
        sa.ForeignKeyConstraint(
            ["visitor_session_id"],
            ["visitor_sessions.id"],
            name=op.f("fk_checkout_sessions_visitor_session_id_visitor_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_sessions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_checkout_sessions_public_id")),
        sa.UniqueConstraint(
            "visitor_session_id", "link_id", name=op.f("uq_checkout_sessions_visitor_session_id_link_id")
        ),
    )
    with op.batch_alter_table("checkout_sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_checkout_sessions_open",
            ["link_id"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "link_addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_link_addresses_token_digest")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_link_addresses_link_id_checkout_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_addresses")),
        sa.UniqueConstraint("public_id", name=op.f("uq_link_addresses_public_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_addresses_token_sha256")),
    )
    with op.batch_alter_table("link_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_addresses_link_id"), ["link_id"], unique=False)

    op.create_table(
        "checkout_session_discounts",
        sa.Column("checkout_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("discount_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkout_session_id"],
            ["checkout_sessions.id"],
            name=op.f("fk_checkout_session_discounts_checkout_session_id_checkout_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_checkout_session_discounts_discount_id_discounts")
        ),
        sa.PrimaryKeyConstraint("checkout_session_id", "discount_id", name=op.f("pk_checkout_session_discounts")),
    )
    with op.batch_alter_table("checkout_session_discounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkout_session_discounts_discount_id"), ["discount_id"], unique=False)

    op.create_table(
        "checkout_session_lines",
        sa.Column("checkout_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=700), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("image", sa.String(length=300), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("list_amount", sa.BigInteger(), nullable=False),
        sa.Column("is_special_price", sa.Boolean(), nullable=False),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=True),
        sa.Column("tax_class", sa.String(length=12), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("customer_note", sa.String(length=300), nullable=False),
        sa.Column("learners", sa.JSON(), nullable=False),
        sa.Column("backorder_weeks", sa.Integer(), nullable=True),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_waived_amount", sa.BigInteger(), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("line_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('item','shipping','fee')", name=op.f("ck_checkout_session_lines_kind")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10000", name=op.f("ck_checkout_session_lines_quantity")),
        sa.CheckConstraint(
            "unit_amount >= 0 AND tax_amount >= 0 AND line_amount >= 0", name=op.f("ck_checkout_session_lines_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["checkout_session_id"],
            ["checkout_sessions.id"],
            name=op.f("fk_checkout_session_lines_checkout_session_id_checkout_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_version_id"],
            ["offer_versions.id"],
            name=op.f("fk_checkout_session_lines_offer_version_id_offer_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_checkout_session_lines_product_id_products")
        ),
        sa.ForeignKeyConstraint(["stock_id"], ["stock.id"], name=op.f("fk_checkout_session_lines_stock_id_stock")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_checkout_session_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("checkout_session_id", "line_no", name=op.f("pk_checkout_session_lines")),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checkout_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("gateway_reference", sa.String(length=120), nullable=True),
        sa.Column("idempotency_key", sa.String(length=80), nullable=False),
        sa.Column("capture_mode", sa.String(length=8), nullable=False),
        sa.Column("is_leased", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("captured_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("steps_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("started_until", UTCDateTime(), nullable=False),
        sa.Column("capture_before", UTCDateTime(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("capture_mode IN ('manual','auto','by_hand')", name=op.f("ck_payments_capture_mode")),
        sa.CheckConstraint("purpose IN ('full','deposit','balance')", name=op.f("ck_payments_purpose")),
        sa.CheckConstraint(
            "status IN ('captured','captured_auto','refund_pending','refunded') OR captured_amount = 0",
            name=op.f("ck_payments_captured_status"),
        ),
        sa.CheckConstraint(
            "status IN ('created','authorised','captured_auto','capturing','captured','capture_failed','declined','cancelled','void_pending','voided','refund_pending','refunded')",
            name=op.f("ck_payments_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("captured_amount IN (0, amount)", name=op.f("ck_payments_captured")),
        sa.CheckConstraint("refunded_amount BETWEEN 0 AND captured_amount", name=op.f("ck_payments_refunded")),
        sa.ForeignKeyConstraint(
            ["checkout_session_id"],
            ["checkout_sessions.id"],
            name=op.f("fk_payments_checkout_session_id_checkout_sessions"),
        ),
        sa.ForeignKeyConstraint(["link_id"], ["checkout_links.id"], name=op.f("fk_payments_link_id_checkout_links")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("gateway_reference", name=op.f("uq_payments_gateway_reference")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payments_idempotency_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payments_public_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_checkout_session_id"), ["checkout_session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_link_id"), ["link_id"], unique=False)
        batch_op.create_index(
            "uq_payments_one_lease",
            ["link_id"],
            unique=True,
            sqlite_where=sa.text("is_leased AND status IN ('created','captured_auto')"),
            postgresql_where=sa.text("is_leased AND status IN ('created','captured_auto')"),
        )
        batch_op.create_index(
            "uq_payments_one_live",
            ["checkout_session_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("status IN ('created','authorised','captured_auto','capturing','captured')"),
            postgresql_where=sa.text("status IN ('created','authorised','captured_auto','capturing','captured')"),
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checkout_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("custom_fields", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("shipping_name", sa.String(length=120), nullable=False),
        sa.Column("receipt_token_sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt_token_sealed", sa.String(), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=False),
        sa.Column("paid_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("status IN ('placed','paid','fulfilled','cancelled')", name=op.f("ck_orders_status")),
        sa.CheckConstraint("payment_id IS NOT NULL OR total_amount = 0", name=op.f("ck_orders_payment")),
        sa.CheckConstraint("total_amount >= 0", name=op.f("ck_orders_total")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_orders_account_id_accounts")),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_orders_agent_id_staff")),
        sa.ForeignKeyConstraint(
            ["checkout_session_id"],
            ["checkout_sessions.id"],
            name=op.f("fk_orders_checkout_session_id_checkout_sessions"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id_customers")),
        sa.ForeignKeyConstraint(["link_id"], ["checkout_links.id"], name=op.f("fk_orders_link_id_checkout_links")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_orders_payment_id_payments")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_orders_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("checkout_session_id", name=op.f("uq_orders_checkout_session_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_orders_payment_id")),
        sa.UniqueConstraint("receipt_token_sha256", name=op.f("uq_orders_receipt_token_sha256")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_orders_agent", ["agent_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_link_id"), ["link_id"], unique=False)
        batch_op.create_index(
            "uq_orders_one_per_single_link",
            ["link_id"],
            unique=True,
            sqlite_where=sa.text("is_exclusive AND status <> 'cancelled'"),
            postgresql_where=sa.text("is_exclusive AND status <> 'cancelled'"),
        )

    op.create_table(
        "payment_events",
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_status", "to_status"],
            ["payment_transitions.from_status", "payment_transitions.to_status"],
            name=op.f("fk_payment_events_from_status_to_status_payment_transitions"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_events_payment_id_payments")),
        sa.PrimaryKeyConstraint("payment_id", "seq", name=op.f("pk_payment_events")),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=700), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("image", sa.String(length=300), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("backordered_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("list_amount", sa.BigInteger(), nullable=False),
        sa.Column("is_special_price", sa.Boolean(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_waived_amount", sa.BigInteger(), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("line_amount", sa.BigInteger(), nullable=False),
        sa.Column("customer_note", sa.String(length=300), nullable=False),
        sa.Column("learners", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('item','shipping','fee')", name=op.f("ck_order_lines_kind")),
        sa.CheckConstraint("backordered_quantity BETWEEN 0 AND quantity", name=op.f("ck_order_lines_backordered")),
        sa.ForeignKeyConstraint(
            ["offer_version_id"], ["offer_versions.id"], name=op.f("fk_order_lines_offer_version_id_offer_versions")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")),
        sa.ForeignKeyConstraint(["stock_id"], ["stock.id"], name=op.f("fk_order_lines_stock_id_stock")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id_variants")),
        sa.PrimaryKeyConstraint("order_id", "line_no", name=op.f("pk_order_lines")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("trial_ends_on", sa.Date(), nullable=True),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.CheckConstraint("status IN ('trialing','active','lapsed')", name=op.f("ck_subscriptions_status")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_subscriptions_account_id_accounts")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_subscriptions_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["offer_version_id"], ["offer_versions.id"], name=op.f("fk_subscriptions_offer_version_id_offer_versions")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_subscriptions_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subscriptions_order_id"), ["order_id"], unique=False)

    op.bulk_insert(
        sa.table("payment_transitions", sa.column("from_status"), sa.column("to_status")),
        [{"from_status": old, "to_status": new} for old, new in TRANSITIONS],
    )
    protect_ledgers()


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise NotImplementedError("Restore a backup instead: the first schema has nothing before it.")
