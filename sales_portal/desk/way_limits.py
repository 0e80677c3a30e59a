"""Telling an agent, before a link is made, that what it costs is too little or too much for a way to pay."""

from flask import current_app

from sales_portal.core.money import Money
from sales_portal.payments import methods
from sales_portal.payments.methods import Way
from sales_portal.sites.models import Site
from sales_portal.web import formatting


def note(total: Money, site: Site) -> str:
    """A sentence for each way to pay of `site` that takes no such sum; empty where all do, and where nothing is paid.

    A link may leave ways out, so that this is advice and stops nobody.
    """
    ways = methods.of_site(site, current_app.extensions["gateways"]) if total.minor else ()
    return " ".join(_said(way, total) for way in ways if not way.takes(total.minor, total.currency))


def _said(way: Way, total: Money) -> str:
    least, most = way.gateway.limits(total.currency)
    bound = f"takes {formatting.money(least, total.currency)} or more" if total.minor < least else (
        f"takes at most {formatting.money(most, total.currency)}")
    return f"{way.method.label} {bound}: this can't be paid so."
