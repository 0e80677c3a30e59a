"""What a selection costs, row by row, in the order people read it."""

from babel import Locale

from sales_portal.core.money import Money
from sales_portal.pricing.engine import Quote, Shipping
from sales_portal.selections.basket import Basket
from sales_portal.web import formatting

_COUNTRIES = Locale("en").territories
Row = dict[str, object]


def rows_of(basket: Basket) -> list[Row]:
    """The rows above the total: items, discount, shipping, tax."""
    quote = basket.quote
    return [_items(quote), *_discount(quote), *_shipping(basket), *_taxes(quote)]


def of_basket(basket: Basket) -> Money:
    """What the customer pays."""
    return Money(basket.quote.total_amount, basket.quote.currency)


def _items(quote: Quote) -> Row:
    return {"label": f"Items ({quote.items_count})", "amount": Money(quote.items_amount, quote.currency)}


def _discount(quote: Quote) -> list[Row]:
    if quote.discount is None or not quote.discount_amount:
        return []
    name = quote.discount.code or quote.discount.name
    return [{"label": f"Discount {name}", "amount": Money(-quote.discount_amount, quote.currency)}]


def _shipping(basket: Basket) -> list[Row]:
    quote = basket.quote
    match quote.shipping:
        case Shipping.NOT_NEEDED:
            return []
        case Shipping.IGNORED:
            saved = Money(quote.shipping_ignored_amount, quote.currency)
            return [{"label": "Shipping", "amount": "Not charged", "struck": saved or None}]
        case Shipping.NOT_CHOSEN:
            return [{"label": "Shipping", "amount": "Not possible"}]
    amount = Money(quote.shipping_amount, quote.currency) if quote.shipping is Shipping.CHARGED else "Free"
    option = quote.shipping_option
    country = _COUNTRIES.get(basket.country, basket.country)
    how = f"{option.name} to {country}, the cheapest way there" if option is not None else f"To {country}"
    return [{"label": "Shipping, estimate", "amount": amount, "details": how}]


def _taxes(quote: Quote) -> list[Row]:
    if quote.ignores_tax:
        waived = Money(quote.tax_waived_amount, quote.currency)
        return [{"label": "Tax", "note": "handled elsewhere", "amount": "Not charged",
                 "struck": waived or None}]
    word = "incl. tax" if quote.is_tax_included else "Tax"
    return [{"label": f"{word} {formatting.percent(rate)}", "amount": Money(amount, quote.currency),
             "quiet": quote.is_tax_included} for rate, amount in quote.taxes.items()]
