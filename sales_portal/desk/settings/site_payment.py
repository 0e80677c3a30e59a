"""How a site's customers pay: which ways in which order, and what its invoices say."""

from typing import Any

from flask import Blueprint, Response, current_app

from sales_portal.accounts.permissions import Permission
from sales_portal.desk.forms import places
from sales_portal.desk.forms.sites import PaymentForm
from sales_portal.desk.settings.sites import find_site, page, save
from sales_portal.payments import methods
from sales_portal.payments.methods import Way
from sales_portal.sites import service
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("site_payment", __name__, url_prefix="/settings/sites/<slug>/payment")


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def payment(slug: str) -> Response:
    """The ways to pay there are, with the place each has."""
    site = find_site(slug)
    return page("payment", site, PaymentForm.of(site), **_shown())


@blueprint.post("")
@staff.permit(Permission.SETTINGS_EDIT)
def save_payment(slug: str) -> Response:
    """Keep the ways to pay, their order, and what invoices say."""
    typed = PaymentForm()
    return save("payment", slug, typed, lambda site: service.change_payment(
        db.session(), site, typed.places.data, known=_ways(), invoice_days=typed.invoice_days.data or "",
        bank_details=typed.bank_details.data or "", by=staff.current_staff().actor), **_shown())


def _ways() -> dict[str, Way]:
    return methods.available(current_app.extensions["gateways"])


def _shown() -> dict[str, Any]:
    there = [way.method for way in _ways().values()]
    return {"methods": there, "place_options": places.options(len(there))}
