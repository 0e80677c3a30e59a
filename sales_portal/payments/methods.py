"""Which ways to pay a customer of a link has, and who provides each."""

from collections.abc import Mapping
from dataclasses import dataclass

from sales_portal.links import deposits
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.errors import MethodNotOffered, NothingToPayWith
from sales_portal.payments.gateway import Gateway, Gateways
from sales_portal.sites import methods
from sales_portal.sites.methods import Method
from sales_portal.sites.models import Site


@dataclass(frozen=True, slots=True)
class Way:
    """A method and the provider that offers it."""

    method: Method
    gateway: Gateway

    @property
    def slug(self) -> str:
        """What the method is called in forms and rows."""
        return self.method.slug

    def takes(self, amount: int, currency: str) -> bool:
        """Whether a sum can be paid so at all."""
        least, most = self.gateway.limits(currency)
        return least <= amount <= most


def available(gateways: Gateways) -> dict[str, Way]:
    """Every way to pay this portal has, by slug, in the order of its gateways."""
    return {slug: Way(methods.METHODS[slug], gateway) for gateway in gateways.values() for slug in gateway.methods}


def of_site(site: Site, gateways: Gateways) -> tuple[Way, ...]:
    """The ways `site` offers where a link says nothing else, first choice first; none where there is no provider."""
    return _of_site(site, available(gateways))


def offered(link: CheckoutLink, gateways: Gateways) -> tuple[Way, ...]:
    """The ways a customer of `link` (site loaded) may choose from, first choice first; refuses with `NothingToPayWith`.

    A link narrows what its site offers, in an order of its own; what the site took back since is not offered by its
    links either. One that asks a deposit is not paid by invoice.
    """
    there = available(gateways)
    if deposits.has_deposit(link):
        there = {slug: way for slug, way in there.items() if way.method.capture_mode != "by_hand"}
    ways = _of_site(link.site, there)
    if not ways:
        raise NothingToPayWith
    return tuple(there[slug] for slug in methods.split(link.payment_methods) if there.get(slug) in ways) or ways


def choose(link: CheckoutLink, gateways: Gateways, slug: str) -> Way:
    """The way called `slug`, the first one where it is empty; refuses with `MethodNotOffered` what `link` lacks."""
    ways = offered(link, gateways)
    found = next((way for way in ways if slug in (way.slug, "")), None)
    if found is None:
        raise MethodNotOffered
    return found


def _of_site(site: Site, there: Mapping[str, Way]) -> tuple[Way, ...]:
    # Nobody buys on credit at a site that did not say so.
    usual = [way for way in there.values() if way.method.capture_mode != "by_hand"][:1]
    return tuple(there[slug] for slug in site.ways_to_pay if slug in there) or tuple(usual)
