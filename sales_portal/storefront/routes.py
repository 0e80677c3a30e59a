"""The public door: the pages behind a link, open to whoever holds its address."""

from flask import Blueprint

from sales_portal.web.extensions import csrf

NOUNS: tuple[Blueprint, ...] = ()


def door() -> Blueprint:
    """All public views. Their forms prove themselves by `web.public_forms`, not by a session."""
    storefront = Blueprint("storefront", __name__)
    for noun in NOUNS:
        storefront.register_blueprint(noun)
        csrf.exempt(noun)
    csrf.exempt(storefront)
    return storefront
