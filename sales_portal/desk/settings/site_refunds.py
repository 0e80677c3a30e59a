"""Settings → Sites → Refunds: above how much money goes back only if a second person agrees."""

from flask import Blueprint, Response

from sales_portal.accounts.permissions import Permission
from sales_portal.desk.forms.sites import RefundsForm
from sales_portal.desk.settings import sites
from sales_portal.sites import refund_limits, service
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("site_refunds", __name__, url_prefix="/settings/sites/<slug>/refunds")


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def refunds(slug: str) -> Response:
    """The limits there are."""
    site = sites.find_site(slug)
    typed = refund_limits.written(site.refund_limits, formatting.locale())
    return sites.page("refunds", site, RefundsForm(formdata=None, data={"refund_limits": typed}))


@blueprint.post("")
@staff.permit(Permission.SETTINGS_EDIT)
def save_refunds(slug: str) -> Response:
    """Keep the limits."""
    typed = RefundsForm()
    return sites.save("refunds", slug, typed, lambda site: service.change_refund_limits(
        db.session(), site, refund_limits.read(typed.refund_limits.data or "", formatting.locale()),
        by=staff.current_staff().actor), endpoint="desk.site_refunds.refunds")
