"""What stands between a selection and its link, in the words an agent reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from sales_portal.core import clock, translation
from sales_portal.core.money import LARGEST, Money
from sales_portal.markets.models import Market
from sales_portal.pricing.discounts import Refused, WhyNot
from sales_portal.pricing.engine import Quote
from sales_portal.pricing.models import Pricelist
from sales_portal.pricing.queries import CountryTerms
from sales_portal.selections import entry
from sales_portal.selections.models import MAX_QUANTITY
from sales_portal.selections.rows import BasketRow
from sales_portal.sites.models import Site

LOW_STOCK = 3
"""From here on a line says how many are left."""
KEPT = "line.kept"
"""Sold out, and a link that is made now starts when it is back."""
NOTHING_YET = "Nothing here yet. Type a product name, SKU or scan a barcode above. You can also paste a list."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to fix (`block`) or to know (`warn`) before a link is made, on a line or on the whole.

    `quantity` is what the line could be set to where that settles it.
    """

    kind: str
    code: str
    text: str
    line_id: int | None = None
    quantity: int | None = None


def of_lines(rows: Sequence[BasketRow], market: Market, pricelist: Pricelist, site: Site) -> Iterator[Check]:
    """What is wrong with each line, in order; of an empty selection, that it is empty."""
    if not rows:
        yield Check("block", "empty.lines", NOTHING_YET)
    # What may follow later takes what the other lines leave, wherever it stands.
    earlier = {(row.variant_id, row.warehouse_id, True): 0 for row in rows}
    for row in rows:
        if row.waits_weeks is None:
            earlier[row.variant_id, row.warehouse_id, True] += row.quantity
    for row in rows:
        if not row.is_published:
            yield Check("block", "line.unpublished", _not_sold(row, site), row.line_id)
            continue
        if row.unit_amount is None:
            text = (f"No price in {pricelist.currency} yet. Enter one or remove the line." if row.is_ad_hoc
                    else f"No price in {pricelist.name}. Give a special price or remove the line.")
            yield Check("block", "line.no_price", text, row.line_id)
        if row.quantity % row.pack_size:
            whole = entry.whole_packs(row.quantity, row.pack_size)
            yield Check("block", "line.pack", f"{entry.packs(row.pack_size)}.", row.line_id,
                        whole if whole <= MAX_QUANTITY else None)
        if len(row.learners) > row.quantity:
            seats = "1 seat" if row.quantity == 1 else f"{row.quantity} seats"
            text = f"{len(row.learners)} learners are named for {seats}. Raise the quantity or remove a learner."
            yield Check("block", "line.learners", text, row.line_id)
        source = (row.variant_id, row.warehouse_id, row.waits_weeks is not None)
        yield from _of_stock(row, earlier.get(source, 0), market, may_wait=site.links_may_wait)
        earlier[source] = earlier.get(source, 0) + row.quantity


def of_delivery(quote: Quote, rows: Iterable[BasketRow], terms: CountryTerms, market: Market,
                home_country: str | None) -> Iterator[Check]:
    """Whether what ships can be shipped; ignoring the charge does not make it deliverable."""
    if not any(row.ships for row in rows):
        return
    if not terms.shipping:
        yield Check("block", "shipping.none", _no_shipping(terms.country, market))
    elif quote.shipping_option is None:
        text = f"Too heavy to ship to {country_name(terms.country)} in market {market.name}. Split it into two links."
        yield Check("block", "shipping.too_heavy", text)
    if home_country is not None and home_country != terms.country:
        yield Check("warn", "shipping.elsewhere", _no_shipping(home_country, market))


def of_currency(currency: str, pricelist: Pricelist) -> Iterator[Check]:
    """Whether the selection's amounts are in the currency of its pricelist."""
    if currency != pricelist.currency:
        yield Check("block", "pricelist.currency", f"The amounts are in {currency}, and the prices of {pricelist.name} "
                    f"are in {pricelist.currency}. Choose market and pricelist again.")


def of_prices(quote: Quote, rows: Iterable[BasketRow], terms: CountryTerms, pricelist: Pricelist, site: Site,
              at: datetime) -> Iterator[Check]:
    """Whether the amounts may stand: pricelist in force, tax known, discounts valid, total payable."""
    if not pricelist.is_in_force(at):
        span = _span(pricelist.starts_at, pricelist.ends_at, at, site)
        yield Check("block", "pricelist.ended", f"{pricelist.name} {span} Choose another pricelist.")
    unknown = {row.tax_class for row in rows} - terms.tax_rates.keys() - {"zero"}
    if unknown and not quote.ignores_tax:
        yield Check("warn", "tax.unknown", f"No tax rate for {country_name(terms.country)}, so no tax is counted.")
    for refused in quote.refused if quote.lines else ():
        yield Check("warn", "discount.refused", why_refused(refused, quote.currency, at, site))
    if quote.total_amount > LARGEST:
        yield Check("block", "total.too_large", "The total is too large to be paid. Lower a quantity.")


