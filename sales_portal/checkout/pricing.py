"""What a private copy costs now: the frozen prices, the rules of the country, the chosen delivery."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core.db import Base
from sales_portal.core.writing import change, fresh
from sales_portal.links.models import CheckoutLink
from sales_portal.pricing import documents, engine, tax
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.engine import Line, Quote, QuoteLine, Rules, ShippingOption
from sales_portal.pricing.queries import CountryTerms
from sales_portal.pricing.tax import TaxOnShipping

SHIPPING_TAX_CLASS = "standard"
SHIPPING_LINE_NO = 1000
"""Behind every item, whichever of them come and go."""


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
    choices = _choices(visit, terms, _rules(link, visit, terms), link)
    return [Choice(choice.option, 0) for choice in choices] if link.ignores_shipping else choices


def reprice(session: Session, visit: CheckoutSession, link: CheckoutLink, terms: CountryTerms | None = None, *,
            method_id: int | None = None, **given: object) -> Quote:
    """Compute the copy afresh and write every amount into its lines and total, and with them what is `given`.

    `terms` are those of the copy's country, where the caller has them already; `method_id` is another way to deliver.
    """
    terms = terms or pricing.get_country_terms(session, link.market_id, visit.country)
    rules = _rules(link, visit, terms)
    items, wanted = items_of(visit), method_id or visit.shipping_method_id

    def choose(grams: int, items_amount: int) -> ShippingOption | None:
        return _option(wanted, terms.priced(grams, items_amount)) if ships(visit) else None
    quote = engine.quote([_line(line) for line in items], rules, link.frozen_at, choose=choose)
    option = quote.shipping_option
    _put(session, [(line, _amounts(priced)) for line, priced in zip(items, quote.lines, strict=True)])
    _put(session, _shipping(visit, quote, option))
    taken = {one.rule.id: one.amount for one in quote.discounts}
    for held in visit.discounts if visit.has_discounts else ():
        held.amount = taken.get(held.discount_id)
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


def _choices(visit: CheckoutSession, terms: CountryTerms, rules: Rules, link: CheckoutLink) -> list[Choice]:
    if not ships(visit):
        return []
    parcel = engine.parcel([_line(line) for line in items_of(visit)], rules, link.frozen_at)
    return [Choice(option, price) for price, option in terms.priced(parcel.grams, parcel.items_amount)]


def _rules(link: CheckoutLink, visit: CheckoutSession, terms: CountryTerms) -> Rules:
    given = visit.discounts if visit.has_discounts else ()
    return Rules(
        currency=link.currency, is_tax_included=link.is_tax_included, tax_rates=terms.tax_rates,
        # What a discount says is frozen; whether it is used up is not.
        discounts=tuple(documents.read(one.rule, one.discount.uses_count) for one in given),
        ignores_shipping=link.ignores_shipping, ignores_tax=link.ignores_tax,
        waives_included_tax=link.site.waives_included_tax, tax_on_shipping=TaxOnShipping(link.site.tax_on_shipping),
        is_reverse_charged=tax.is_reverse_charged(link.site.country, terms.country, link.vat_number))


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
