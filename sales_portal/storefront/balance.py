"""Paying the rest of an order that was placed by a deposit, from its receipt: under the link, or by the mail's address.

Under the link the way back is that of every payment; by mail it lies below the receipt's own address.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from sales_portal.orders import balancing, placing
from sales_portal.orders.errors import BalanceNotDue
from sales_portal.orders.models import Order
from sales_portal.payments import queries as payments
from sales_portal.payments.errors import AmountNotTaken, PaymentRunning, ProviderDown, TooManyAttempts
from sales_portal.payments.gateway import GatewayDown
from sales_portal.payments.models import Payment
from sales_portal.storefront import frame, guards, guests, problems, receipt, stripe_page, ways
from sales_portal.storefront.guests import Guest
from sales_portal.web import public_forms
from sales_portal.web.extensions import db

blueprint = Blueprint("balance", __name__)

BOUGHT = frozenset({"placed", "already"})


@dataclass(frozen=True, slots=True)
class Way:
    """Where a customer comes from and goes back to: their receipt, and the page that looks what became of it."""

    receipt: str
    back: str


@blueprint.post(f"{guests.PREFIX}/balance")
@guards.at_door
def start(guest: Guest) -> ResponseReturnValue:
    """*Pay the balance*, for the browser that made the order."""
    guest.check_form()
    if not guest.has_bought:
        return redirect(guest.start_url, 303)
    guests.introduce(guest)
    return _start(receipt.order_of(guest)[0], Way(guest.url("receipt.show"), guest.url("payment.show")))


@blueprint.post("/receipts/<token>/balance")
def start_by_mail(token: str) -> ResponseReturnValue:
    """The same for a browser that opened the receipt by its mail."""
    order = receipt.find(token)
    public_forms.check(receipt.subject(order))
    way = _by_mail(token)
    return _start(order, way) if receipt.is_opened(order) else redirect(way.receipt, 303)


@blueprint.get("/receipts/<token>/balance")
def show(token: str) -> ResponseReturnValue:
    """Where the provider sends them back: looks what became of the payment, changes nothing."""
    order, way = receipt.find(token), _by_mail(token)
    payment = payments.get_last_payment(db.session(), order.checkout_session_id)
    if payment is None or not is_waiting(payment) or not receipt.is_opened(order):
        return redirect(way.receipt, 303)
    return _page(token, "storefront/payment/show.html", again_url=way.back, is_waiting="waiting" in request.args)


@blueprint.get("/receipts/<token>/balance/stripe")
def stripe(token: str) -> ResponseReturnValue:
    """The card form of a balance that waits for its customer."""
    order, way = receipt.find(token), _by_mail(token)
    if not receipt.is_opened(order):
        return redirect(way.receipt, 303)
    return stripe_page.page(
        payments.get_last_payment(db.session(), order.checkout_session_id), way.back, _waiting(way),
        partial(_page, token, stripe_page.TEMPLATE))


@blueprint.post("/receipts/<token>/balance/confirmation")
def confirm(token: str) -> ResponseReturnValue:
    """Ask the provider and, where it holds the money, take it for the order: once, however often this is sent."""
    order, way = receipt.find(token), _by_mail(token)
    public_forms.check(receipt.subject(order))
    payment = payments.get_last_payment(db.session(), order.checkout_session_id)
    if payment is None or not is_waiting(payment):
        return redirect(way.receipt, 303)
    try:
        made = placing.place_order(db.session(), payment.id, ways.gateways(), source="customer")
    except GatewayDown:
        db.session.rollback()
        return redirect(_waiting(way), 303)
    return redirect(_waiting(way) if made.outcome == "waiting" else way.receipt, 303)


def is_waiting(payment: Payment) -> bool:
    """Whether `payment` is a balance whose customer may still come back from the provider."""
    return payment.purpose == "balance" and payment.status in ("created", "authorised")


def _start(order: Order, way: Way) -> AnyResponse:
    try:
        started = balancing.start_balance(
            db.session(), order, ways.gateways(), return_url=frame.addresses().base_url + way.back)
        if not started.is_confirmed:
            return redirect(started.redirect_url, 303)
        made = placing.place_order(db.session(), started.payment_id, ways.gateways(), source="customer")
        return redirect(way.receipt if made.outcome in BOUGHT else way.back, 303)
    except (GatewayDown, PaymentRunning):
        return _away(way.back)
    except BalanceNotDue:
        return _away(way.receipt)
    except (ProviderDown, TooManyAttempts, AmountNotTaken) as no:
        return _away(f"{way.receipt}?problem={problems.of(no)}")


def _away(url: str) -> AnyResponse:
    db.session.rollback()
    return redirect(url, 303)


def _by_mail(token: str) -> Way:
    return Way(url_for("storefront.receipt.by_mail", token=token), url_for("storefront.balance.show", token=token))


def _waiting(way: Way) -> str:
    return f"{way.back}?waiting=1"


def _page(token: str, template: str, **shown: Any) -> Response:
    order = receipt.find(token)
    return make_response(render_template(
        template, site=frame.brand_of(order.link.site), contact=frame.contact_for(order.agent, order.link.site),
        confirm_url=url_for("storefront.balance.confirm", token=token),
        form_token=public_forms.form_token(receipt.subject(order)), **shown))