def why_refused(refused: Refused, currency: str, at: datetime, site: Site, called: str = "") -> str:
    """Why a discount takes nothing off, in a sentence that begins with what it is `called`, else with its label."""
    rule, name = refused.rule, called or refused.rule.label
    match refused.why:
        case WhyNot.USED_UP:
            return f"{name} is used up."
        case WhyNot.OTHER_CURRENCY:
            return f"{name} is not for {currency}."
        case WhyNot.OTHER_PRODUCTS:
            return f"{name} is not for these products."
        case WhyNot.BELOW_MINIMUM:
            least = Money(rule.minimum_amount or 0, currency).format(site.locale.replace("-", "_"))
            which = "items" if rule.product_ids is None else "its products"
            return f"{name} needs {which} for at least {least}."
        case WhyNot.NOT_COMBINABLE:
            others = " and ".join(other.label for other in refused.beside)
            return f"{name} can't be combined with {others}. What is best for the customer is counted."
        case _:
            return f"{name} {_span(rule.starts_at, rule.ends_at, at, site)}"


def country_name(code: str) -> str:
    """A country as people say it in the language that is spoken."""
    return _countries(translation.language()).get(code, code)


@cache
def _countries(language: str) -> dict[str, str]:
    return {code: str(name) for code, name in Locale(language).territories.items()}


def _of_stock(row: BasketRow, earlier: int, market: Market, *, may_wait: bool) -> Iterator[Check]:
    if row.available is None:
        return
    left, place = row.available - earlier, row.warehouse_name or market.name
    if row.waits_weeks is not None and left < row.quantity:
        yield Check("warn", "line.backorder", _backordered(row, row.quantity - max(left, 0)), row.line_id)
        return
    if may_wait and row.waits_for_stock and row.stock_id is not None and left < row.quantity:
        yield Check("warn", KEPT, _kept(row, max(left, 0), place), row.line_id)
    elif row.available <= 0:
        yield Check("block", "line.sold_out", f"Sold out in {place}.", row.line_id)
    elif left < row.quantity:
        asked = f"You asked for {earlier + row.quantity}"
        text = (f"{asked} seats, {row.available} left." if row.dates is not None
                else f"{asked}, {row.available} in stock in {place}.")
        yield Check("block", "line.above_stock", text, row.line_id, max(left - left % row.pack_size, 0))
    elif row.available <= LOW_STOCK:
        yield Check("warn", "line.low_stock", f"Only {row.available} left in {place}.", row.line_id)


def backorder_words(weeks: int) -> str:
    """How long what is not in stock takes: Backorder, about 3 weeks."""
    return f"Backorder, about {weeks} {'week' if weeks == 1 else 'weeks'}"


def _backordered(row: BasketRow, missing: int) -> str:
    said = backorder_words(row.waits_weeks or 0)
    return f"{said}." if missing == row.quantity else f"{said} for {missing} of {row.quantity}."


def _kept(row: BasketRow, left: int, place: str) -> str:
    if left == 0:
        return f"Sold out in {place}. The link starts when it is back."
    return f"{left} of {row.quantity} in stock in {place}. The link starts when all are there."


def _not_sold(row: BasketRow, site: Site) -> str:
    if row.unpublished_at is None:
        return "Not for sale yet."
    return f"No longer sold since {_day(row.unpublished_at, site)}."


def _no_shipping(country: str, market: Market) -> str:
    return f"No shipping to {country_name(country)} in market {market.name}."


def _span(starts_at: datetime | None, ends_at: datetime | None, at: datetime, site: Site) -> str:
    if starts_at is not None and at < starts_at:
        return f"starts on {_day(starts_at, site)}."
    return f"ended on {_day(ends_at, site)}." if ends_at is not None else "has ended."


def _day(at: datetime, site: Site) -> str:
    zone = ZoneInfo(site.time_zone)
    is_this_year = at.astimezone(zone).year == clock.now().astimezone(zone).year
    return format_date(at.astimezone(zone), "d MMM" if is_this_year else "d MMM y", locale="en")
