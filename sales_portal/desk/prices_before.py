"""What the lines of a selection cost before it went to another market or pricelist, until its page is opened anew."""

from flask import session as cookie

from sales_portal.selections import queries as selections
from sales_portal.selections.basket import Basket
from sales_portal.selections.models import Selection
from sales_portal.web import formatting, htmx
from sales_portal.web.extensions import db

_KEY = "prices_before"


def remember(selection: Selection) -> None:
    """Show what its lines cost before from here on; a page that is about to be led back to still shows it once."""
    cookie[_KEY] = [selection.id, not htmx.is_htmx()]


def turn_page(selection: Selection) -> None:
    """Show it no more, unless this is the page the switch itself led to."""
    kept = cookie.get(_KEY)
    if kept is None or kept[0] != selection.id:
        return
    if kept[1]:
        cookie[_KEY] = [selection.id, False]
    else:
        del cookie[_KEY]


def of_basket(basket: Basket) -> dict[int, str]:
    """By line whose price is another now, what it cost before; no statement where nothing is to be shown."""
    selection = basket.selection
    if (cookie.get(_KEY) or [None])[0] != selection.id:
        return {}
    switch = selections.get_switch(db.session(), selection.id)
    if switch is None:
        return {}
    currency, before = switch.data["before_currency"], switch.data["prices_before"]
    return {row.line_id: f"was {formatting.amount(amount, currency)} {currency}" for row in basket.rows
            if (amount := before.get(str(row.line_id))) is not None
            and (amount, currency) != (row.unit_amount, selection.currency)}
