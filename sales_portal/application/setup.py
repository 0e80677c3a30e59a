"""Making a database ready: the schema, the ledger of facts that must exist, and the demo shop in demo mode."""

from flask import Flask
from sqlalchemy import select

from sales_portal.application import migrating
from sales_portal.application.demo import shop
from sales_portal.sites.models import Site
from sales_portal.web.extensions import db


def prepare(app: Flask) -> bool:
    """Migrate the database of `app` and, in demo mode, fill it where it is empty; True where it was filled now."""
    with app.app_context():
        migrating.upgrade(db.engine)
        if not app.config["DEMO"] or db.session.scalar(select(Site.id).limit(1)) is not None:
            db.session.rollback()
            return False
        db.session.rollback()
        shop.load_demo(db.session(), app.config["PUBLIC_BASE_URL"])
        db.session.commit()
        return True
