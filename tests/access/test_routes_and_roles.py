"""Who may open what: every route of the portal, and what each person is answered.

A new route needs one line in `TABLE`. The columns are the people of `tests.access.world`; 303 in the first column of a
staff page is the way to the log-in. `BODIES` holds what a form needs to be accepted.
"""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.access.world import PEOPLE, World
from tests.harness.app import Client
from tests.harness.databases import Database

TABLE = """
route                                                               anonymous owner colleague senior manager stranger admin integrator auditor
GET  /                                                                    303   303       303    303     303      303   303        303     303
GET  /alerts                                                              303   403       403    403     200      200   200        403     403
GET  /approvals                                                           303   403       403    403     200      200   200        403     403
GET  /approvals/<number>                                                  303   403       403    403     200      404   200        403     403
GET  /approvals/<number>/approval                                         303   403       403    403     200      404   200        403     403
GET  /approvals/<number>/rejection                                        303   403       403    403     200      404   200        403     403
GET  /customers                                                           303   200       200    200     200      200   200        403     200
GET  /customers/<number>                                                  303   200       200    200     200      200   200        403     200
GET  /customers/new                                                       303   200       200    200     200      200   200        403     403
GET  /healthz                                                             200   200       200    200     200      200   200        200     200
GET  /home                                                                303   200       200    200     200      200   200        403     200
GET  /links                                                               303   200       200    200     200      200   200        403     200
GET  /links/<number>                                                      303   200       404    200     200      404   200        403     200
GET  /links/<number>/address                                              303   200       404    200     200      404   200        403     403
GET  /links/<number>/card                                                 303   200       404    200     200      404   200        403     403
GET  /links/<number>/qr.png                                               303   200       404    200     200      404   200        403     403
GET  /links/<number>/sending/preview                                      303   200       404    200     200      404   200        403     403
GET  /links/<number>/qr.svg                                               303   200       404    200     200      404   200        403     403
GET  /links/<number>/replacement                                          303   200       404    200     200      404   200        403     403
GET  /links/<number>/revocation                                           303   200       404    200     200      404   200        403     403
GET  /links/<number>/sending                                              303   200       404    200     200      404   200        403     403
GET  /links/<number>/update                                               303   409       404    409     409      404   409        403     403
GET  /links/<number>/versions/<int:version>                               303   404       404    404     404      404   404        403     404
GET  /login                                                               200   303       303    303     303      303   303        303     303
GET  /mailbox                                                             303   403       403    403     200      200   200        403     403
GET  /mailbox/<int:key>                                                   303   403       403    403     200      200   200        403     403
GET  /mailbox/<int:key>/html                                              303   403       403    403     200      200   200        403     403
GET  /orders                                                              303   200       200    200     200      200   200        403     200
GET  /orders/<number>                                                     303   200       404    200     200      404   200        403     200
GET  /orders/<number>/cancellation                                        303   200       404    200     200      404   200        403     403
GET  /orders/<number>/receipt.pdf                                         303   200       404    200     200      404   200        403     200
GET  /orders/<number>/refund                                              303   200       404    200     200      404   200        403     403
POST /orders/<number>/cancellation/approval                               303   403       403    403     409      404   409        403     403
POST /orders/<number>/cancellation/refusal                                303   409       404    409     409      404   409        403     403
POST /orders/<number>/cancellation                                        303   303       404    303     303      404   303        403     403
POST /orders/<number>/refund                                              303   409       404    409     409      404   409        403     403
POST /orders/<number>/refunds/<int:refund_id>/approval                    303   403       403    403     404      404   404        403     403
POST /orders/<number>/refunds/<int:refund_id>/refusal                     303   404       404    404     404      404   404        403     403
GET  /orders/<number>/settlement                                          303   403       403    403     404      404   404        403     403
GET  /preview/<token>                                                     404   404       404    404     404      404   404        404     404
GET  /products                                                            303   200       200    200     200      200   200        403     403
GET  /products/<int:product_id>                                           303   200       200    200     200      200   200        403     200
GET  /products/<int:product_id>/links                                     303   200       200    200     200      200   200        403     200
GET  /profile                                                             303   200       200    200     200      200   200        200     200
GET  /receipts/<token>                                                    200   200       200    200     200      200   200        200     200
GET  /receipts/<token>/balance                                            303   303       303    303     303      303   303        303     303
GET  /receipts/<token>/balance/stripe                                     303   303       303    303     303      303   303        303     303
GET  /receipts/<token>/receipt.pdf                                        303   303       303    303     303      303   303        303     303
GET  /selection/                                                          404   404       404    404     404      404   404        404     404
GET  /selection/<path:rest>                                               404   404       404    404     404      404   404        404     404
GET  /selection/<public_id>/<token>                                       200   200       200    200     200      200   200        200     200
GET  /selection/<public_id>/<token>/calendar                              404   404       404    404     404      404   404        404     404
GET  /selection/<public_id>/<token>/delivery                              303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/details                               303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/no-thanks                             200   200       200    200     200      200   200        200     200
GET  /selection/<public_id>/<token>/saving                                200   200       200    200     200      200   200        200     200
GET  /selection/<public_id>/<token>/payment                               303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/payment/stripe                       303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/receipt                               303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/receipt.pdf                           303   303       303    303     303      303   303        303     303
GET  /selection/<public_id>/<token>/shop                                  303   303       303    303     303      303   303        303     303
GET  /selections                                                          303   200       200    200     200      200   200        403     200
GET  /selections/<number>                                                 303   200       404    200     200      404   200        403     200
GET  /selections/<number>/checkout                                        303   200       404    200     200      404   200        403     200
GET  /selections/<number>/customer/accounts                               303   200       404    200     200      404   200        403     403
GET  /selections/<number>/customer/details                                303   200       404    200     200      404   200        403     403
GET  /selections/<number>/customers                                       303   200       404    200     200      404   200        403     403
GET  /selections/<number>/discounts                                       303   200       404    200     200      404   200        403     403
GET  /selections/<number>/discounts/validate                              303   200       404    200     200      404   200        403     403
GET  /selections/<number>/history                                         303   200       404    200     200      404   200        403     200
GET  /selections/<number>/lines/<int:line_id>/ad-hoc                      303   404       404    404     404      404   404        403     403
GET  /selections/<number>/lines/<int:line_id>/details                     303   200       404    200     200      404   200        403     403
GET  /selections/<number>/lines/<int:line_id>/price                       303   200       404    200     200      404   200        403     403
GET  /selections/<number>/lines/ad-hoc                                    303   200       404    200     200      404   200        403     403
GET  /selections/<number>/link                                            303   200       404    200     200      404   200        403     403
GET  /selections/<number>/list                                            303   200       404    200     200      404   200        403     403
GET  /selections/<number>/market                                          303   200       404    200     200      404   200        403     403
GET  /selections/<number>/products                                        303   200       404    200     200      404   200        403     403
GET  /selections/<number>/products/<int:variant_id>                       303   200       404    200     200      404   200        403     403
GET  /selections/<number>/repricing                                       303   200       404    200     200      404   200        403     200
GET  /selections/<number>/state                                           303   303       404    303     303      404   303        403     303
GET  /static/<path:filename>                                              200   200       200    200     200      200   200        200     200
GET  /test-provider/<page_token>                                          200   200       200    200     200      200   200        200     200
GET  /ui                                                                  303   403       403    403     403      403   200        403     403
GET  /validate/email                                                      303   200       200    200     200      200   200        200     200
GET  /validate/vat-number                                                 303   200       200    200     200      200   200        200     200
POST /alerts/<int:key>/end                                                303   403       403    403     404      404   404        403     403
POST /alerts/jobs/<int:key>/repetition                                    303   403       403    403     404      404   404        403     403
POST /approvals/<number>/approval                                         303   403       403    403     303      404   303        403     403
POST /approvals/<number>/rejection                                        303   403       403    403     303      404   303        403     403
POST /customers                                                           303   303       303    303     303      303   303        403     403
POST /links/<number>/answer                                               303   303       404    303     303      404   303        403     403
POST /links/<number>/copies                                               303   303       404    303     303      404   303        403     403
POST /links/<number>/extension                                            303   303       404    303     303      404   303        403     403
POST /links/<number>/pause                                                303   303       404    303     303      404   303        403     403
POST /links/<number>/replacement                                          303   303       404    303     303      404   303        403     403
POST /links/<number>/resumption                                           303   303       404    303     303      404   303        403     403
POST /links/<number>/revocation                                           303   303       404    303     303      404   303        403     403
POST /links/<number>/sending/preview                                      303   200       404    200     200      404   200        403     403
POST /links/<number>/sending                                              303   303       404    303     303      404   303        403     403
POST /links/<number>/update                                               303   409       404    409     409      404   409        403     403
POST /login                                                               422   422       422    422     422      422   422        422     422
POST /login/extension                                                     303   303       303    303     303      303   303        303     303
POST /logout                                                              303   303       303    303     303      303   303        303     303
POST /orders/<number>/extra-payments                                      303   303       404    303     303      404   303        403     403
POST /orders/<number>/settlement                                          303   403       403    403     404      404   404        403     403
POST /preferences                                                         303   303       303    303     303      303   303        303     303
POST /profile                                                             303   303       303    303     303      303   303        303     303
POST /provider-events/<gateway>                                           400   400       400    400     400      400   400        400     400
POST /receipts/<token>                                                    303   303       303    303     303      303   303        303     303
POST /receipts/<token>/balance                                            303   303       303    303     303      303   303        303     303
POST /receipts/<token>/balance/confirmation                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/additions                             409   409       409    409     409      409   409        409     409
POST /selection/<public_id>/<token>/additions/<int:variant_id>/quantity   303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/additions/<int:variant_id>/removal    409   409       409    409     409      409   409        409     409
POST /selection/<public_id>/<token>/choice                                303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/code                                  303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/code/removal                          303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/delivery                              422   422       422    422     422      422   422        422     422
POST /selection/<public_id>/<token>/details                               422   422       422    422     422      422   422        422     422
POST /selection/<public_id>/<token>/lines/<int:line_no>/absence           409   409       409    409     409      409   409        409     409
POST /selection/<public_id>/<token>/lines/<int:line_no>/amount            303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/lines/<int:line_no>/waiting           409   409       409    409     409      409   409        409     409
POST /selection/<public_id>/<token>/lines/<int:line_no>/quantity          303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/opened                                204   204       204    204     204      204   204        204     204
POST /selection/<public_id>/<token>/no-thanks                             303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/saving                                303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/balance                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/payment                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/payment/extension                     303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/payment/confirmation                  303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/request                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/stock-wish                            303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/update                                303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/visit                                 303   303       303    303     303      303   303        303     303
POST /selections                                                          303   303       303    303     303      303   303        403     403
POST /selections/<number>/approval/withdrawal                             303   303       404    303     303      404   303        403     403
POST /selections/<number>/archive                                         303   303       404    303     303      404   303        403     403
POST /selections/<number>/charges                                         303   303       404    303     303      404   303        403     403
POST /selections/<number>/copies                                          303   303       404    303     303      404   303        403     403
POST /selections/<number>/customer                                        303   303       404    303     303      404   303        403     403
POST /selections/<number>/discounts                                       303   422       404    422     422      404   422        403     403
POST /selections/<number>/discounts/<int:discount_id>/removal             303   404       404    404     404      404   404        403     403
POST /selections/<number>/customer/details                                303   303       404    303     303      404   303        403     403
POST /selections/<number>/history/<int:revision_id>/restoration           303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines                                           303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/ad-hoc                      303   404       404    404     404      404   404        403     403
POST /selections/<number>/lines/<int:line_id>/details                     303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/price                       303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/price/removal               303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/quantity                    303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/backorder                   303   409       404    409     409      404   409        403     403
POST /selections/<number>/lines/<int:line_id>/removal                     303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/restoration                 303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/<int:line_id>/wait                        303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/ad-hoc                                    303   303       404    303     303      404   303        403     403
POST /selections/<number>/lines/elsewhere                                 303   404       404    404     404      404   404        403     403
POST /selections/<number>/lines/unpriced                                  303   404       404    404     404      404   404        403     403
POST /selections/<number>/link                                            303   303       404    303     303      404   303        403     403
POST /selections/<number>/link/preview                                    303   200       404    200     200      404   200        403     403
POST /selections/<number>/link/metadata                                   303   200       404    200     200      404   200        403     403
POST /selections/<number>/list                                            303   200       404    200     200      404   200        403     403
POST /selections/<number>/market                                          303   303       404    303     303      404   303        403     403
POST /selections/<number>/notes                                           303   303       404    303     303      404   303        403     403
POST /selections/<number>/presence                                        303   204       404    204     204      404   204        403     403
POST /selections/<number>/redo                                            303   303       404    303     303      404   303        403     403
POST /selections/<number>/restoration                                     303   303       404    303     303      404   303        403     403
POST /selections/<number>/undo                                            303   303       404    303     303      404   303        403     403
POST /test-provider/<page_token>                                          422   422       422    422     422      422   422        422     422
POST /selections/archive                                                  303   303       303    303     303      303   303        403     403
GET  /brand/<color>-<corners>.css                                         200   200       200    200     200      200   200        200     200
GET  /brand/logo/<digest>                                                 200   200       200    200     200      200   200        200     200
GET  /brand/sample/<slug>/<theme>                                         200   200       200    200     200      200   200        200     200
GET  /legal/<slug>/<kind>                                                 200   200       200    200     200      200   200        200     200
GET  /selection/<public_id>/<token>/sign-in                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/sign-in                               303   303       303    303     303      303   303        303     303
POST /selection/<public_id>/<token>/sign-in/code                          303   303       303    303     303      303   303        303     303
GET  /settings/sites                                                      303   403       403    403     200      200   200        403     200
GET  /settings/sites/<slug>                                               303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>                                               303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/look                                          303   403       403    403     200      200   200        403     200
GET  /settings/sites/<slug>/payment                                       303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/look                                          303   403       403    403     403      403   303        403     403
POST /settings/sites/<slug>/payment                                       303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/texts                                         303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/texts                                         303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/links                                         303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/links                                         303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/storefront                                    303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/storefront                                    303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/sign-in                                       303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/sign-in                                       303   403       403    403     403      403   303        403     403
GET  /settings/sites/<slug>/refunds                                       303   403       403    403     200      200   200        403     200
POST /settings/sites/<slug>/refunds                                       303   403       403    403     403      403   303        403     403
POST /settings/sites/<slug>/look/logos/<theme>/removal                    303   403       403    403     403      403   303        403     403
"""

