"""What the panel of a switch takes and shows beside the lines: new amounts, and how the new market ships and taxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sales_portal.core import clock, money
from sales_portal.core.errors import Invalid
from sales_portal.pricing import exchange
from sales_portal.selections import checks
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.selections.switching import Switched
from sales_portal.selections.trying import Tried
from sales_portal.web import formatting

OUT, REMOVE, KEEP, TYPE = "out", "remove", "discount", "type"


@dataclass(frozen=True, slots=True)
class Typed:
    """New amounts by line: as they stand in their fields, as minor units, and what is wrong with the others."""

    texts: dict[int, str] = field(default_factory=dict)
    amounts: dict[int, int] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)


def read(switched: Switched, values: Mapping[str, str], *, types_specials: bool, types_ad_hoc: bool,
         needs_all: bool) -> Typed:
    """The amounts typed for lines that lose their price; a field not shown yet holds the price at the same discount.

    Those of ad-hoc lines may stay empty; with `needs_all` those of products may not.
    """
    typed = Typed()
    for row in (specials_of(switched) if types_specials else []) + (ad_hoc_of(switched) if types_ad_hoc else []):
        text = values.get(f"amount_{row.line_id}")
        if text is None and not row.is_ad_hoc:
            text = _suggested(switched, row)
        typed.texts[row.line_id] = text or ""
        if (text or "").strip():
            _read_amount(typed, row.line_id, text or "", switched.after_total.currency)
        elif needs_all and not row.is_ad_hoc:
            typed.problems[row.line_id] = "Enter a price"
    return typed


def ad_hoc_of(switched: Switched) -> list[BasketRow]:
    """The lines without a product whose price does not go along."""
    return [row for row in switched.special_prices_removed if row.is_ad_hoc]


def specials_of(switched: Switched) -> list[BasketRow]:
    """The lines of products whose special price does not go along."""
    return [row for row in switched.special_prices_removed if not row.is_ad_hoc]


def terms_of(tried: Tried) -> str:
    """How the new market ships and taxes what is in the selection."""
    return " ".join(filter(None, (_shipping(tried.after, tried.switched.market.name), _tax(tried.after))))


def difference_of(session: Session, tried: Tried) -> str:
    """About how much more or less the new total is in another currency; empty without a recent rate."""
    found = exchange.difference(session, tried.switched.before_total, tried.after_total)
    if found is None:
        return ""
    sign = "+" if found.permille > 0 else "−" if found.permille < 0 else "±"
    when = "today's rate" if found.as_of == clock.now().date() else f"the rate of {formatting.date(found.as_of)}"
    return f"About {sign}{formatting.percent(abs(found.permille) * 100)} at {when}."


def _shipping(basket: Basket, market: str) -> str:
    if not any(row.ships for row in basket.rows):
        return ""
    count, country = len(basket.terms.shipping), checks.country_name(basket.country)
    if not count:
        return f"No shipping to {country} in market {market}."
    return f"Shipping: {market} has {'1 method' if count == 1 else f'{count} methods'} to {country}."


def _tax(basket: Basket) -> str:
    found = {basket.terms.tax_rates.get(row.tax_class, 0) for row in basket.rows} - {0}
    *rates, last = map(formatting.percent, sorted(found, reverse=True)) if found else ("",)
    how = "included" if basket.quote.is_tax_included else "added"
    return f"Tax: {', '.join(rates)}{' and ' if rates else ''}{last} {how}." if last else ""


def _suggested(switched: Switched, row: BasketRow) -> str:
    amount = switched.special_price_of(row.line_id)
    return formatting.amount(amount, switched.after_total.currency) if amount is not None else ""


def _read_amount(typed: Typed, line_id: int, text: str, currency: str) -> None:
    try:
        amount = money.parse(text, currency, formatting.locale()).minor
    except Invalid as refusal:
        typed.problems[line_id] = refusal.text
        return
    if amount < 0:
        typed.problems[line_id] = "Enter an amount from 0 up"
    else:
        typed.amounts[line_id] = amount
