"""The discount a link is made with beyond those of its selection."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.links import stored_terms
from sales_portal.links.terms import LinkTerms
from sales_portal.selections import basket as baskets
from sales_portal.selections import checks, discounts
from sales_portal.selections.basket import Basket


def apply(session: Session, basket: Basket, terms: LinkTerms) -> Basket:
    """`basket` as it costs with the discount of `terms`; refuses one that takes nothing off, naming `discount`."""
    if terms.discount_id is None or any(rule.id == terms.discount_id for rule in basket.rules.discounts):
        return basket
    selection = basket.selection
    rule = discounts.get_rule(session, selection, terms.discount_id)
    applied = baskets.with_discount(basket, rule)
    for refused in applied.quote.refused:
        if refused.rule.id == rule.id:
            raise Invalid("discount", checks.why_refused(refused, basket.quote.currency, clock.now(), selection.site))
    return applied


def apply_packed(session: Session, basket: Basket, packed: Mapping[str, Any]) -> Basket:
    """The same for terms on their way through an approval; as it is where their discount no longer applies."""
    try:
        return apply(session, basket, stored_terms.unpack(packed))
    except Invalid:
        return basket
