"""Paying: off to the provider, back again, and the one POST that makes the order."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from sales_portal.checkout import codes as discounts
from sales_portal.checkout.errors import OfferUpdated, VisitEnded
from sales_portal.inventory.errors import OutOfStock
from sales_portal.links.errors import LinkNotOpen
from sales_portal.orders import placing
from sales_portal.orders.errors import Unavailable
from sales_portal.payments import queries as payments
from sales_portal.payments import starting
from sales_portal.payments.errors import (
    AmountNotTaken,
    NothingToPayWith,
    PaymentElsewhere,
    PaymentRunning,
    ProviderDown,
    SoldOut,
    TooManyAttempts,
    TotalChanged,
)
from sales_portal.payments.gateway import GatewayDown
from sales_portal.storefront import balance, codes, delivery, endings, frame, guards, guests, holds, problems, ways
from sales_portal.storefront.forms.delivery import DeliveryForm, read_delivery
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("payment", __name__, url_prefix=guests.PREFIX)

REFUSED = frozenset({"declined", "cancelled", "capture_failed"})


@blueprint.post("/payment")
@guards.at_till
@guards.up_to_date
def start(guest: Guest) -> ResponseReturnValue:
    """*Pay*: promise the payment and send the customer to the provider's page; twice is the same payment."""
    if guest.copy.details_at is None:
        return redirect(guest.url("details.show"), 303)
    form = read_delivery(request.form)
    try:
        guest.check_form()
    except ForeignForm as stale:
        return delivery.page(_let_go(guest), form, {"form": stale.text}, stale.status)
    errors = delivery.mistakes(guest, form)
    if errors:
        return delivery.page(_let_go(guest), form, errors, 422)
    delivery.keep(guest, form)
    if why := codes.use_typed(guest, request.form):
        return delivery.page(_let_go(guest), form, {codes.FIELD: why}, 422)
    discounts.look_again(db.session(), guest.copy, guest.link)
    if form.shown_total != guest.copy.total_amount:
        return redirect(guest.url("delivery.show", was=form.shown_total), 303)
    return _place_free(guest) if guest.copy.total_amount == 0 else _start(guest, form)


@blueprint.get("/payment")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """Where the provider sends the customer back: looks what became of the payment, changes nothing."""
    payment = payments.get_last_payment(db.session(), guest.visit.id) if guest.visit is not None else None
    if guest.has_bought and (payment is None or not balance.is_waiting(payment)):
        return redirect(guest.url("receipt.show"), 303)
    if payment is None:
        return redirect(guest.start_url, 303)
    if payment.status in REFUSED and guest.can_go_on():
        return redirect(guest.url("delivery.show"), 303)
    if payment.status in endings.GIVEN_BACK and guest.can_go_on():
        return redirect(guest.url("delivery.show"), 303)
    if payment.status in REFUSED | endings.GIVEN_BACK:
        return redirect(guest.url("landing.show"), 303)
    return frame.page("storefront/payment/show.html", guest, is_waiting="waiting" in request.args,
                      again_url=guest.url("payment.show"), confirm_url=guest.url("payment.confirm"),
                      hold=None if guest.has_bought else holds.of_payment(payment), hold_page="payment")


@blueprint.post("/payment/confirmation")
def confirm(public_id: str, token: str) -> ResponseReturnValue:
    """Ask the provider and, where it holds the money, make the order: once, however often this is sent."""
    payer = guests.receive_payer(public_id, token)
    payer.check_form()
    if payer.payment is None:
        return redirect(payer.url("landing.show"), 303)
    try:
        made = placing.place_order(db.session(), payer.payment.payment_id, ways.gateways(), source="customer",
                                   seen=payer.payment)
    except GatewayDown:
        db.session.rollback()
        return redirect(payer.url("payment.show", waiting=1), 303)
    if made.outcome in balance.BOUGHT:
        return redirect(payer.url("receipt.show"), 303)
    return redirect(payer.url("payment.show", waiting=1 if made.outcome == "waiting" else None), 303)


def _let_go(guest: Guest) -> Guest:
    """The same guest without the locks, which nobody may wait for while a page is made."""
    if guest.held is None:
        return guest
    public_id, token = guest.public_id, guest.token
    db.session.rollback()
    return guests.receive(public_id, token)


def _start(guest: Guest, form: DeliveryForm) -> AnyResponse:
    public_id, token, shown, there = guest.public_id, guest.token, guest.copy.total_amount, ways.gateways()
    back = frame.addresses().base_url + guest.url("payment.show")
    landing, running, bought = guest.url("landing.show"), guest.url("payment.show"), guest.url("receipt.show")
    try:
        way = ways.chosen(guest, form.payment_method)
        started = starting.start_payment(
            db.session(), guest.copy, gateway=way.gateway, method=way.method, gateways=there, shown_total=shown,
            return_url=back, held=guest.held)
        if not started.is_confirmed:
            return redirect(started.redirect_url, 303)
        made = placing.place_order(db.session(), started.payment_id, there, source="customer")
        return redirect(bought if made.outcome in balance.BOUGHT else running, 303)
    except GatewayDown:
        return _back(running)
    except (LinkNotOpen, OfferUpdated, PaymentElsewhere, VisitEnded):
        return _back(landing)
    except PaymentRunning:
        return _back(running)
    except (TotalChanged, SoldOut, TooManyAttempts, ProviderDown, NothingToPayWith, AmountNotTaken) as no:
        db.session.rollback()
        return _shown_again(guests.receive(public_id, token), form, no)


def _shown_again(guest: Guest, form: DeliveryForm,
                 no: TotalChanged | SoldOut | TooManyAttempts | ProviderDown | NothingToPayWith | AmountNotTaken,
                 ) -> AnyResponse:
    """The page once more, with what was typed kept and the reason on it."""
    if guest.can_go_on():
        delivery.keep(guest, form)
    was = form.shown_total if isinstance(no, TotalChanged) else None
    return redirect(guest.url("delivery.show", problem=problems.of(no), was=was), 303)


def _place_free(guest: Guest) -> AnyResponse:
    receipt, landing, again = guest.url("receipt.show"), guest.url("landing.show"), guest.url("delivery.show")
    try:
        placing.place_free_order(db.session(), guest.copy)
    except Unavailable:
        return _back(landing)
    except OutOfStock:
        return _back(again)
    return redirect(receipt, 303)


def _back(url: str) -> AnyResponse:
    db.session.rollback()
    return redirect(url, 303)
