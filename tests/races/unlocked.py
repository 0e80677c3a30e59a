"""The portal with its locks taken off, for the controls. Never served outside a test."""

from sales_portal.application.factory import create_app
from sales_portal.web.extensions import db
from tests.races.taking_off import take_off

app = create_app()
with app.app_context():
    take_off(db.engine)
