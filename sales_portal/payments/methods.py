"""Which ways to pay a customer of a link has, and who provides each."""

from dataclasses import dataclass

from sales_portal.links import deposits
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.errors import MethodNotOffered, NothingToPayWith
from sales_portal.payments.gateway import Gateway, Gateways
from sales_portal.sites import methods
from sales_portal.sites.methods import Method


@dataclass(frozen=True, slots=True)
class Way:
    """A method and the provider that offers it."""

    method: Method
    gateway: Gateway

    @property
    def slug(self) -> str:
        """What the method is called in forms and rows."""
        return self.method.slug


def available(gateways: Gateways) -> dict[str, Way]:
    """Every way to pay this portal has, by slug, in the order of its gateways."""
    return {slug: Way(methods.METHODS[slug], gateway) for gateway in gateways.values() for slug in gateway.methods}


def offered(link: CheckoutLink, gateways: Gateways) -> tuple[Way, ...]:
    """The ways a customer of `link` (site loaded) may choose from, first choice first; refuses with `NothingToPayWith`.

    A link narrows what its site offers, in an order of its own; what the site took back since is not offered by its
    links either. One that asks a deposit is not paid by invoice.
    """
    there = available(gateways)
    if deposits.has_deposit(link):
        there = {slug: way for slug, way in there.items() if way.method.capture_mode != "by_hand"}
    # Nobody buys on credit at a site that did not say so.
    usual = [slug for slug, way in there.items() if way.method.capture_mode != "by_hand"][:1]
    of_site = [slug for slug in link.site.ways_to_pay if slug in there] or usual
    of_link = [slug for slug in methods.split(link.payment_methods) if slug in of_site]
    if not of_site:
        raise NothingToPayWith
    return tuple(there[slug] for slug in of_link or of_site)


def choose(link: CheckoutLink, gateways: Gateways, slug: str) -> Way:
    """The way called `slug`, the first one where it is empty; refuses with `MethodNotOffered` what `link` lacks."""
    ways = offered(link, gateways)
    found = next((way for way in ways if slug in (way.slug, "")), None)
    if found is None:
        raise MethodNotOffered
    return found
