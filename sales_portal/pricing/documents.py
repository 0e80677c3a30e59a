"""A discount as it was, in plain JSON, and read back as the engine takes it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sales_portal.pricing.discounts import DiscountRule

_INSTANTS = ("starts_at", "ends_at")


def write(rule: DiscountRule) -> dict[str, Any]:
    """All `rule` says but how often it was used, which goes on."""
    document = asdict(rule)
    del document["uses_count"]
    for name in _INSTANTS:
        document[name] = document[name].isoformat() if document[name] is not None else None
    document["product_ids"] = sorted(rule.product_ids) if rule.product_ids is not None else None
    return document


def read(document: Mapping[str, Any], uses_count: int = 0) -> DiscountRule:
    """The rule `write` made the document of, used so often by now."""
    rule = DiscountRule(**document, uses_count=uses_count)
    instants: dict[str, Any] = {
        name: datetime.fromisoformat(document[name]) for name in _INSTANTS if document[name] is not None}
    products = frozenset(document["product_ids"]) if document["product_ids"] is not None else None
    return replace(rule, product_ids=products, **instants)
