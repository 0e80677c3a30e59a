"""The receipt of an order as a PDF to keep; where it was paid by invoice, the invoice."""

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response

from sales_portal.catalog import questions
from sales_portal.core import pdf, translation
from sales_portal.core.money import Money
from sales_portal.core.translation import _, _n
from sales_portal.orders import balancing, undone
from sales_portal.orders.models import Order
from sales_portal.sites import queries as sites
from sales_portal.sites.models import Site
from sales_portal.web import formatting, postal, totals
from sales_portal.web.extensions import db

TEMPLATE = "receipt.typ"


def answer(order: Order, lines: Sequence[Any], refunded: int) -> Response:
    """The document of `order` (link, site and invoice loaded) as a file, in the language that is spoken."""
    said = _said(order, lines, refunded)
    try:
        drawn = pdf.render(TEMPLATE, said | {"logo": _logo_of(order.link.site)})
    except pdf.NotDrawn:
        drawn = pdf.render(TEMPLATE, said | {"logo": None})
    kind, number = ("invoice", order.invoice.number) if order.invoice is not None else ("receipt", order.number)
    response = make_response(drawn)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{number}.pdf"'
    return response


def _said(order: Order, lines: Sequence[Any], refunded: int) -> dict[str, Any]:
    invoice, site = order.invoice, order.link.site
    items = [line for line in lines if line.kind == "item"]
    address = postal.lines_of(_strings(order.address)) if order.address.get("street") else []
    standing = balancing.stand_of(db.session(), order)
    heading = _("Invoice {number}", number=invoice.number) if invoice else _("Receipt {number}", number=order.number)
    return {
        "language": translation.language(), "is_mirrored": _is_mirrored(), "color": site.brand_color,
        "title": f"{heading} – {site.name}", "heading": heading, "footer": f"{site.name} · {heading}",
        "facts": _facts(order, standing.paid), "payment_heading": _("How to pay"), "payment": _payment(order),
        "refunds_heading": _("Refunds"), "refunds": _refunds(order, standing.paid, refunded),
        "items_heading": _("What you bought"),
        "head": [_("Item"), _("Quantity"), _("Price each"), _("Amount")],
        "items": [_item(line, order.currency) for line in items],
        "totals": [_row(row) for row in totals.rows(totals.of_order(order, lines), order.link)],
        "total": {"label": totals.label_of(order), "amount": _money(order.total_amount, order.currency)},
        "buyer_heading": _("Delivered to") if address else _("Bought by"),
        "buyer": _filled([order.name, order.company, _vat_of(order), *address, order.phone, order.email]),
        "seller_heading": _("Sold by"),
        "seller": {"name": site.name, "lines": _filled(
            [site.legal_name or site.name, *site.postal_address.splitlines(), site.email, site.phone or ""])}}


def _facts(order: Order, paid: int) -> list[str]:
    facts = [_("Order {number}, {time}.", number=_apart(order.number),
               time=_apart(formatting.date_and_time(order.placed_at)))]
    if order.status == "cancelled":
        facts += [_("This order was cancelled"), *([] if paid else [_("You haven’t been charged.")])]
    elif order.invoice is not None and order.invoice.paid_on is not None:
        facts.append(_("Paid on {day}.", day=_apart(formatting.date(order.invoice.paid_on))))
    if order.is_balance_due:
        deposit = _apart(_money(order.total_amount - order.outstanding_amount, order.currency))
        facts.append(_("You paid {deposit} as a deposit; {balance} is still to pay.", deposit=deposit,
                       balance=_apart(_money(order.outstanding_amount, order.currency))))
    return facts


def _payment(order: Order) -> list[list[str]]:
    invoice = order.invoice
    if invoice is None or not _is_due(order):
        return []
    asked = _("Invoice {number}: please pay {total} by {day}.", number=_apart(invoice.number),
              total=_apart(_money(order.total_amount, order.currency)), day=_apart(formatting.date(invoice.due_on)))
    return [[f"{asked} {_('Give the number of the invoice as the reference.')}"], invoice.bank_details.splitlines()]


def _refunds(order: Order, paid: int, refunded: int) -> list[str]:
    if not refunded and not (paid and order.status == "cancelled"):
        return []
    went = [_("{amount} went back to you on {date}.", amount=_apart(_money(one.amount, one.currency)),
              date=_apart(formatting.date(one.finished_at)))
            for one in undone.list_given_back(db.session(), order.id) if one.finished_at is not None]
    if refunded >= paid:
        return [*went, _("That is all you paid.")]
    if order.status == "cancelled":
        return [*went, _("What you paid goes back the way you paid it; we write to you when it is done.")]
    return [*went, _("Of what you paid, {amount} is left.", amount=_apart(_money(paid - refunded, order.currency)))]


def _item(line: Any, currency: str) -> dict[str, Any]:
    return {"title": line.title, "notes": _notes(line), "quantity": str(line.quantity),
            "unit": Money(line.unit_amount, currency).format_amount(formatting.locale()),
            "amount": Money(line.unit_amount * line.quantity, currency).format_amount(formatting.locale())}


def _notes(line: Any) -> list[str]:
    following = [_n("{count} of them to follow", "{count} of them to follow", line.backordered_quantity)] \
        if line.backordered_quantity else []
    names = ", ".join(one.get("name") or one.get("email") or "" for one in line.learners or ())
    return [*following, *(f"{label}: {said}" for label, said in questions.said(line.answers, line.quantity)),
            *([_("For {names}", names=names)] if names else [])]


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {"label": str(row["label"]), "note": str(row["note"]), "amount": formatting.worth(row["amount"])}


def _is_due(order: Order) -> bool:
    return order.invoice is not None and order.invoice.is_unpaid and order.status != "cancelled"


def _vat_of(order: Order) -> str:
    return _("VAT number {number}", number=_apart(order.vat_number)) if order.vat_number else ""


def _logo_of(site: Site) -> list[int] | None:
    """The bytes of the logo for light ground: paper is white."""
    logo = sites.find_logo(db.session(), site.logo_light) if site.logo_light else None
    return list(logo.data) if logo is not None else None


def _money(minor: int, currency: str) -> str:
    return formatting.money(minor, currency)


def _filled(texts: list[str]) -> list[str]:
    return [text for text in texts if text]


def _strings(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value or "") for name, value in values.items()}


def _is_mirrored() -> bool:
    return translation.direction(translation.language()) == "rtl"


def _apart(value: str) -> str:
    """A value inside a sentence, where that is written from right to left and the value may not be."""
    return f"\u2068{value}\u2069" if _is_mirrored() else value
