"""What is held while a customer pays: until when the page says so, and the one press for more time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.core import clock
from sales_portal.inventory import holding
from sales_portal.payments import queries as payments
from sales_portal.payments import reserving
from sales_portal.payments.errors import NoMoreTime
from sales_portal.payments.models import Payment
from sales_portal.storefront import guards, guests, ways
from sales_portal.storefront.guests import Guest
from sales_portal.storefront.offers import Offer
from sales_portal.web.extensions import db

blueprint = Blueprint("holds", __name__, url_prefix=guests.PREFIX)

ASKED_BEFORE = timedelta(minutes=2)
"""How long before the end a page asks whether more time is needed."""
PAGES = {"items": "landing.show", "delivery": "delivery.show", "payment": "payment.show"}


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held for this customer: until when, and how many seconds from now that ends and is asked about."""

    payment_id: int
    until: datetime
    may_extend: bool
    seconds_left: int
    seconds_to_ask: int


@blueprint.post("/payment/extension")
@guards.in_checkout
def extend(guest: Guest) -> ResponseReturnValue:
    """Keep it longer, once; where that is over, the page says what to do."""
    guest.check_form()
    payment = payments.get_last_payment(db.session(), guest.copy.id)
    there = guest.url(PAGES.get(request.form.get("page", ""), "delivery.show"))
    again = guest.url("delivery.show", problem="hold")
    # A refusal is said in the customer's language, and the locks read the link anew, without its people.
    guests.introduce(guest)
    try:
        if payment is None:
            raise NoMoreTime
        reserving.extend(db.session(), payment.id)
    except NoMoreTime:
        db.session.rollback()
        return redirect(again, 303)
    return redirect(there, 303)


def of_payment(payment: Payment | None) -> Hold | None:
    """What is held for a payment; None where nothing is."""
    at = clock.now()
    if payment is None or not reserving.is_holding(payment, at):
        return None
    until = reserving.held_until(payment)
    left = until - at
    return Hold(payment.id, until, reserving.may_extend(payment, at), int(left.total_seconds()),
                max(0, int((left - ASKED_BEFORE).total_seconds())))


def of(guest: Guest) -> Hold | None:
    """What is held for this browser's copy; asks nothing where no way to pay holds anything."""
    if guest.visit is None or not ways.takes_at_once(guest.link):
        return None
    return of_payment(payments.get_last_payment(db.session(), guest.visit.id))


def with_own(offer: Offer, guest: Guest, hold: Hold | None) -> Offer:
    """The offer as it is for whom something is held: that is there for them, and for nobody else."""
    if hold is None:
        return offer
    held = holding.held_for(db.session(), hold.payment_id)
    stock_of = {line.line_no: line.stock_id for line in guest.copy.lines}
    rows = tuple(row if row.available is None else
                 replace(row, available=row.available + held.get(stock_of.get(row.line_no) or 0, 0))
                 for row in offer.rows)
    return replace(offer, rows=rows)
