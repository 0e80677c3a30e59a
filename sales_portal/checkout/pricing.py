"""What a private copy costs now: the frozen prices, the rules of the country, the chosen delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount, CheckoutSessionLine
from sales_portal.core import clock
from sales_portal.core.db import Base
from sales_portal.core.writing import change, fresh
from sales_portal.links.models import CheckoutLink
from sales_portal.pricing import discounts, documents, engine, tax
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Quote, QuoteLine, Rules, ShippingOption
from sales_portal.pricing.models import Discount
from sales_portal.pricing.queries import CountryTerms
from sales_portal.pricing.tax import TaxOnShipping

SHIPPING_TAX_CLASS = "standard"
SHIPPING_LINE_NO = 1000
"""Behind every item, whichever of them come and go."""
FIRST_CODE_POSITION = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to deliver this copy, and what the customer would pay for it."""

    option: ShippingOption
    amount: int


def items_of(visit: CheckoutSession) -> list[CheckoutSessionLine]:
    """The lines that are products."""
    return [line for line in visit.lines if line.kind == "item"]


def needs_delivery(visit: CheckoutSession) -> bool:
    """Whether anything in the copy has to be brought somewhere; a way to deliver is held only where that is so."""
    return visit.shipping_method_id is not None or ships(visit)


def ships(visit: CheckoutSession) -> bool:
    """Whether anything in the lines of the copy has to be brought somewhere."""
    return any(line.product_kind == "goods" for line in items_of(visit))


def delivery_choices(session: Session, visit: CheckoutSession, link: CheckoutLink) -> list[Choice]:
    """Every way to deliver the copy to its country, cheapest first; empty where nothing ships or nothing can."""
    terms = pricing.get_country_terms(session, link.market_id, visit.country)
    if not ships(visit):
        return []
    parcel = quoted(visit, link, terms, held_discounts(visit)).parcel
    priced = terms.priced(parcel.grams, parcel.items_amount)
    return [Choice(option, 0 if link.ignores_shipping else price) for price, option in priced]


def held_discounts(visit: CheckoutSession) -> list[CheckoutSessionDiscount]:
    """The discounts of the copy in order; no statement for none."""
    return list(visit.discounts) if visit.has_discounts else []


def code_row(found: Discount, rule: DiscountRule) -> CheckoutSessionDiscount:
    """The row of a discount whose code a customer typed or brought along, for a copy; behind all the link came with."""
    made = fresh(CheckoutSessionDiscount, discount_id=found.id, position=FIRST_CODE_POSITION,
                 rule=documents.write(rule), is_code=True, is_preset=False, amount=None)
    made.discount = found
    return made


def quoted(visit: CheckoutSession, link: CheckoutLink, terms: CountryTerms, held: Sequence[CheckoutSessionDiscount],
           method_id: int | None = None, vat_number: str | None = None) -> Quote:
    """What the copy costs with the discounts `held`, delivered as before or by `method_id`; changes nothing.

    `vat_number` is the buyer's where it is another than the copy's. A code stands in the place of the preset discount,
    unless that takes more off.
    """
    items, wanted = items_of(visit), method_id or visit.shipping_method_id
    lines = [_line(line) for line in items]

    def choose(grams: int, items_amount: int) -> ShippingOption | None:
        return _option(wanted, terms.priced(grams, items_amount)) if ships(visit) else None
    number = (visit.vat_number if vat_number is None else vat_number) or link.vat_number
    quotes = [engine.quote(lines, _rules(link, terms, way, number), link.frozen_at, choose=choose)
              for way in _ways(held)]
    return min(quotes, key=lambda quote: quote.total_amount)


def reprice(session: Session, visit: CheckoutSession, link: CheckoutLink, terms: CountryTerms | None = None, *,
            method_id: int | None = None, **given: object) -> Quote:
    """Compute the copy afresh and write every amount into its lines and total, and with them what is `given`.

    `terms` are those of the copy's country, where the caller has them already; `method_id` is another way to deliver.
    """
    terms = terms or pricing.get_country_terms(session, link.market_id, visit.country)
    held = held_discounts(visit)
    quote = quoted(visit, link, terms, held, method_id, str(given.get("vat_number", visit.vat_number)))
    option = quote.shipping_option
    _put(session, [(line, _amounts(priced)) for line, priced in zip(items_of(visit), quote.lines, strict=True)])
    _put(session, _shipping(visit, quote, option))
    taken = {one.rule.id: one.amount for one in quote.discounts}
    for one in held:
        one.amount = taken.get(one.discount_id)
    values = given | {"shipping_method_id": option.id if option is not None else None,
                      "total_amount": quote.total_amount}
    # Counted by the database: whoever read the lines of a version may rely on them as long as it is that version.
    _put(session, [(visit, values)], counting="version")
    return quote


