"""What a selection costs, row by row, in the order people read it, each row with the steps behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from babel import Locale

from sales_portal.core import clock
from sales_portal.core.money import Money
from sales_portal.pricing import explaining
from sales_portal.pricing.engine import Shipping
from sales_portal.pricing.explaining import What
from sales_portal.selections import checks
from sales_portal.selections.basket import Basket
from sales_portal.web import formatting

_COUNTRIES = Locale("en").territories
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Page:
    """What the words need beside the numbers."""

    currency: str
    country: str
    titles: Mapping[int, str]


def rows_of(basket: Basket) -> list[Row]:
    """The rows above the total: items, discounts, shipping, tax."""
    page = _Page(basket.quote.currency, basket.country, {row.line_id: row.title for row in basket.rows})
    parts = [part for part in explaining.explain(basket.quote) if part.what in _WRITTEN]
    return [row for part in parts if (row := _WRITTEN[part.what](part, page))]


def of_basket(basket: Basket) -> Money:
    """What the customer pays."""
    return Money(basket.quote.total_amount, basket.quote.currency)


def label_of(basket: Basket) -> str:
    """What the total is called; with its currency where the selection had another one and the amount does not say."""
    currency = basket.quote.currency
    is_clear = not basket.selection.has_changed_currency or currency in of_basket(basket).format(formatting.locale())
    return "Customer pays" if is_clear else f"Customer pays ({currency})"


def discounts_of(basket: Basket) -> list[Row]:
    """The discounts that were given, each with what it takes off or why it takes nothing."""
    quote, at, site = basket.quote, clock.now(), basket.selection.site
    taken = {one.rule.id: Money(-one.amount, quote.currency) for one in quote.discounts}
    reasons = {one.rule.id: checks.why_refused(one, quote.currency, at, site, "It") for one in quote.refused}
    return [{"id": rule.id, "label": rule.label, "amount": taken.get(rule.id), "reason": reasons.get(rule.id, "")}
            for rule in basket.rules.discounts]


def _items(part: explaining.Row, page: _Page) -> Row:
    steps = [_step(_line(step, page), step.amount, page) for step in part.steps]
    return {"label": f"Items ({part.values['count']})", "amount": _money(part.amount, page), "steps": steps}


def _line(step: explaining.Row, page: _Page) -> str:
    unit, usual = (_money(step.values[name], page) for name in ("unit", "list"))
    listed = f", list price {_written(usual)}" if usual != unit else ""
    return f"{_title(step, page)}: {step.values['quantity']} × {_written(unit)}{listed}"


def _discount(part: explaining.Row, page: _Page) -> Row:
    if not part.amount:
        return {}
    word = "Discount" if part.what is What.ORDER_DISCOUNT else "Discount on products"
    steps = [_step(_title(step, page), step.amount, page) for step in part.steps]
    percent, fixed = part.values["percent"], part.values["fixed"]
    how = (f"{formatting.percent(percent)} of what is left before it" if percent is not None
           else f"{_written(_money(fixed, page))} at most")
    return {"label": f"{word} {part.values['label']}", "amount": _money(part.amount, page), "details": how,
            "steps": steps}


def _shipping(part: explaining.Row, page: _Page) -> Row:
    match Shipping(part.values["state"]):
        case Shipping.IGNORED:
            saved = _money(part.values["saved"], page)
            return {"label": "Shipping", "amount": "Not charged", "struck": saved or None}
        case Shipping.NOT_CHOSEN:
            return {"label": "Shipping", "amount": "Not possible"}
    amount = _money(part.amount, page) if part.values["state"] == Shipping.CHARGED else "Free"
    country = _COUNTRIES.get(page.country, page.country)
    steps = [_step(f"The part taxed at {formatting.percent(step.values['rate'])}", step.amount, page)
             for step in part.steps] if len(part.steps) > 1 else []
    return {"label": "Shipping, estimate", "amount": amount, "steps": steps,
            "details": f"{part.values['method']} to {country}, the cheapest way there. {_tier(part, page)}"}


def _tier(part: explaining.Row, page: _Page) -> str:
    kilos = formatting.kilograms(part.values["grams"])
    usual = _written(_money(part.values["usual"], page))
    text = f"{kilos}: {usual} up to {formatting.kilograms(part.values['up_to_grams'])}"
    if part.values["from"]:
        text += f" for items from {_written(_money(part.values['from'], page))}"
    free = part.values["free_over"]
    return text + (f", free from {_written(_money(free, page))}." if free is not None else ".")


def _tax(part: explaining.Row, page: _Page) -> Row:
    word = "incl. tax" if part.values["included"] else "Tax"
    rate = formatting.percent(part.values["rate"])
    return {"label": f"{word} {rate}", "amount": _money(part.amount, page),
            "quiet": bool(part.values["included"]), "steps": _taxed(part, page)}


def _waived(part: explaining.Row, page: _Page) -> Row:
    note = "the company accounts for it" if part.values["why"] == "reverse_charge" else "handled elsewhere"
    struck = _money(-part.amount, page)
    return {"label": "Tax", "note": note, "amount": "Not charged", "struck": struck or None,
            "steps": _taxed(part, page)}


def _taxed(part: explaining.Row, page: _Page) -> list[Row]:
    return [_step(f"{_title(step, page)}: {formatting.percent(step.values['rate'])} of "
                  f"{_written(_money(step.values['of'], page))}", step.amount, page)
            for step in part.steps]


def _title(step: explaining.Row, page: _Page) -> str:
    return page.titles.get(step.values["key"], "Shipping")


def _step(label: str, amount: int, page: _Page) -> Row:
    return {"label": label, "amount": _money(amount, page)}


def _written(money: Money) -> str:
    return formatting.amount(money.minor, money.currency)


def _money(amount: int, page: _Page) -> Money:
    return Money(amount, page.currency)


_WRITTEN: dict[What, Callable[[explaining.Row, _Page], Row]] = {
    What.ITEMS: _items, What.PRODUCT_DISCOUNT: _discount, What.ORDER_DISCOUNT: _discount, What.SHIPPING: _shipping,
    What.TAX: _tax, What.TAX_WAIVED: _waived}
