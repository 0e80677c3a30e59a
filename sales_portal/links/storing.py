"""How a link is written down: its columns, its first address, its lines and discounts."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from sales_portal.accounts.models import Staff
from sales_portal.core import tokens
from sales_portal.core.writing import fresh, insert_once, know, write
from sales_portal.customers.models import Account
from sales_portal.links import prefill as prefills
from sales_portal.links import snapshot
from sales_portal.links.addresses import TOKEN_PURPOSE
from sales_portal.links.models import CheckoutLink, CheckoutLinkDiscount, CheckoutLinkLine, LinkAddress
from sales_portal.links.snapshot import Frozen
from sales_portal.links.terms import LinkTerms
from sales_portal.selections import basket as baskets
from sales_portal.selections.basket import Basket
from sales_portal.sites import methods

_AS_IN_TERMS = (
    "policy", "max_orders", "changes", "may_change_quantities", "may_add_products", "max_per_line", "lets_go_without",
    "ignores_shipping", "ignores_tax", "allows_discount_codes", "skips_landing", "label", "preselected_line",
    "only_email_may_pay", "price_mode", "language", "deposit_amount", "deposit_percent", "crm_account_id",
    "crm_contact_id", "after_message", "after_url", "starts_at", "expires_at")

_OF_OFFER = (
    "selection_version", "pricelist_id", "has_discounts", "vat_number", "discount_amount", "customer_note",
    "total_amount", "items_count", "waits_for_stock", "totals", "prefill", "prefill_locks", "preselected_line",
    "ignores_shipping", "ignores_tax")

# The tables, not the entities: nobody needs the rows back.
_LINES = insert(cast(Table, CheckoutLinkLine.__table__))
_DISCOUNTS = insert(cast(Table, CheckoutLinkDiscount.__table__))


def store(session: Session, basket: Basket, terms: LinkTerms, frozen: Frozen, *, agent: Staff,
          approval_ids: list[int], request_key: str, at: datetime, owner: Account | None) -> CheckoutLink | None:
    """Write the link with its first address, its lines and discounts; None where a link has this `request_key` already.

    Its orders hang on `owner`, else on the customer's account. It comes back with everything its page names, but
    without its lines.
    """
    values = _values(basket, terms, frozen, at) | {
        "agent_id": agent.id, "approval_ids": approval_ids, "request_key": request_key}
    if owner is not None:
        values["account_id"] = owner.id
    link = fresh(CheckoutLink, **values)
    if not insert_once(session, link, "request_key"):
        return None
    address = fresh(LinkAddress, link_id=link.id, **new_address())
    write(session, address)
    _write_offer(session, link.id, basket, terms, frozen)
    know(link, **_named(basket, agent))
    set_committed_value(link, "addresses", [address])
    return link


def store_again(session: Session, link: CheckoutLink, basket: Basket, terms: LinkTerms, frozen: Frozen, *,
                approval_ids: list[int], at: datetime) -> None:
    """Write what `link` offers from now on over what it offered; its addresses and all that was sold stay."""
    values = _values(basket, terms, frozen, at)
    for name in _OF_OFFER:
        setattr(link, name, values[name])
    link.approval_ids = sorted({*link.approval_ids, *approval_ids})
    link.offer_version, link.offered_at, link.version = link.offer_version + 1, at, link.version + 1
    session.flush()
    session.execute(delete(CheckoutLinkLine).where(CheckoutLinkLine.link_id == link.id))
    session.execute(delete(CheckoutLinkDiscount).where(CheckoutLinkDiscount.link_id == link.id))
    session.expire(link, ["lines", "discounts"])
    _write_offer(session, link.id, basket, terms, frozen)


def draft(basket: Basket, terms: LinkTerms, frozen: Frozen, at: datetime) -> CheckoutLink:
    """The link as it would be, with its lines, in no session."""
    return CheckoutLink(**_values(basket, terms, frozen, at), **_named(basket, basket.selection.agent),
                        lines=[CheckoutLinkLine(**line) for line in snapshot.lines_of(frozen)])


def _named(basket: Basket, agent: Staff) -> dict[str, Any]:
    selection = basket.selection
    return {"selection": selection, "agent": agent, "site": selection.site, "customer": selection.customer,
            "market": selection.market, "pricelist": selection.pricelist}


def _write_offer(session: Session, link_id: int, basket: Basket, terms: LinkTerms, frozen: Frozen) -> None:
    session.execute(_LINES, [{"link_id": link_id} | line for line in snapshot.lines_of(frozen)])
    if basket.rules.discounts:
        session.execute(_DISCOUNTS, [{"link_id": link_id} | row
                                     for row in snapshot.discounts_of(basket.rules, terms.discount_id)])


def _values(basket: Basket, terms: LinkTerms, frozen: Frozen, at: datetime) -> dict[str, Any]:
    selection, quote = basket.selection, frozen.quote
    customer, sold_in = selection.customer, selection.pricelist
    return {
        "selection_id": selection.id, "selection_version": selection.version, "site_id": selection.site_id,
        "customer_id": customer.id if customer is not None else None,
        "account_id": customer.account_id if customer is not None else None,
        "market_id": selection.market_id, "pricelist_id": sold_in.id, "currency": selection.currency,
        "is_tax_included": sold_in.is_tax_included, "has_discounts": bool(basket.rules.discounts),
        "vat_number": baskets.vat_number_of(selection), "discount_amount": quote.discount_amount,
        "customer_note": selection.customer_note, "total_amount": quote.total_amount,
        "items_count": quote.items_count, "created_at": at, "waits_for_stock": frozen.waits_for_stock,
        "totals": snapshot.totals_of(quote) | {
            "country": basket.country, "choices": [choice.total_amount for choice in frozen.choices]},
        "prefill": prefills.clean(terms.prefill), "prefill_locks": list(terms.prefill_locks),
        "payment_methods": methods.joined(terms.payment_methods),
        "link_metadata": dict(terms.metadata), **{name: getattr(terms, name) for name in _AS_IN_TERMS}}


def new_address() -> dict[str, Any]:
    """The secrets of a fresh address, as `LinkAddress` holds them."""
    token = tokens.new_token()
    return {"public_id": tokens.new_public_id(), "token_sha256": tokens.digest(token),
            "token_sealed": tokens.seal(token, TOKEN_PURPOSE)}
