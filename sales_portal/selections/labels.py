"""What an act did, in the few words by which it is undone and found in the history."""

from collections.abc import Collection, Mapping
from typing import Any

from sales_portal.history.events import EventName

FIELDS = {
    "quantity": "quantity", "special_price": "special price", "customer_id": "customer",
    "customer_note": "note to the customer", "internal_note": "internal note", "label": "name",
    "ignores_shipping": "shipping charge", "ignores_tax": "tax charge", "ignores_tax_reason": "reason for no tax",
    "discount_id": "discount", "selection_discounts": "discounts", "has_discounts": "discounts",
    "chosen_amount": "amount", "learners": "learners",
    "answers": "custom fields",
    "warehouse_id": "warehouse", "allows_backorder": "backorder",
    "waits_for_stock": "kept for later",
    "market": "market and prices", "order_id": "order", "title": "title",
}


def label_of(name: EventName, fields: Collection[str], data: Mapping[str, Any]) -> str:
    """The act in words, as in `Oak chair 2 → 3`."""
    title = str(data.get("title") or "A line")
    match name:
        case EventName.SELECTION_LINE_ADDED:
            return f"{title} added"
        case EventName.SELECTION_LINE_REMOVED:
            return f"{title} removed"
        case EventName.SELECTION_LINE_CHANGED:
            if "quantity" in fields:
                return f"{title} {data.get('before')} → {data.get('after')}"
            return f"{title}: {words_of(fields)}"
        case EventName.SELECTION_REPRICED:
            return f"Switched to {data.get('market')} / {data.get('pricelist')}"
        case EventName.SELECTION_ARCHIVED:
            return "Archived"
    return words_of(fields).capitalize()


def words_of(fields: Collection[str]) -> str:
    """The changed fields as people call them."""
    named = [FIELDS.get(field, field.replace("_", " ")) for field in fields]
    return ", ".join(dict.fromkeys(named)) or "selection"
