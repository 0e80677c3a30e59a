"""What is checked before a link is made: each thing that is fine, and each that is not with the place to fix it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import current_app, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.money import Money
from sales_portal.desk import approval_parts, way_limits
from sales_portal.links.errors import ExternalPatternMissing
from sales_portal.links.terms import default_terms
from sales_portal.selections.basket import Basket, Check
from sales_portal.selections.checks import country_name
from sales_portal.sites.models import Site
from sales_portal.web import formatting, staff

Item = dict[str, str]
PARTS: Mapping[str, tuple[str, ...]] = {
    "published": ("line.unpublished",),
    "prices": ("line.no_price", "pricelist.ended", "total.too_large"),
    "stock": ("line.sold_out", "line.above_stock", "line.low_stock", "line.backorder", "line.kept", "line.pack"),
    "shipping": ("shipping.none", "shipping.too_heavy", "shipping.elsewhere"),
    "tax": ("tax.unknown",),
}
PLACES: Mapping[str, str] = {
    "line.no_price": "price-{line}", "line.above_stock": "quantity-{line}", "line.low_stock": "quantity-{line}",
    "line.backorder": "quantity-{line}", "line.pack": "quantity-{line}",
    "empty.lines": "field-q", "pricelist.ended": "selection-market", "shipping.none": "selection-market",
    "shipping.elsewhere": "selection-customer", "tax.unknown": "selection-market", "total.too_large": "lines"}


def items(basket: Basket, builder_url: str, at: datetime) -> list[Item]:
    """Every check in the order people ask: what is sold, what it costs, whether it arrives, whether it can be paid."""
    if basket.is_empty:
        return [told(check, basket, builder_url) for check in basket.checks]
    fine = _fine(basket)
    rows: list[Item] = []
    for part, codes in PARTS.items():
        found = [check for check in basket.checks if check.code in codes]
        rows += [told(check, basket, builder_url) for check in found]
        if not found and fine.get(part):
            rows.append({"state": "ok", "text": fine[part]})
    known = {code for codes in PARTS.values() for code in codes}
    rows += [told(check, basket, builder_url) for check in basket.checks if check.code not in known]
    return [*rows, *_discounts(basket, builder_url, at), *storefront(basket.selection.site), *_surroundings(),
            *_limits(basket, builder_url, at), _approval(basket, builder_url)]


def storefront(site: Site) -> list[Item]:
    """That no link of this site has an address yet, with the way there or whom to ask; nothing where it has."""
    if not site.has_pattern_problem:
        return []
    item = {"state": "block", "text": ExternalPatternMissing.message}
    if staff.current_staff().may(Permission.SETTINGS_EDIT):
        return [item | {"fix_url": url_for("desk.site_storefront.storefront", slug=site.slug)}]
    return [item | {"text": f"{ExternalPatternMissing.message} Ask {staff.admins()}."}]


def place_of(check: Check) -> str:
    """The id of the field of the builder that settles `check`."""
    otherwise = "line-{line}" if check.line_id is not None else "selection-summary"
    return PLACES.get(check.code, otherwise).format(line=check.line_id)


def told(check: Check, basket: Basket, builder_url: str) -> Item:
    """`check` in words that name its line, with the way to its field."""
    row = basket.row(check.line_id) if check.line_id is not None else None
    text = f"{row.title}: {check.text}" if row is not None else check.text
    if check.code == "empty.lines":
        text = "The selection is empty. Add a product first."
    return {"state": check.kind, "text": text, "fix_url": f"{builder_url}#{place_of(check)}"}


def _fine(basket: Basket) -> dict[str, str]:
    country = country_name(basket.country)
    ships = any(row.ships for row in basket.rows)
    return {"published": "Everything is for sale.", "prices": "Every line has a price.",
            "stock": "Everything is in stock.",
            "shipping": f"It can be shipped to {country}." if ships else "Nothing has to be shipped.",
            "tax": "Tax is not charged." if basket.quote.ignores_tax else f"The tax in {country} is known."}


def _discounts(basket: Basket, builder_url: str, at: datetime) -> Iterator[Item]:
    """Whether each discount still holds on the day a link made now ends."""
    end = default_terms(basket, at).expires_at
    for taken in basket.quote.discounts:
        rule = taken.rule
        if rule.ends_at is not None and (end is None or rule.ends_at < end):
            yield {"state": "warn", "text": f"{rule.label} ends on {formatting.date(rule.ends_at)}, before the link.",
                   "fix_url": f"{builder_url}#selection-summary"}
        else:
            yield {"state": "ok", "text": f"{rule.label} holds as long as the link."}


def _surroundings() -> Iterator[Item]:
    gateways, sender = current_app.config["GATEWAYS"], current_app.config["MAIL_SENDER"]
    if not gateways:
        yield {"state": "block", "text": "No way to pay is set up. Ask an admin."}
    elif set(gateways) == {"test"}:
        yield {"state": "warn", "text": "Payments are in test mode: no money moves."}
    else:
        yield {"state": "ok", "text": "Customers can pay."}
    if current_app.config["MAIL_SERVER"]:
        yield {"state": "ok", "text": f"Mails are sent from {sender}."}
    else:
        yield {"state": "warn", "text": "No mail server is set up: copy the link and send it yourself."}


def _limits(basket: Basket, builder_url: str, at: datetime) -> Iterator[Item]:
    total = Money(basket.quote.total_amount, basket.quote.currency)
    note = way_limits.note(total, basket.selection.site, default_terms(basket, at))
    if note:
        yield {"state": "warn", "text": note, "fix_url": f"{builder_url}#lines"}


def _approval(basket: Basket, builder_url: str) -> Item:
    found = approval_parts.in_builder(basket)
    if not found.needs:
        return {"state": "ok", "text": "Nobody has to approve it."}
    things = "1 thing needs" if len(found.needs) == 1 else f"{len(found.needs)} things need"
    lines = [need.line.line_id for need in found.needs if need.line is not None]
    is_whole = any(need.whole is not None for need in found.needs)
    place = f"price-{lines[0]}" if lines else "selection-discounts" if is_whole else "selection-charges"
    who = found.approvers or "somebody who may decide"
    return {"state": "warn", "text": f"{things} a yes from {who}.", "fix_url": f"{builder_url}#{place}",
            "fix_label": "Show"}
