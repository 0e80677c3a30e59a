"""Many links, orders and selections at once, as rows: what lists are read from."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.core import clock, tokens
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.selections.models import Selection
from tests.make import Shop


def link(session: Session, shop: Shop, selection: Selection, **values: Any) -> CheckoutLink:
    """One link of a selection, without lines, as `values` say."""
    return links(session, shop, selection, 1, **values)[0]


def links(session: Session, shop: Shop, selection: Selection, number: int, **values: Any) -> list[CheckoutLink]:
    """So many links of a selection, without lines, all as `values` say."""
    made = [CheckoutLink(**{
        "selection_id": selection.id, "selection_version": 1, "agent": shop.agent, "site_id": shop.site.id,
        "customer_id": selection.customer_id, "market_id": shop.market.id, "pricelist_id": shop.pricelist.id,
        "currency": "SEK", "is_tax_included": True, "policy": "single", "total_amount": 330800, "items_count": 4,
        "totals": FROZEN, "request_key": tokens.new_public_id(), "created_at": clock.now() - timedelta(days=2),
        "expires_at": clock.now() + timedelta(days=30), "addresses": [_address()], **values}) for _ in range(number)]
    session.add_all(made)
    session.flush()
    return made


FROZEN = {"items": 330800, "discount": 0, "discount_name": "", "shipping": 0, "shipping_state": "not_needed",
          "shipping_ignored": 0, "shipping_name": "", "tax": 66160, "tax_included": True, "tax_ignored": False,
          "taxes": [[25000, 66160]], "total": 330800, "country": "SE", "choices": []}


def _address() -> LinkAddress:
    token = tokens.new_token()
    return LinkAddress(public_id=tokens.new_public_id(), token_sha256=tokens.digest(token),
                       token_sealed=tokens.seal(token, "link-address"))
