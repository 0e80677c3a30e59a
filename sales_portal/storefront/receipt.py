"""The receipt: whole for the browser that bought, and for whoever opens it from the mail; to others only "paid"."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.catalog.queries import Trial
from sales_portal.checkout import queries as visits
from sales_portal.core import clock
from sales_portal.links import afterwards
from sales_portal.orders import balancing, undone
from sales_portal.orders import queries as orders
from sales_portal.orders.models import Order, Subscription
from sales_portal.orders.queries import Lines
from sales_portal.pricing.models import ShippingMethod
from sales_portal.storefront import dates, frame, guards, guests, limits, problems, speech
from sales_portal.storefront.errors import UnknownLink
from sales_portal.storefront.guests import Guest
from sales_portal.web import formatting, postal, public_forms, receipts, security, totals
from sales_portal.web.extensions import db

blueprint = Blueprint("receipt", __name__)
COOKIE = "receipt"
SECONDS_TO_READ = 3
FRESH = timedelta(minutes=10)
"""Who opens the receipt later than this came for the receipt."""


@blueprint.get(f"{guests.PREFIX}/receipt")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """The order, for the browser that made it; the link's first page for anyone else."""
    if not guest.has_bought:
        return redirect(guest.start_url, 303)
    order, lines = order_of(guest)
    return _leading_on(guest, order, _page_of(guest, order, lines))


@blueprint.get("/receipts/<token>")
def by_mail(token: str) -> ResponseReturnValue:
    """What the mail's address shows: that it is paid, and everything once its button was pressed in this browser."""
    order = find(token)
    if is_opened(order):
        return _page(order, order.lines, orders.refunded_of(db.session(), order),
                     visits.get_shipping_method(db.session(), order.checkout_session_id),
                     pay_url=url_for("storefront.balance.start_by_mail", token=token),
                     form_token=public_forms.form_token(subject(order)),
                     file_url=url_for("storefront.receipt.save_by_mail", token=token))
    speech.speak_for(order.link)
    return make_response(render_template(
        "storefront/receipt/paid.html", is_due=order.invoice is not None and order.invoice.is_unpaid,
        is_cancelled=order.status == "cancelled", is_balance_due=order.is_balance_due,
        site=frame.brand_of(order.link.site), form_token=public_forms.form_token(subject(order)),
        url=url_for("storefront.receipt.exchange", token=token)))


@blueprint.get(f"{guests.PREFIX}/receipt.pdf")
@guards.at_door
def save(guest: Guest) -> ResponseReturnValue:
    """*Save PDF*: the receipt as a file, for the browser that made the order; the link's first page for anyone else."""
    if not guest.has_bought:
        return redirect(guest.start_url, 303)
    order, lines = order_of(guest)
    speech.speak_for(order.link)
    return receipts.answer(order, lines, lines[0].refunded_amount or 0)


@blueprint.get("/receipts/<token>/receipt.pdf")
def save_by_mail(token: str) -> ResponseReturnValue:
    """The same under the mail's address, once its button was pressed in this browser."""
    order = find(token)
    if not is_opened(order):
        return redirect(url_for("storefront.receipt.by_mail", token=token), 303)
    speech.speak_for(order.link)
    return receipts.answer(order, order.lines, orders.refunded_of(db.session(), order))


@blueprint.post("/receipts/<token>")
def exchange(token: str) -> ResponseReturnValue:
    """Give this browser a session that may read the receipt."""
    order = find(token)
    public_forms.check(subject(order))
    response = redirect(url_for("storefront.receipt.by_mail", token=token), 303)
    response.set_cookie(security.cookie_name(COOKIE), str(_serializer().dumps(order.id)), path="/",
                        max_age=guests.COOKIE_SECONDS, secure=security.has_secure_cookies(), httponly=True,
                        samesite="Lax")
    return response


def page_of(guest: Guest) -> Response:
    """The whole receipt for a browser that opened its link once more."""
    return _page_of(guest, *order_of(guest), is_back=True)


def order_of(guest: Guest) -> tuple[Order, Lines]:
    """The order of a browser that bought, and what its receipt shows of its lines."""
    found = orders.get_order_of_visit(db.session(), guest.copy.id, guest.link)
    if found is None:
        raise UnknownLink
    return found


