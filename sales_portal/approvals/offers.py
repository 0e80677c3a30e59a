"""A basket as the rules take it."""

from sales_portal.approvals import rules
from sales_portal.approvals.rules import Offered, Whole
from sales_portal.selections.basket import Basket, BasketRow


def lines_of(basket: Basket) -> tuple[Offered, ...]:
    """The lines whose price somebody agreed on, for only these can need a yes."""
    return tuple(offered_at(row, row.unit_amount, basket) for row in basket.rows
                 if row.is_special_price and row.unit_amount is not None)


def whole_of(basket: Basket) -> Whole | None:
    """All lines together against their list prices; None where no discount takes anything off them."""
    taken = [one.rule.label for one in basket.quote.discounts if one.amount]
    if not taken:
        return None
    quote, rows = basket.quote, [row for row in basket.rows if row.line is not None]
    costs = [row.cost_amount * row.quantity for row in rows if row.cost_amount is not None]
    return Whole(
        list_amount=sum(_listed(row) * row.quantity for row in rows),
        asked_amount=sum(line.items_amount - line.discount_amount for line in quote.lines),
        net_amount=sum(line.line_amount - line.tax_amount for line in quote.lines),
        cost_amount=sum(costs) if len(costs) == len(rows) else None, currency=quote.currency,
        labels=" and ".join(taken),
        digest=rules.digest_of((row.variant_id, row.title, row.quantity, row.unit_amount) for row in rows))


def fingerprint_of(basket: Basket) -> str:
    """What the whole offer is: to whom, where, which lines at which prices, and what it comes to."""
    selection = basket.selection
    lines = [(row.line_id, row.variant_id, row.title if row.variant_id is None else "", row.quantity, row.unit_amount)
             for row in basket.rows]
    return rules.fingerprint_of_offer(lines, selection.customer_id, selection.market_id, selection.pricelist_id,
                                      basket.quote.currency, basket.quote.total_amount)


def deal_margins(basket: Basket) -> tuple[int | None, int | None]:
    """What is left of the whole before tax at list prices, and as it stands with discounts; None where a cost or a
    price is unknown."""
    costs = [row.cost_amount * row.quantity for row in basket.rows if row.cost_amount is not None]
    is_known = bool(basket.rows) and len(costs) == len(basket.rows) and all(row.list_amount for row in basket.rows)
    if not is_known:
        return None, None
    at_list = [offered_at(row, row.list_amount or 0, basket) for row in basket.rows]
    net = sum(line.line_amount - line.tax_amount for line in basket.quote.lines)
    return rules.margin_of(sum(line.unit_net * line.quantity for line in at_list), sum(costs)), rules.margin_of(
        net, sum(costs))


def offered_at(row: BasketRow, amount: int, basket: Basket) -> Offered:
    """The line as it would be if one piece of it cost `amount`."""
    rate = basket.terms.tax_rates.get(row.tax_class, 0) if basket.selection.pricelist.is_tax_included else 0
    return Offered(
        line_id=row.line_id, variant_id=row.variant_id, title=row.title, quantity=row.quantity, unit_amount=amount,
        list_amount=row.list_amount, cost_amount=row.cost_amount, tax_rate=rate, currency=basket.quote.currency,
        reason=row.special_price_reason)


def _listed(row: BasketRow) -> int:
    # Only what an agent agreed on is a discount: no trial, and no amount a customer may choose anyway.
    is_lowered = row.is_special_price and row.trial is None and row.list_amount is not None
    return (row.list_amount if is_lowered else row.due_amount) or 0
