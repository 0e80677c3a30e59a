"""How a route is asked: its address with things of this world in it, and what a form needs to be accepted."""

import re

from flask import Flask

TOKEN = {"form_token": "{form_token}"}
BODIES: dict[str, dict[str, str]] = {
    "POST /settings/sites/<slug>": {"name": "Nordic Home", "legal_name": "Nordic Home AB", "postal_address": "Storgatan 1",
                                    "email": "hello@demo.example", "answers_within_hours": "2"},
    "POST /settings/sites/<slug>/links": {"link_policy": "single", "link_days": "30", "tax_on_shipping": "standard",
                                          "crm": "salesforce"},
    "POST /settings/sites/<slug>/look": {"brand_color": "#1f5f4a", "corners": "soft", "languages": "en"},
    "POST /brand/sample/<slug>/<theme>": {"form_token": "{look_form_token}", "brand_color": "#1f5f4a", "corners": "soft"},
    "POST /settings/sites/<slug>/sign-in": {"sign_in": "anonymous"},
    "POST /settings/sites/<slug>/payment": {"place-card": "1", "invoice_days": "14"},
    "POST /settings/sites/<slug>/storefront": {"pages": "own"},
    "POST /approvals/<number>/rejection": {"comment": "Too cheap"},
    "POST /customers": {"email": "{email}"},
    "POST /developers/webhooks": {"url": "https://1.1.1.1/sales", "events": "order.paid"},
    "POST /developers/webhooks/<int:endpoint_id>": {"url": "https://1.1.1.1/sales", "events": "order.paid"},
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
          "revision_id": "revision_id", "slug": "slug", "digest": "digest", "photo": "photo", "own_font": "own_font",
          "product_id": "product_id", "variant_id": "variant_id", "endpoint_id": "endpoint_id",
          "delivery_id": "delivery_id"}


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
             "discount_id": "1", "refund_id": "1", "version": "1", "kind": "terms", "gateway": "test", "theme": "light", "color": "ffd400", "corners": "soft",
             "typeface": "inter", "bar": "plain"}
    known |= {place: values[name] for place, name in PLACES.items()}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], path)
