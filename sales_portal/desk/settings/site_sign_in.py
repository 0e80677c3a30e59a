"""Whether a site's customers sign in: a second press confirms what that breaks."""

from flask import Blueprint, Response, flash, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.sites import ANONYMOUS, REQUIRED, SignInForm
from sales_portal.desk.settings.sites import find_site, page
from sales_portal.links import signing_in
from sales_portal.links.errors import BreaksAccountLinks
from sales_portal.sites import service
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("site_sign_in", __name__, url_prefix="/settings/sites/<slug>/sign-in")

CHOICES = {ANONYMOUS: False, REQUIRED: True}


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def sign_in(slug: str) -> Response:
    """The choice, and which links suffer from it now."""
    site = find_site(slug)
    form = SignInForm(formdata=None, data={"sign_in": REQUIRED if site.requires_sign_in else ANONYMOUS})
    broken = signing_in.list_account_links(db.session(), site) if site.requires_sign_in else ()
    return page("sign_in", site, form, broken=broken, is_question=False)


@blueprint.post("")
@staff.permit(Permission.SETTINGS_EDIT)
def save_sign_in(slug: str) -> Response:
    """Keep the choice; where it would break links, name them and ask once more."""
    site, typed, by = find_site(slug), SignInForm(), staff.current_staff().actor
    is_required = CHOICES.get(typed.sign_in.data or "")
    if is_required is None:
        problem = Invalid("sign_in", "Choose how customers buy")
        return page("sign_in", site, typed, problem, 422, broken=(), is_question=False)
    try:
        if is_required:
            signing_in.require(db.session(), site, confirmed=_ids(typed.confirmed.data or ""), by=by)
        else:
            service.let_sign_in(db.session(), site, is_required=False, by=by)
    except BreaksAccountLinks as no:
        return page("sign_in", site, typed, status=409, broken=no.details["links"], is_question=True)
    flash("Saved.", "success")
    return htmx.go(url_for(".sign_in", slug=site.slug))


def _ids(text: str) -> set[int]:
    return {int(part) for part in text.split(",")[:10_000] if part.isascii() and part.isdecimal() and len(part) < 16}
