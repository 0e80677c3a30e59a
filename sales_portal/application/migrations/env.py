"""Runs migrations on the engine it is handed, or on the app's where Flask-Migrate calls."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Engine

from sales_portal.application.tables import metadata
from sales_portal.core.db import UTCDateTime


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column type into a new migration by its name, with the import it needs."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from sales_portal.core.db import UTCDateTime")
        return "UTCDateTime()"
    return False


def run(engine: Engine) -> None:
    """Bring the database of `engine` to the wanted revision in one transaction."""
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True,
                          render_item=render_item,
                          transaction_per_migration=False)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database: give DATABASE_URL.")
run(context.config.attributes.get("engine") or current_app.extensions["migrate"].db.engine)
