"""The ways to pay as pages offer them: what each is called, what follows when it is chosen."""

from dataclasses import dataclass

from flask import current_app

from sales_portal.core.translation import _, _n
from sales_portal.links.models import CheckoutLink
from sales_portal.payments import methods
from sales_portal.payments.errors import NothingToPayWith
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.methods import Way
from sales_portal.sites.methods import BANK_TRANSFER, INVOICE
from sales_portal.storefront.guests import Guest

FIELD = "payment_method"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to pay as a page shows it; `is_later` where nothing is paid now."""

    slug: str
    label: str
    hint: str
    is_later: bool
    next_step: str


def gateways() -> Gateways:
    """The providers this portal works with."""
    found: Gateways = current_app.extensions["gateways"]
    return found


def choices(link: CheckoutLink) -> list[Choice]:
    """What a customer of `link` may choose from; empty where nothing can be paid."""
    try:
        return [_choice(way, link) for way in methods.offered(link, gateways())]
    except NothingToPayWith:
        return []


def takes_at_once(link: CheckoutLink) -> bool:
    """Whether any way to pay `link` reserves something while its customer is at their bank."""
    there = methods.available(gateways())
    return any(there[slug].method.capture_mode == "auto" for slug in link.site.ways_to_pay if slug in there)


def chosen(guest: Guest, typed: str = "") -> Way:
    """The way this customer chose, now or before, else the first one; refuses with `MethodNotOffered`."""
    if typed:
        return methods.choose(guest.link, gateways(), typed)
    ways = methods.offered(guest.link, gateways())
    return next((way for way in ways if way.slug == guest.copy.payment_method), ways[0])


def promise(link: CheckoutLink) -> str:
    """How a link is paid, and when: a sentence for its first page."""
    there = choices(link)
    if len(there) > 1:
        return _("You choose how to pay on the last page: {ways}. Nothing is charged before.",
                 ways=", ".join(one.label for one in there))
    if there and there[0].is_later:
        return _("You pay later, by invoice.")
    if there and there[0].slug == BANK_TRANSFER.slug:
        return _("You pay by bank transfer. Nothing is charged before you press Pay on the last page.")
    return _("You pay by card. Nothing is charged before you press Pay on the last page.")


def _choice(way: Way, link: CheckoutLink) -> Choice:
    hint, next_step = "", _("You enter your card on the next page.")
    if way.slug == BANK_TRANSFER.slug:
        hint = _("Straight from your account")
        next_step = _("You confirm the transfer with your bank on the next page.")
    if way.slug == INVOICE.slug:
        days = link.site.invoice_days
        hint = _n("Pay within {count} day", "Pay within {count} days", days)
        next_step = _("The invoice comes with your receipt, by e-mail.")
    return Choice(way.slug, _(way.method.label), hint, way.method.capture_mode == "by_hand", next_step)