def _page_of(guest: Guest, order: Order, lines: Lines, *, is_back: bool = False) -> Response:
    return _page(order, lines, lines[0].refunded_amount or 0, guest.copy.shipping_method, is_back=is_back,
                 next_url=_next_url(guest, order), pay_url=guest.url("balance.start"), form_token=guest.form_token,
                 file_url=guest.url("receipt.save"))


def _leading_on(guest: Guest, order: Order, shown: Response) -> Response:
    """The receipt, and soon after the page the agent wants next: by a header, which needs no script and scrolls no
    one away who comes back to the receipt later."""
    url, bought_at = _next_url(guest, order), guest.copy.completed_at
    if url and order.status != "cancelled" and bought_at is not None and clock.now() < bought_at + FRESH:
        shown.headers["Refresh"] = f"{SECONDS_TO_READ}; url={url}"
    return shown


def _next_url(guest: Guest, order: Order) -> str:
    """Where this browser goes on from its receipt; empty where the receipt, or a cancelled order, is the end."""
    url = guest.link.after_url
    return afterwards.filled(url, order.number, guest.copy.public_id) if url and order.status != "cancelled" else ""


def _page(order: Order, lines: Sequence[Any], refunded: int, method: ShippingMethod | None, *, is_back: bool = False,
          next_url: str = "", pay_url: str, form_token: str, file_url: str) -> Response:
    speech.speak_for(order.link)
    shown = totals.of_order(order, lines)
    items = [line for line in lines if line.kind == "item"]
    return make_response(render_template(
        "storefront/receipt/show.html", order=order, items=items, answers_of=questions.said,
        refunds=undone.list_given_back(db.session(), order.id) if refunded else (), refunded=refunded,
        standing=balancing.stand_of(db.session(), order), pay_url=pay_url, form_token=form_token,
        problem=problems.said(), is_back=is_back, arrives=_arrival(order, method),
        trials=_trials(items), started=_started(order, items), message=order.link.after_message, next_url=next_url,
        file_url=file_url, next_host=urlsplit(next_url).hostname,
        total_rows=totals.rows(shown, order.link, len(items)), total_label=totals.label_of(order),
        address=postal.lines_of(_strings(order.address)) if order.address.get("street") else [],
        site=frame.brand_of(order.link.site), contact=frame.contact_for(order.agent, order.link.site)))


def _started(order: Order, items: Sequence[Any]) -> list[tuple[str, Subscription]]:
    """What the order started, by title; no statement where nothing of it is an offer."""
    titles = {line.line_no: line.title for line in items if line.offer_version_id is not None}
    return [(titles[one.line_no], one) for one in orders.list_started(db.session(), order.id)] if titles else []


def _trials(items: Sequence[Any]) -> Mapping[int, Trial]:
    return catalog.list_trials(db.session(), (line.offer_version_id for line in items if not line.unit_amount))


def _arrival(order: Order, method: ShippingMethod | None) -> str:
    if method is None:
        return ""
    return dates.arrival(order.placed_at, order.link.site.time_zone, method.min_days, method.max_days,
                         formatting.locale())


def find(token: str) -> Order:
    """The order whose receipt mail carried `token`; refuses with `UnknownLink`."""
    order = orders.find_by_receipt_token(db.session(), token)
    if order is None:
        limits.count_miss()
        raise UnknownLink
    return order


def is_opened(order: Order) -> bool:
    """Whether this browser pressed the mail's button, or made the order itself."""
    try:
        if _serializer().loads(request.cookies.get(security.cookie_name(COOKIE), ""),
                               max_age=guests.COOKIE_SECONDS) == order.id:
            return True
    except BadSignature:
        pass
    visitor_token = request.cookies.get(security.cookie_name(guests.COOKIE))
    visit = visits.get_visit(db.session(), order.link_id, visitor_token)
    return visit is not None and visit.id == order.checkout_session_id


def subject(order: Order) -> str:
    """What the forms of a receipt that was opened by mail are about."""
    return f"receipt {order.id}"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="receipt")


def _strings(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value or "") for name, value in values.items()}