def _put(session: Session, changes: Sequence[tuple[Base, dict[str, object]]], counting: str | None = None) -> None:
    """Write into stored rows at once, and into new ones for whoever stores them."""
    stored = []
    for row, values in changes:
        if instance_state(row).persistent:
            stored.append((row, values))
        else:
            # A row nobody has stored yet needs no record of what it was before.
            row.__dict__.update(values)
    change(session, *stored, counting=counting)


def _option(method_id: int | None, priced: Sequence[tuple[int, ShippingOption]]) -> ShippingOption | None:
    chosen = next((option for _, option in priced if option.id == method_id), None)
    return chosen or (priced[0][1] if priced else None)


def _ways(held: Sequence[CheckoutSessionDiscount]) -> list[list[CheckoutSessionDiscount]]:
    with_code = [one for one in held if not one.is_preset]
    without = [one for one in held if not one.is_code]
    return [with_code, without] if len(with_code) < len(held) and len(without) < len(held) else [list(held)]


def _rules(link: CheckoutLink, terms: CountryTerms, held: Sequence[CheckoutSessionDiscount],
           vat_number: str) -> Rules:
    return Rules(
        currency=link.currency, is_tax_included=link.is_tax_included, tax_rates=terms.tax_rates,
        discounts=tuple(rule for one in held if (rule := _rule(one, link.currency)) is not None),
        ignores_shipping=link.ignores_shipping, ignores_tax=link.ignores_tax,
        waives_included_tax=link.site.waives_included_tax, tax_on_shipping=TaxOnShipping(link.site.tax_on_shipping),
        is_reverse_charged=tax.is_reverse_charged(link.site.country, terms.country, vat_number))


def _rule(one: CheckoutSessionDiscount, currency: str) -> DiscountRule | None:
    # What a discount says is frozen; whether it is used up is not.
    rule = documents.read(one.rule, one.discount.uses_count)
    if not one.is_code:
        return rule
    # Everything else is judged as of the link, a code as of now: it may be younger than the link.
    if discounts.why_never(rule, currency, clock.now()) is not None:
        return None
    return replace(rule, starts_at=None, ends_at=None)


def _line(line: CheckoutSessionLine) -> Line:
    return Line(key=line.line_no, quantity=line.quantity, unit_amount=line.unit_amount, list_amount=line.list_amount,
                tax_class=line.tax_class, ships=line.product_kind == "goods", weight_grams=line.weight_grams,
                product_id=line.product_id)


def _amounts(priced: QuoteLine) -> dict[str, object]:
    return {"unit_amount": priced.unit_amount, "discount_amount": priced.discount_amount, "tax_rate": priced.tax_rate,
            "tax_amount": priced.tax_amount, "tax_waived_amount": priced.tax_waived_amount,
            "is_tax_included": priced.is_tax_included, "line_amount": priced.line_amount}


def _shipping(visit: CheckoutSession, quote: Quote,
              option: ShippingOption | None) -> list[tuple[CheckoutSessionLine, dict[str, object]]]:
    """The lines of shipping, made where they are missing, with what goes into them; needless ones are taken away."""
    present = {line.line_no: line for line in visit.lines if line.kind == "shipping"}
    wanted = dict(enumerate(quote.shipping_lines, SHIPPING_LINE_NO)) if option is not None else {}
    for number in present.keys() - wanted.keys():
        visit.lines.remove(present[number])
    title = option.name if option is not None else ""
    return [(present.get(number) or _new_shipping_line(visit, number),
             {"title": title, "list_amount": priced.list_amount} | _amounts(priced))
            for number, priced in wanted.items()]


def _new_shipping_line(visit: CheckoutSession, number: int) -> CheckoutSessionLine:
    line = fresh(CheckoutSessionLine, line_no=number, kind="shipping", quantity=1, title="", unit_amount=0,
                 list_amount=0, tax_class=SHIPPING_TAX_CLASS)
    visit.lines.append(line)
    return line
