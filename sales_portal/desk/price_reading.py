"""From what an agent typed as a new price, or as a percentage, to the price of one piece."""

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.line_prices import PriceForm
from sales_portal.pricing import special
from sales_portal.selections.basket import BasketRow
from sales_portal.web import formatting


def read(typed: PriceForm, row: BasketRow, currency: str, by: str = "") -> int:
    """The unit price that is meant: by the field named `by`, else by the one that was changed since it was shown.

    Raises `Invalid` for what is no amount, for two fields that say different things, and for a whole-line amount
    that its pieces cannot share evenly.
    """
    if by == "percent" or (not by and typed.has_new_percent and not typed.has_new_amount):
        return _below_list(typed.percent.data or "", row, currency, "percent")
    amount = _of_amount(typed, row, currency)
    if not by and typed.has_new_percent and amount != _below_list(typed.percent.data or "", row, currency, "percent"):
        raise Invalid("percent", "Enter a new price or a percentage; these two differ")
    return amount


def _of_amount(typed: PriceForm, row: BasketRow, currency: str) -> int:
    text = typed.amount.data or ""
    if special.is_percent(text):
        return _below_list(text, row, currency, "amount")
    if not text.strip():
        raise Invalid("amount", "Enter a price")
    amount = money.parse(text, currency, formatting.locale()).minor
    if amount < 0:
        raise Invalid("amount", "Enter an amount from 0 up")
    return _shared(amount, row.quantity, currency) if typed.is_amount_of_all else amount


def _shared(whole: int, quantity: int, currency: str) -> int:
    each = special.each_of(whole, quantity, money.increment(currency))
    if each is not None:
        return each
    below, above = (
        _with_each(amount, quantity, currency)
        for amount in special.nearest_wholes(whole, quantity, money.increment(currency)))
    asked = formatting.amount(whole, currency)
    raise Invalid("amount", f"{asked} can't be shared evenly by {quantity}. The nearest are {below} and {above}.")


def _with_each(whole: int, quantity: int, currency: str) -> str:
    return f"{formatting.amount(whole, currency)} ({formatting.amount(whole // quantity, currency)} each)"


def _below_list(text: str, row: BasketRow, currency: str, field: str) -> int:
    if not row.list_amount:
        raise Invalid(field, "There is no list price to take a percentage of. Enter a price")
    percent = special.parse_percent(text, formatting.locale(), field)
    return special.price_at(row.list_amount, percent, money.increment(currency))
