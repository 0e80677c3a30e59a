"""Telling an agent, before a link is made, that what it costs is too little or too much for a way to pay."""

from flask import current_app

from sales_portal.core.money import Money
from sales_portal.links import deposits
from sales_portal.links.terms import LinkTerms
from sales_portal.payments import methods
from sales_portal.payments.methods import Way
from sales_portal.sites.models import Site
from sales_portal.web import formatting


def note(total: Money, site: Site, terms: LinkTerms) -> str:
    """A sentence for each way to pay of `site` that takes no such sum; empty where all do, and where nothing is paid.

    With a deposit each of both payments has to be taken. A link may leave ways out, so that this is advice and stops
    nobody.
    """
    part = deposits.deposit_of(terms, total.minor, total.currency)
    sums = [total.minor] if part is None else [part, total.minor - part]
    ways = methods.of_site(site, current_app.extensions["gateways"]) if total.minor else ()
    return " ".join(_said(way, sums, total.currency) for way in ways
                    if not all(way.takes(amount, total.currency) for amount in sums))


def _said(way: Way, sums: list[int], currency: str) -> str:
    least, most = way.gateway.limits(currency)
    bound = f"takes {formatting.money(least, currency)} or more" if min(sums) < least else (
        f"takes at most {formatting.money(most, currency)}")
    return f"{way.method.label} {bound}: this can't be paid so."
