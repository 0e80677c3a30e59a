"""Two people changed the same thing: both values are shown, and nothing typed is lost until one is chosen."""

from flask import Response, make_response, render_template, request, url_for

from sales_portal.core.errors import Refusal
from sales_portal.customers import queries as customers
from sales_portal.selections import queries as selections
from sales_portal.web import htmx
from sales_portal.web.extensions import db

FIELDS = {
    "quantity": "Quantity", "customer_id": "Customer", "customer_note": "Note to the customer",
    "internal_note": "Internal note", "label": "Label", "ignores_shipping": "Ignore shipping",
    "ignores_tax": "Ignore tax", "ignores_tax_reason": "Why tax is not charged", "market": "Market and prices",
}
OWN = ("csrf_token", "version")


def answer(clash: Refusal) -> Response:
    """Ask which of the two values shall stand; choosing one's own sends the same act again for today's version."""
    details, number = clash.details, str((request.view_args or {}).get("number", ""))
    selection = selections.get_selection(db.session(), number)
    name = FIELDS.get(str(details["field"]), "This")
    shown = {
        "title": clash.text, "what": f"{name} of {details['thing']}" if details["thing"] else name,
        "who": details["who"], "theirs": _words(details["field"], details["theirs"]),
        "yours": _words(details["field"], details["yours"]), "action": request.path,
        "version": selection.version if selection is not None else None,
        "again": [(key, value) for key, value in request.form.items(multi=True) if key not in OWN],
        "back": url_for("desk.builder.show", number=number)}
    if not htmx.is_htmx():
        return make_response(render_template("desk/selections/conflict.html", **shown), clash.status)
    return htmx.fragments(render_template("desk/selections/_conflict.html", modal=True, **shown),
                          status=clash.status, into="#dialog", swap="innerHTML")


def _words(field: object, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "customer_id":
        customer = customers.get_customer(db.session(), value) if isinstance(value, int) else None
        return customer.display_name if customer is not None else "anyone with the link"
    return str(value) if value not in (None, "") else "nothing"
