"""What a link was made for and what an order came to, row by row; the rows add up to the total."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.queries import Trial
from sales_portal.core.money import Money
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine, CheckoutLinkVersion
from sales_portal.orders.models import Order, OrderLine
from sales_portal.web import formatting
from sales_portal.web.extensions import db

Row = dict[str, object]


def rows_of_link(link: CheckoutLink) -> list[Row]:
    """The totals as the link froze them."""
    return _frozen(link.totals, link.currency, link.items_count)


def rows_of_version(link: CheckoutLink, version: CheckoutLinkVersion) -> list[Row]:
    """The totals of what a link offered before it was updated."""
    return _frozen(version.totals, link.currency, version.items_count)


def _frozen(frozen: Mapping[str, Any], currency: str, items_count: int) -> list[Row]:
    rows: list[Row] = [{"label": f"Items ({items_count})", "amount": Money(frozen["items"], currency)}]
    if frozen["discount"]:
        rows.append({"label": f"Discount {frozen['discount_name']}".strip(),
                     "amount": Money(-frozen["discount"], currency)})
    rows += _shipping_of(frozen, currency)
    if frozen["tax_ignored"]:
        return [*rows, {"label": "Tax", "amount": "Not charged"}]
    return rows + _taxes(dict(frozen["taxes"]), currency, frozen["tax_included"])


def trials_of(lines: Iterable[CheckoutLinkLine | OrderLine]) -> Mapping[int, Trial]:
    """The trials that made lines cost nothing at first, by offer version."""
    return catalog.list_trials(db.session(), (line.offer_version_id for line in lines if not line.unit_amount))


def rows_of_order(order: Order) -> list[Row]:
    """The totals of what was bought, from the amounts in its lines."""
    items = [line for line in order.lines if line.kind == "item"]
    others = [line for line in order.lines if line.kind != "item"]
    pieces = sum(line.quantity for line in items)
    rows: list[Row] = [{"label": f"Items ({pieces})", "amount": _sum(items, order.currency)}]
    discount = sum(line.discount_amount for line in order.lines)
    if discount:
        rows.append({"label": f"Discount {order.discount_name}".strip(), "amount": Money(-discount, order.currency)})
    rows += [{"label": "Shipping" if line.kind == "shipping" else line.title, "note": line.title,
              "amount": _sum([line], order.currency)} for line in others]
    waived = sum(line.tax_waived_amount for line in order.lines)
    if waived:
        rows.append({"label": "Tax, not charged", "amount": Money(-waived, order.currency)})
    taxes: Counter[int] = Counter()
    for line in order.lines:
        taxes[line.tax_rate] += line.tax_amount
    return rows + _taxes(taxes, order.currency, any(line.is_tax_included for line in order.lines))


def _shipping_of(frozen: Mapping[str, Any], currency: str) -> list[Row]:
    state, amount = frozen["shipping_state"], Money(frozen["shipping"], currency)
    words: dict[str, object] = {"ignored": "Not charged", "not_chosen": "Chosen at checkout", "free": "Free"}
    if state == "not_needed":
        return []
    return [{"label": "Shipping", "note": frozen["shipping_name"], "amount": words.get(state, amount)}]


def _sum(lines: list[OrderLine], currency: str) -> Money:
    return Money(sum(line.unit_amount * line.quantity for line in lines), currency)


def _taxes(taxes: dict[int, int], currency: str, is_included: bool) -> list[Row]:
    word = "incl. tax" if is_included else "Tax"
    return [{"label": f"{word} {formatting.percent(rate)}", "amount": Money(amount, currency), "quiet": is_included}
            for rate, amount in sorted(taxes.items(), reverse=True) if amount]
