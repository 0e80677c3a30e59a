"""The public door: the pages behind a link, open to whoever holds its address."""

from flask import Blueprint, Response

from sales_portal.core.errors import Refusal
from sales_portal.storefront import (
    declining,
    delivery,
    details,
    endings,
    frame,
    landing,
    payment,
    preview,
    receipt,
    saving,
    test_provider,
)
from sales_portal.storefront.errors import UnknownLink
from sales_portal.web.extensions import csrf

NOUNS: tuple[Blueprint, ...] = (
    landing.blueprint, endings.blueprint, details.blueprint, delivery.blueprint, payment.blueprint, receipt.blueprint,
    preview.blueprint, test_provider.blueprint, declining.blueprint, saving.blueprint)


def door() -> Blueprint:
    """All public views. Their forms prove themselves by `web.public_forms`, not by a session."""
    storefront = Blueprint("storefront", __name__)
    for noun in NOUNS:
        storefront.register_blueprint(noun)
        csrf.exempt(noun)
    csrf.exempt(storefront)
    storefront.register_error_handler(UnknownLink, _unknown)
    for rule in ("/selection/", "/selection/<path:rest>"):
        storefront.add_url_rule(rule, "mistyped", _mistyped)
    return storefront


def _mistyped(rest: str = "") -> Response:
    """An address of which a part was lost on the way: the same answer as for one nobody was given."""
    raise UnknownLink


def _unknown(_: Refusal) -> Response:
    return frame.anonymous_page("storefront/unknown.html", 404)
