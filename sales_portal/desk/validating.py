"""Looking at one field when it is left: what is wrong with it, or what was probably meant. Saving judges again."""

import re
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.customers import details as customer_details
from sales_portal.customers import service as customers
from sales_portal.customers import typos
from sales_portal.desk import workbench
from sales_portal.selections import discounts
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("validating", __name__)

LONGEST = 300
_FIELD = re.compile(r"field-[a-z_-]{1,40}")


@blueprint.get("/validate/email")
@staff.any_staff
def email() -> Response:
    """Whether it is an e-mail address, and which one was probably meant where it looks mistyped."""
    return _answer(customers.clean_email, typos.meant)


@blueprint.get("/validate/vat-number")
@staff.any_staff
def vat_number() -> Response:
    """Whether it is a VAT number, check digits and all."""
    return _answer(customer_details.refuse_vat_number)


@blueprint.get("/selections/<number>/discounts/validate")
@staff.permit(Permission.SELECTIONS_EDIT)
def discount_code(number: str) -> Response:
    """Whether there is a discount with this code that may be given to the selection now."""
    selection = workbench.load(number)
    return _answer(lambda code: discounts.refuse_code(db.session(), selection, code))


def _answer(judge: Callable[[str], object], suggest: Callable[[str], str] | None = None) -> Response:
    """What `judge` refuses, else what `suggest` offers, for the field that `field` names; nothing for an empty one."""
    asked = _FIELD.fullmatch(request.args.get("field", ""))
    field = asked[0] if asked else "field-text"
    text = " ".join(request.args.get(field.removeprefix("field-"), "")[:LONGEST].split())
    error = suggestion = ""
    try:
        if text:
            judge(text)
            suggestion = suggest(text) if suggest is not None else ""
    except Invalid as refusal:
        error = refusal.text
    return htmx.fragments(render_template("desk/_check.html", field=field, error=error, suggestion=suggestion))
