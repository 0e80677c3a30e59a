"""The payment providers a portal works with, each made of its configuration; those it does not name are not loaded."""

import importlib
from collections.abc import Callable, Mapping

from flask import Flask

from sales_portal.application import config
from sales_portal.payments.gateway import Gateway, Gateways
from sales_portal.payments.invoice_gateway import InvoiceGateway
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.web.extensions import db

STRIPE_SETTINGS = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")


def gateways(app: Flask) -> Gateways:
    """The providers `GATEWAYS` names; `BadConfiguration` where one is unknown or lacks what it needs."""
    unknown = set(app.config["GATEWAYS"]) - set(KNOWN)
    if unknown:
        raise config.BadConfiguration(f"GATEWAYS names {', '.join(sorted(unknown))}; known are {', '.join(KNOWN)}.")
    # Invoices need no provider, and so no configuration: a site's settings say whether it offers them.
    return {name: KNOWN[name](app) for name in app.config["GATEWAYS"]} | {"invoice": InvoiceGateway()}


def _test(app: Flask) -> Gateway:
    with app.app_context():
        return TestGateway(db.engine, app.config["PUBLIC_BASE_URL"])


def _stripe(app: Flask) -> Gateway:
    missing = [name for name in STRIPE_SETTINGS if not app.config[name]]
    if missing:
        raise config.BadConfiguration(f"With stripe among GATEWAYS set {', '.join(missing)}; Stripe's dashboard has "
                                      "them under Developers.")
    secret, publishable, webhook = (app.config[name] for name in STRIPE_SETTINGS)
    if not secret.startswith(("sk_", "rk_")) or not publishable.startswith("pk_") or not webhook.startswith("whsec_"):
        raise config.BadConfiguration("STRIPE_SECRET_KEY begins with sk_ or rk_, STRIPE_PUBLISHABLE_KEY with pk_ and "
                                      "STRIPE_WEBHOOK_SECRET with whsec_.")
    if secret.split("_")[1] != publishable.split("_")[1]:
        raise config.BadConfiguration("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must both be live or both be test.")
    # The library is an extra, which only they install who need it.
    try:
        module = importlib.import_module("sales_portal.payments.stripe")
    except ModuleNotFoundError as missing_library:
        raise config.BadConfiguration(
            "GATEWAYS names stripe, which needs its library: pip install 'stripe>=16.1,<17'.") from missing_library
    made: Gateway = module.StripeGateway(secret, webhook)
    return made


KNOWN: Mapping[str, Callable[[Flask], Gateway]] = {"test": _test, "stripe": _stripe}
"""Every provider there is, by name."""
