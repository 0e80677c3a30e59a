"""Freezing a basket: the lines and the quote a link will keep, whatever happens to the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sales_portal.links.models import CheckoutLinkLine
from sales_portal.links.prefill import AMOUNT
from sales_portal.links.terms import LinkTerms
from sales_portal.pricing import documents, engine
from sales_portal.pricing.engine import Quote, Rules
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.selections.checks import KEPT


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a link made now would hold. With *pick one* the quote is that of the preselected product alone.

    `waits_for_stock`: it would start when what is sold out is back. One of several to pick from holds up none.
    """

    rows: tuple[BasketRow, ...]
    quote: Quote
    choices: tuple[Quote, ...] = ()
    waits_for_stock: bool = False


def freeze(basket: Basket, terms: LinkTerms, at: datetime) -> Frozen:
    """Price the rows of `basket` under `terms`; rows without a price are left out, so check the basket first."""
    filled = (_filled_in(number, row, terms) for number, row in enumerate(basket.rows, 1))
    rows = tuple(row for row in filled if row.unit_amount is not None)
    if terms.changes != "pick_one":
        quote = basket.quote if _is_quoted(basket, terms) else _quote(rows, basket, terms, at)
        return Frozen(rows, quote, waits_for_stock=any(check.code == KEPT for check in basket.checks))
    choices = tuple(_quote((row,), basket, terms, at) for row in rows)
    return Frozen(rows, choices[(terms.preselected_line or 1) - 1], choices)


def lines_of(frozen: Frozen) -> list[dict[str, Any]]:
    """The frozen rows as the lines of a link hold them, numbered from 1."""
    return [
        {"line_no": number, "variant_id": row.variant_id, "product_id": row.product_id,
         "offer_version_id": row.offer_version_id, "stock_id": row.stock_id, "product_kind": row.kind,
         "title": row.title, "sku": row.sku, "image": row.image, "quantity": row.quantity, "pack_size": row.pack_size,
         "unit_amount": row.due_amount, "list_amount": row.usual_amount, "is_special_price": row.is_special_price,
         # Said only where the customer names the price: whoever reads the line may take it for that.
         "minimum_amount": (row.minimum_amount or 0) if row.is_pay_what_you_want else None,
         "tax_class": row.tax_class, "weight_grams": row.weight_grams,
         "customer_note": row.customer_note, "learners": list(row.learners), "answers": list(row.answers) or None,
         "backorder_weeks": row.waits_weeks, "could_wait_weeks": row.backorder_weeks}
        for number, row in enumerate(frozen.rows, 1)]


def lines_kept(lines: Sequence[CheckoutLinkLine]) -> list[dict[str, Any]]:
    """Stored lines as `lines_of` gave them, to be kept when others take their place."""
    names = [column.name for column in CheckoutLinkLine.__table__.columns if column.name != "link_id"]
    return [{name: getattr(line, name) for name in names} for line in lines]


def discounts_of(rules: Rules, preset_id: int | None) -> list[dict[str, Any]]:
    """The discounts as those of a link hold them, with all they say now; `preset_id` is the one the dialog gave."""
    return [{"discount_id": rule.id, "position": position, "rule": documents.write(rule),
             "is_preset": rule.id == preset_id}
            for position, rule in enumerate(rules.discounts, 1)]


def totals_of(quote: Quote) -> dict[str, Any]:
    """A quote as plain JSON in minor units, for showing it again without computing it again."""
    option = quote.shipping_option
    return {
        "items": quote.items_amount, "discount": quote.discount_amount,
        "discount_name": ", ".join(taken.rule.label for taken in quote.discounts),
        "discounts": [[taken.rule.label, taken.amount] for taken in quote.discounts],
        "shipping": quote.shipping_amount, "shipping_state": quote.shipping.value,
        "shipping_ignored": quote.shipping_ignored_amount, "shipping_name": option.name if option is not None else "",
        "tax": quote.tax_amount, "tax_included": quote.is_tax_included,
        "tax_ignored": quote.ignores_tax or quote.is_reverse_charged,
        "taxes": [[rate, amount] for rate, amount in quote.taxes.items()], "total": quote.total_amount,
    }


def _is_quoted(basket: Basket, terms: LinkTerms) -> bool:
    # Without discounts and amounts of the dialog's own a quote is the same at every instant.
    rules, is_filled_in = basket.rules, any(name.startswith(AMOUNT) for name in terms.prefill)
    return not rules.discounts and not is_filled_in and (rules.ignores_shipping, rules.ignores_tax) == (
        terms.ignores_shipping, terms.ignores_tax)


def _filled_in(number: int, row: BasketRow, terms: LinkTerms) -> BasketRow:
    """The row at the amount the dialog fills in, where the customer names the price."""
    amount = terms.prefill.get(f"{AMOUNT}{number}") if row.is_pay_what_you_want else None
    return row if amount is None else replace(row, unit_amount=int(amount))


def _quote(rows: tuple[BasketRow, ...], basket: Basket, terms: LinkTerms, at: datetime) -> Quote:
    rules = replace(basket.rules, ignores_shipping=terms.ignores_shipping, ignores_tax=terms.ignores_tax)
    lines = [line for row in rows if (line := row.line) is not None]
    return engine.quote(lines, rules, at, choose=basket.terms.cheapest)
