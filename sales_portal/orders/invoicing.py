"""Orders that are paid later: the invoice, its number without a gap, and the day its money came."""

from datetime import date, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.core.writing import change, fresh, write
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import making
from sales_portal.orders.errors import InvoiceSettled, NoInvoice
from sales_portal.orders.models import Invoice, InvoiceSeries, Order
from sales_portal.payments import queries as payments
from sales_portal.payments import steps
from sales_portal.payments.models import Payment
from sales_portal.sites.models import Site

LONGEST_REFERENCE = 120

_SERIES = cast(Table, InvoiceSeries.__table__)
_IS_SERIES = (_SERIES.c.site_id == bindparam("of_site"), _SERIES.c.year == bindparam("of_year"))
_NEXT = update(_SERIES).where(*_IS_SERIES).values(last_no=_SERIES.c.last_no + 1).returning(_SERIES.c.last_no)
_BEGUN = {"postgresql": postgresql.insert(_SERIES).on_conflict_do_nothing(),
          "sqlite": sqlite.insert(_SERIES).on_conflict_do_nothing()}


def issue(session: Session, order: Order, link: CheckoutLink) -> Invoice:
    """Write the invoice of an order that is placed in this transaction, with the next number of its site."""
    site = session.get_one(Site, order.site_id)
    today = today_at(site)
    number = _next_no(session, site.id, today.year)
    invoice = fresh(
        Invoice, order_id=order.id, site_id=site.id, year=today.year, sequence_no=number,
        number=f"INV-{today.year}-{number:04}", issued_on=today, due_on=today + timedelta(days=site.invoice_days),
        bank_details=site.bank_details)
    write(session, invoice)
    history.record(session, EventName.INVOICE_ISSUED, order, by=history.SYSTEM, context=link, invoice=invoice.number,
                   due=invoice.due_on.isoformat())
    return invoice


def mark_paid(session: Session, order_id: int, *, paid_on: date, reference: str, by: Actor) -> None:
    """The money of an invoice came: the payment is captured and the order paid, once.

    Refuses with `NoInvoice`, `InvoiceSettled`, or `Invalid` naming the field.
    """
    order = session.get_one(Order, order_id)
    link, payment, invoice = _lock(session, order)
    _check(invoice, paid_on, reference, session.get_one(Site, order.site_id))
    steps.walk(session, payment, "capturing", "captured", source="staff", captured_amount=payment.amount)
    change(session, (invoice, {"paid_on": paid_on, "paid_reference": reference.strip()}))
    history.record(session, EventName.INVOICE_PAID, order, by=by, context=link, invoice=invoice.number,
                   paid_on=paid_on.isoformat(), reference=reference.strip())
    making.mark_paid(session, order.id)


def void(session: Session, order_id: int, *, by: Actor) -> None:
    """Ask for the money of an invoice no more: its payment ends, its number stays. In the caller's transaction.

    The order is the caller's to cancel. Refuses with `NoInvoice` or `InvoiceSettled`.
    """
    order = session.get_one(Order, order_id)
    link, payment, invoice = _lock(session, order)
    steps.walk(session, payment, "void_pending", "voided", source="staff")
    change(session, (invoice, {"voided_at": clock.now()}))
    history.record(session, EventName.INVOICE_VOIDED, order, by=by, context=link, invoice=invoice.number)


def today_at(site: Site) -> date:
    """The day it is where `site` sells."""
    return clock.now().astimezone(ZoneInfo(site.time_zone)).date()


def _lock(session: Session, order: Order) -> tuple[CheckoutLink, Payment, Invoice]:
    if order.payment_id is None:
        raise NoInvoice
    link, _, payment = payments.lock_chain(session, order.payment_id)
    invoice = session.scalars(select(Invoice).where(Invoice.order_id == order.id)).one_or_none()
    if invoice is None:
        raise NoInvoice
    if payment.status != "authorised":
        raise InvoiceSettled(invoice=invoice.number)
    return link, payment, invoice


def _check(invoice: Invoice, paid_on: date, reference: str, site: Site) -> None:
    if not invoice.issued_on <= paid_on <= today_at(site):
        raise Invalid("paid_on", "Enter the day the money came: from the day of the invoice until today")
    if len(reference.strip()) > LONGEST_REFERENCE:
        raise Invalid("reference", f"Use at most {LONGEST_REFERENCE} characters")
    if not reference.strip().isprintable():
        raise Invalid("reference", "Enter the reference in one line")


def _next_no(session: Session, site_id: int, year: int) -> int:
    """The next number; its row stays locked until the transaction ends, so that one that fails leaves no gap."""
    wanted = {"of_site": site_id, "of_year": year}
    number = session.execute(_NEXT, wanted).scalar_one_or_none()
    if number is None:
        session.execute(_BEGUN[session.get_bind().dialect.name], {"site_id": site_id, "year": year, "last_no": 0})
        number = session.execute(_NEXT, wanted).scalar_one()
    return int(number)
