"""The terms of a link on their way through an approval: packed as plain JSON, and the part that may need a yes."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sales_portal.approvals.rules import Terms
from sales_portal.links.terms import LinkTerms

_NAMES = frozenset(field.name for field in fields(LinkTerms))


def pack(terms: LinkTerms) -> dict[str, Any]:
    """`terms` as plain JSON, which `unpack` turns into the same terms."""
    return {name: _plain(getattr(terms, name)) for name in sorted(_NAMES)}


def unpack(packed: Mapping[str, Any]) -> LinkTerms:
    """The terms that were packed; what a later version no longer knows is left out."""
    return LinkTerms(**{name: _typed(name, value) for name, value in packed.items() if name in _NAMES})


def decided_of(terms: LinkTerms) -> Terms:
    """What of `terms` a site may ask a yes for."""
    return Terms(ignores_shipping=terms.ignores_shipping, ignores_tax=terms.ignores_tax,
                 sells_many=terms.policy == "reusable" and terms.max_orders != 1, max_orders=terms.max_orders)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (tuple, frozenset)) else value


def _typed(name: str, value: Any) -> Any:
    if name.endswith("_at") and value is not None:
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