TOKEN = {"form_token": "{form_token}"}
BODIES: dict[str, dict[str, str]] = {
    "POST /settings/sites/<slug>": {"name": "Nordic Home", "legal_name": "Nordic Home AB", "postal_address": "Storgatan 1",
                                    "email": "hello@demo.example", "answers_within_hours": "2"},
    "POST /settings/sites/<slug>/links": {"link_policy": "single", "link_days": "30", "tax_on_shipping": "standard",
                                          "crm": "salesforce"},
    "POST /settings/sites/<slug>/look": {"brand_color": "#1f5f4a", "corners": "soft", "languages": "en"},
    "POST /settings/sites/<slug>/sign-in": {"sign_in": "anonymous"},
    "POST /settings/sites/<slug>/payment": {"place-card": "1", "invoice_days": "14"},
    "POST /settings/sites/<slug>/storefront": {"pages": "own"},
    "POST /approvals/<number>/rejection": {"comment": "Too cheap"},
    "POST /customers": {"email": "{email}"},
    "POST /links/<number>/extension": {"days": "7"},
    "POST /links/<number>/revocation": {"reason": "Wrong price"},
    "POST /links/<number>/sending": {"to": "anna@example.com"},
    "POST /links/<number>/sending/preview": {"to": "anna@example.com"},
    "POST /selection/<public_id>/<token>/no-thanks": TOKEN,
    "POST /selection/<public_id>/<token>/saving": {**TOKEN, "email": "anna@example.com"},
    "POST /orders/<number>/cancellation": {"reason": "customer"},
    "POST /orders/<number>/refund": {"amount": "10", "left": "0", "reason": "goodwill"},
    "POST /preferences": {"theme": "dark"},
    "POST /profile": {"theme": "dark", "density": "compact"},
    "POST /receipts/<token>": {"form_token": "{receipt_form_token}"},
    "POST /receipts/<token>/balance": {"form_token": "{receipt_form_token}"},
    "POST /receipts/<token>/balance/confirmation": {"form_token": "{receipt_form_token}"},
    "POST /selection/<public_id>/<token>/balance": TOKEN,
    "POST /selection/<public_id>/<token>/additions": {**TOKEN, "variant": "{variant_id}"},
    "POST /selection/<public_id>/<token>/additions/<int:variant_id>/quantity": TOKEN,
    "POST /selection/<public_id>/<token>/additions/<int:variant_id>/removal": TOKEN,
    "POST /selection/<public_id>/<token>/choice": TOKEN,
    "POST /selection/<public_id>/<token>/code": TOKEN,
    "POST /selection/<public_id>/<token>/code/removal": TOKEN,
    "POST /selection/<public_id>/<token>/delivery": TOKEN,
    "POST /selection/<public_id>/<token>/details": TOKEN,
    "POST /selection/<public_id>/<token>/lines/<int:line_no>/amount": TOKEN,
    "POST /selection/<public_id>/<token>/lines/<int:line_no>/quantity": {**TOKEN, "quantity": "1"},
    "POST /selection/<public_id>/<token>/payment": TOKEN,
    "POST /selection/<public_id>/<token>/payment/confirmation": TOKEN,
    "POST /selection/<public_id>/<token>/payment/extension": TOKEN,
    "POST /selection/<public_id>/<token>/request": {**TOKEN, "email": "anna@example.com", "message": "Please"},
    "POST /selection/<public_id>/<token>/lines/<int:line_no>/absence": TOKEN,
    "POST /selection/<public_id>/<token>/lines/<int:line_no>/waiting": TOKEN,
    "POST /selection/<public_id>/<token>/stock-wish": TOKEN,
    "POST /selection/<public_id>/<token>/update": TOKEN,
    "POST /selection/<public_id>/<token>/visit": TOKEN,
    "POST /selections/<number>/discounts": {"code": "NO-SUCH-CODE"},
    "POST /selections/<number>/customer/details": {"email": "{email}"},
    "POST /selections/<number>/lines": {"q": "{q}"},
    "POST /selections/<number>/lines/<int:line_id>/quantity": {"quantity": "3"},
    "POST /selections/<number>/lines/<int:line_id>/price": {"amount": "900", "reason": "Loyal customer"},
    "POST /selections/<number>/lines/ad-hoc": {"title": "Engraving", "amount": "90", "quantity": "1"},
    "POST /selections/<number>/list": {"text": "{q}"},
    "POST /selections/<number>/link": {"changes": "nothing", "paid": "once", "until": "30", "request_key": "{email}"},
    "POST /selections/<number>/link/preview": {"changes": "nothing", "paid": "once", "until": "30"},
    "POST /selections/<number>/market": {"market": "{market}", "pricelist": "{pricelist}"},
    "POST /selections/<number>/notes": {"customer_note": "Hello"},
    "POST /test-provider/<page_token>": {"form_token": "{page_form_token}", "decision": "nonsense"},
}
KINDS = {"links": "link", "selections": "selection", "orders": "order", "customers": "customer",
         "approvals": "approval"}
