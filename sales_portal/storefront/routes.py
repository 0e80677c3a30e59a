"""The public door: the pages behind a link, open to whoever holds its address."""

from typing import cast

from flask import Blueprint, Response, make_response, render_template

from sales_portal.core.errors import Refusal
from sales_portal.links import deposits
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront import (
    balance,
    brands,
    codes,
    declining,
    delivery,
    details,
    endings,
    frame,
    holds,
    landing,
    languages,
    payment,
    preview,
    provider_events,
    receipt,
    samples,
    saving,
    shop,
    sign_in,
    sold_out,
    speech,
    stripe_page,
    test_provider,
    updates,
)
from sales_portal.storefront.errors import InMaintenance, UnknownLink
from sales_portal.web.extensions import csrf, db

RETRY_AFTER = 300
"""After how many seconds it is worth asking a site in maintenance again."""
NOUNS: tuple[Blueprint, ...] = (
    landing.blueprint, endings.blueprint, codes.blueprint, details.blueprint, delivery.blueprint, payment.blueprint,
    holds.blueprint, receipt.blueprint, balance.blueprint, updates.blueprint, sold_out.blueprint, preview.blueprint,
    shop.blueprint, test_provider.blueprint, brands.blueprint, samples.blueprint, sign_in.blueprint,
    declining.blueprint, saving.blueprint, provider_events.blueprint, stripe_page.blueprint)


def door() -> Blueprint:
    """All public views. Their forms prove themselves by `web.public_forms`, not by a session."""
    storefront = Blueprint("storefront", __name__)
    for noun in NOUNS:
        storefront.register_blueprint(noun)
        csrf.exempt(noun)
    csrf.exempt(storefront)
    storefront.before_request(speech.speak_until_known)
    storefront.before_request(languages.remember)
    storefront.add_app_template_global(languages.others, "other_languages")
    storefront.add_app_template_global(deposits.deposit_of, "deposit_of")
    storefront.add_app_template_global(languages.own_name, "language_name")
    storefront.register_error_handler(UnknownLink, _unknown)
    storefront.register_error_handler(InMaintenance, _in_maintenance)
    for rule in ("/selection/", "/selection/<path:rest>"):
        storefront.add_url_rule(rule, "mistyped", _mistyped)
    return storefront


def _mistyped(rest: str = "") -> Response:
    """An address of which a part was lost on the way: the same answer as for one nobody was given."""
    raise UnknownLink


def _in_maintenance(no: Refusal) -> Response:
    link = cast(CheckoutLink, no.details["link"])
    links.name_people(db.session(), link)
    speech.speak_for(link)
    response = make_response(render_template(
        "storefront/maintenance.html", site=frame.brand_of(link.site), contact=frame.contact_of(link)), no.status)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _unknown(_: Refusal) -> Response:
    return frame.anonymous_page("storefront/unknown.html", 404)
