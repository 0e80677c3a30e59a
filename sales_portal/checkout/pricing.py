"""What a private copy costs now: the frozen prices, the rules of the country, the chosen delivery."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
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
    choices = _choices(visit, terms, _rules(session, link, visit, terms), link)
    return [Choice(choice.option, 0) for choice in choices] if link.ignores_shipping else choices


def reprice(session: Session, visit: CheckoutSession, link: CheckoutLink, terms: CountryTerms | None = None) -> Quote:
    """Compute the copy afresh and write every amount into its lines and total.

    `terms` are those of the copy's country, where the caller has them already.
    """
    terms = terms or pricing.get_country_terms(session, link.market_id, visit.country)
    rules = _rules(session, link, visit, terms)
    option = _option(visit, _choices(visit, terms, rules, link))
    items = items_of(visit)
    quote = engine.quote([_line(line) for line in items], replace(rules, shipping=option), link.created_at)
    for line, priced in zip(items, quote.lines, strict=True):
        _write(line, priced)
    _write_shipping(visit, quote, option)
    visit.shipping_method_id = option.id if option is not None else None
    taken = {one.rule.id: one.amount for one in quote.discounts}
    for given in visit.discounts if visit.has_discounts else ():
        given.amount = taken.get(given.discount_id)
    visit.total_amount = quote.total_amount
    visit.version += 1
    return quote


def _option(visit: CheckoutSession, choices: list[Choice]) -> ShippingOption | None:
    chosen = next((choice.option for choice in choices if choice.option.id == visit.shipping_method_id), None)
    return chosen or (choices[0].option if choices else None)


def _choices(visit: CheckoutSession, terms: CountryTerms, rules: Rules, link: CheckoutLink) -> list[Choice]:
    if not ships(visit):
        return []
    parcel = engine.parcel([_line(line) for line in items_of(visit)], rules, link.created_at)
    return [Choice(option, price) for price, option in terms.priced(parcel.grams, parcel.items_amount)]


def _rules(session: Session, link: CheckoutLink, visit: CheckoutSession, terms: CountryTerms) -> Rules:
    given = visit.discounts if visit.has_discounts else ()
    return Rules(
        currency=link.currency, is_tax_included=link.is_tax_included, tax_rates=terms.tax_rates,
        # What a discount says is frozen; whether it is used up is not.
        discounts=tuple(documents.read(one.rule, one.discount.uses_count) for one in given),
        ignores_shipping=link.ignores_shipping, ignores_tax=link.ignores_tax,
        waives_included_tax=link.site.waives_included_tax, tax_on_shipping=TaxOnShipping(link.site.tax_on_shipping),
        is_reverse_charged=tax.is_reverse_charged(link.site.country, visit.country, link.vat_number))


def _line(line: CheckoutSessionLine) -> Line:
    return Line(key=line.line_no, quantity=line.quantity, unit_amount=line.unit_amount, list_amount=line.list_amount,
                tax_class=line.tax_class, ships=line.product_kind == "goods", weight_grams=line.weight_grams,
                product_id=line.product_id)


def _write(line: CheckoutSessionLine, priced: QuoteLine) -> None:
    line.unit_amount = priced.unit_amount
    line.discount_amount = priced.discount_amount
    line.tax_rate = priced.tax_rate
    line.tax_amount = priced.tax_amount
    line.tax_waived_amount = priced.tax_waived_amount
    line.is_tax_included = priced.is_tax_included
    line.line_amount = priced.line_amount


def _write_shipping(visit: CheckoutSession, quote: Quote, option: ShippingOption | None) -> None:
    present = {line.line_no: line for line in visit.lines if line.kind == "shipping"}
    wanted = dict(enumerate(quote.shipping_lines, SHIPPING_LINE_NO)) if option is not None else {}
    for number in present.keys() - wanted.keys():
        visit.lines.remove(present[number])
    for number, priced in wanted.items():
        line = present.get(number) or _new_shipping_line(visit, number)
        line.title, line.list_amount = option.name if option is not None else "", priced.list_amount
        _write(line, priced)


def _new_shipping_line(visit: CheckoutSession, number: int) -> CheckoutSessionLine:
    line = CheckoutSessionLine(line_no=number, kind="shipping", quantity=1, title="", unit_amount=0, list_amount=0,
                               tax_class=SHIPPING_TAX_CLASS)
    visit.lines.append(line)
    return line