PLACES = {"key": "mail", "page_token": "page_token", "public_id": "public_id", "token": "token", "line_id": "line_id",
          "revision_id": "revision_id", "slug": "slug", "digest": "digest", "product_id": "product_id", "variant_id": "variant_id"}


def rows() -> dict[str, dict[str, int]]:
    """The table as route → person → status."""
    head, *lines = TABLE.strip().splitlines()
    assert head.split()[1:] == list(PEOPLE)
    parsed = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {" ".join(words[:2]): dict(zip(PEOPLE, map(int, words[2:]), strict=True)) for words in parsed}


def routes(app: Flask) -> list[str]:
    """Every route of the portal as `GET /links/<number>`; HEAD and OPTIONS follow their route."""
    return sorted(f"{method} {rule.rule}" for rule in app.url_map.iter_rules()
                  for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def address(route: str, values: dict[str, str]) -> str:
    """The path of `route` with the things of this world in it."""
    path = route.split(" ", 1)[1]
    kind = KINDS.get(path.split("/")[1], "")
    if path.startswith("/receipts/"):
        values = {**values, "token": values["receipt"]}
    known = {"number": values.get(kind, ""), "line_no": "1", "filename": "favicon.svg", "rest": "mistyped",
             "discount_id": "1", "refund_id": "1", "version": "1", "kind": "terms", "gateway": "test", "theme": "light", "color": "ffd400", "corners": "soft"}
    known |= {place: values[name] for place, name in PLACES.items()}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], path)


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    known = rows()
    assert [route for route in routes(app) if route not in known] == [], "add a line for each to TABLE"
    assert [route for route in known if route not in routes(app)] == [], "these routes are gone: take their lines out"


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_is_answered_as_the_table_says(
        app: Flask, session: Session, database: Database, open_client: Callable[[], Client], person: str) -> None:
    world, wrong, is_used = World(app, session, database), [], False
    for route, expected in rows().items():
        method, _ = route.split(" ", 1)
        if is_used:
            world.renew()
        typed = {name: text.format(**world.values) for name, text in BODIES.get(route, {}).items()}
        client = world.browser(person, open_client)
        answer = client.open(address(route, world.values), method=method, data=typed if method != "GET" else None)
        answer.close()
        is_used = method != "GET" and answer.status_code < 400
        if answer.status_code != expected[person]:
            wrong.append(f"{route}: {answer.status_code} where {expected[person]} is due")
        if person == "anonymous" and expected["owner"] != expected["anonymous"] and route != "GET /login":
            assert answer.headers["Location"].startswith("/login"), route
    assert wrong == []
