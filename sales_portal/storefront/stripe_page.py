"""Paying by card with Stripe's element: the only page that loads something of a third party."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect
from flask.typing import ResponseReturnValue

from sales_portal.core.money import Money
from sales_portal.payments import queries as payments
from sales_portal.payments.gateway import GatewayDown, GatewayRefused
from sales_portal.payments.models import Payment
from sales_portal.storefront import frame, guards, guests, ways
from sales_portal.storefront.guests import Guest
from sales_portal.web import security
from sales_portal.web.extensions import db

blueprint = Blueprint("stripe_page", __name__, url_prefix=guests.PREFIX)
GATEWAY = "stripe"
TEMPLATE = "storefront/stripe_page/show.html"


@blueprint.get("/payment/stripe")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """The card form of a payment that waits for its customer; any other goes on to where its end is looked up."""
    payment = payments.get_last_payment(db.session(), guest.visit.id) if guest.visit is not None else None
    public_id, token, confirm_url = guest.public_id, guest.token, guest.url("payment.confirm")
    return page(payment, guest.url("payment.show"), guest.url("payment.show", waiting=1), lambda **shown: frame.page(
        TEMPLATE, guests.receive(public_id, token), confirm_url=confirm_url, **shown))


def page(payment: Payment | None, running: str, waiting: str, make: Callable[..., Response]) -> ResponseReturnValue:
    """The card form of `payment` as `make` frames it; else on to `running`, or `waiting` where Stripe is silent."""
    if payment is None or (payment.gateway, payment.status) != (GATEWAY, "created") or not payment.gateway_reference:
        return redirect(running, 303)
    reference, total = payment.gateway_reference, Money(payment.amount, payment.currency)
    # Nothing may be open in the database while Stripe is asked.
    db.session.rollback()
    try:
        intent = ways.gateways()[GATEWAY].fetch(reference)
    except (GatewayDown, GatewayRefused):
        return redirect(waiting, 303)
    if intent.status != "open" or intent.client_secret is None:
        return redirect(running, 303)
    return security.loads_stripe(make(
        total=total, client_secret=intent.client_secret,
        publishable_key=current_app.config["STRIPE_PUBLISHABLE_KEY"],
        return_url=frame.addresses().base_url + running))
