"""Who claims a site's links: the portal's own pages, or an external storefront at an address with two places."""

from typing import Any

from flask import Blueprint, Response, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.sites import ELSEWHERE, OWN, StorefrontForm
from sales_portal.desk.settings.sites import find_site, page, save
from sales_portal.sites import pattern, service
from sales_portal.sites.models import Site
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("site_storefront", __name__, url_prefix="/settings/sites/<slug>/storefront")

EXAMPLE = ("0" * 31 + "1", "test-" + "0" * 38)
"""A selection's id and a secret that open nothing, in the form real ones have."""


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def storefront(slug: str) -> Response:
    """The choice, the table of statics, and an example of the address a link gets."""
    site = find_site(slug)
    form = StorefrontForm(formdata=None, data={"pages": ELSEWHERE if site.is_external else OWN,
                                               "content": site.link_url_pattern})
    return page("storefront", site, form, example=_example(site.link_url_pattern or ""), **_shown())


@blueprint.post("")
@staff.permit(Permission.SETTINGS_EDIT)
def save_storefront(slug: str) -> Response:
    """Keep the choice; with `act=test` only show what an address would become."""
    typed, by = StorefrontForm(), staff.current_staff().actor
    if request.form.get("act") == "test":
        return _tested(find_site(slug), typed)

    def change(site: Site) -> None:
        if typed.pages.data not in (OWN, ELSEWHERE):
            raise Invalid("pages", "Choose who claims the links")
        if typed.pages.data == OWN:
            service.serve_own_pages(db.session(), site, by=by)
        else:
            service.name_storefront(db.session(), site, typed.content.data or "", by=by)

    return save("storefront", slug, typed, change, example="", **_shown())


def _tested(site: Site, typed: StorefrontForm) -> Response:
    try:
        tried = pattern.check(typed.content.data or "")
    except Invalid as refusal:
        return page("storefront", site, typed, refusal, 422, example="", **_shown())
    return page("storefront", site, typed, example=_example(tried), is_test=True, **_shown())


def _example(content: str) -> str:
    return pattern.expand(content, *EXAMPLE) if pattern.is_complete(content) else ""


def _shown() -> dict[str, Any]:
    return {"own": OWN, "elsewhere": ELSEWHERE, "pattern_example": pattern.EXAMPLE}
