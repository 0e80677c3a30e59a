"""The hosted page of the embedded test provider: a bank's page, with a button for everything a bank may do."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sales_portal.core.money import Money
from sales_portal.core.translation import _
from sales_portal.payments import test_gateway
from sales_portal.payments.test_gateway import Held
from sales_portal.storefront import limits, speech
from sales_portal.storefront.errors import UnknownLink
from sales_portal.web import formatting, public_forms
from sales_portal.web.extensions import db

blueprint = Blueprint("test_provider", __name__, url_prefix="/test-provider/<page_token>")
DECISIONS = frozenset(test_gateway.DECISIONS)
CODE_DIGITS = 6


@blueprint.get("")
def show(page_token: str) -> ResponseReturnValue:
    """The page of one payment as it stands; a decided one sends the customer back to the shop."""
    intent = _find(page_token)
    status = test_gateway.status_of(intent)
    if status in ("open", "challenge", "slow"):
        return _page(intent, page_token, status)
    if test_gateway.is_left(intent):
        return _page(intent, page_token, "left")
    return redirect(test_gateway.return_url_of(intent), 303)


@blueprint.post("")
def decide(page_token: str) -> ResponseReturnValue:
    """Do what was pressed; the 3-D Secure page wants six digits first."""
    intent = _find(page_token)
    public_forms.check(page_token)
    decision = request.form.get("decision", "")
    status = test_gateway.status_of(intent)
    if decision not in DECISIONS:
        return _page(intent, page_token, status, status=422, problem=_("Choose what the bank should do"))
    code = request.form.get("code", "").strip()
    if status == "challenge" and decision == "approve" and not (code.isdecimal() and len(code) == CODE_DIGITS):
        return _page(intent, page_token, status, status=422, problem=_("Enter the 6 digits of the code"), code=code)
    decided = test_gateway.decide(db.session(), intent, decision)
    if decided in ("challenge", "slow") or decision == "leave":
        return redirect(url_for("storefront.test_provider.show", page_token=page_token), 303)
    return redirect(test_gateway.return_url_of(intent), 303)


def _find(page_token: str) -> Held:
    intent = test_gateway.find_page(db.session(), page_token)
    if intent is None:
        limits.count_miss()
        raise UnknownLink
    speech.speak_to_browser()
    return intent


def _page(intent: Held, page_token: str, state: str, *, status: int = 200, problem: str = "",
          code: str = "") -> Response:
    amount = f"{Money(intent.amount, intent.currency).format_amount(formatting.locale())} {intent.currency}"
    return make_response(render_template(
        "storefront/test_provider/show.html", intent=intent, amount=amount, state=state, problem=problem, code=code,
        form_token=public_forms.form_token(page_token),
        url=url_for("storefront.test_provider.show", page_token=page_token)), status)
