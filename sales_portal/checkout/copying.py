"""A private copy, made of what a link offers, and prices it follows later."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sales_portal.checkout import adding, current, fixed, prefilling, pricing, queries
from sales_portal.checkout.current import Amounts, Offered
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount, CheckoutSessionLine
from sales_portal.checkout.prefilling import Brought
from sales_portal.core import tokens
from sales_portal.core.writing import fresh
from sales_portal.links import prefill as prefills
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink

LIFETIME = timedelta(hours=24)
PERSONAL = (
    "email", "name", "phone", "company", "vat_number", "street", "street_2", "postcode", "city", "region", "country")


def draft(session: Session, link: CheckoutLink, at: datetime, choice: int | None = None,
          brought: Brought = prefilling.NOTHING) -> CheckoutSession:
    """A copy as it would be made now with what was `brought`, priced and not kept: nobody's, in no session."""
    known = fixed.first_values(link)
    personal = {"country": link.totals.get("country", "")} | {
        name: value for name, value in known.items() if name in PERSONAL}
    offered, terms = queries.read_offer(session, link, personal["country"])
    if link.changes == "pick_one":
        wanted = choice or link.preselected_line
        offered = [line for line in offered if line.line_no == wanted] or offered[:1]
    amounts = current.amounts_of(session, link, offered)
    visit = fresh(
        CheckoutSession, public_id=tokens.new_public_id(), link_id=link.id, status="open", claimed_at=at,
        expires_at=at + LIFETIME, currency=link.currency, total_amount=0, vat_number="",
        session_metadata=dict(link.link_metadata), offer_version=link.offer_version, version=1,
        has_discounts=link.has_discounts, discounts=discounts_of(session, link),
        custom_fields=prefills.answers(known),
        lines=[line_of(line, link, amounts[line.line_no]) for line in offered], **personal)
    code = prefilling.fill_in(session, visit, link, brought, at) if brought is not prefilling.NOTHING else None
    pricing.reprice(session, visit, link, terms)
    prefilling.drop_idle(visit, code)
    return visit


def follow_prices(session: Session, visit: CheckoutSession, link: CheckoutLink) -> None:
    """Take today's prices where the link follows the pricelist, and of what the customer added.

    A newer offer brings its own once it is accepted.
    """
    if visit.offer_version != link.offer_version:
        return
    has_added = adding.renew(session, visit, link)
    if link.price_mode != "current" and not has_added:
        return
    amounts = current.amounts_of(session, link, links.list_lines(session, link.id))
    # An amount the customer named is theirs, whatever the pricelist suggests by now.
    for line in (line for line in pricing.items_of(visit) if line.minimum_amount is None and not line.is_added):
        if link.price_mode == "current":
            line.unit_amount, line.list_amount = amounts[line.line_no].unit, amounts[line.line_no].usual
    pricing.reprice(session, visit, link)


def line_of(offered: Offered, link: CheckoutLink, amounts: Amounts) -> CheckoutSessionLine:
    """The line of a copy for one that is offered, at these amounts; not stored yet."""
    return fresh(
        CheckoutSessionLine, line_no=offered.line_no, kind="item", variant_id=offered.variant_id,
        product_id=offered.product_id,
        offer_version_id=offered.offer_version_id, stock_id=offered.stock_id, product_kind=offered.product_kind,
        title=offered.title, sku=offered.sku, image=offered.image, quantity=offered.quantity, unit_amount=amounts.unit,
        list_amount=amounts.usual, is_special_price=offered.is_special_price,
        minimum_amount=offered.minimum_amount, tax_class=offered.tax_class, weight_grams=offered.weight_grams,
        customer_note=offered.customer_note, learners=offered.learners, answers=offered.answers,
        backorder_weeks=offered.backorder_weeks, is_tax_included=link.is_tax_included,
        line_amount=amounts.unit * offered.quantity)


def discounts_of(session: Session, link: CheckoutLink) -> list[CheckoutSessionDiscount]:
    """The discounts a copy begins with, as its link froze them; not stored yet."""
    frozen = links.list_discounts(session, link.id) if link.has_discounts else ()
    return [CheckoutSessionDiscount(discount=one.discount, discount_id=one.discount_id, position=one.position,
                                    rule=one.rule, is_preset=one.is_preset, is_code=False) for one in frozen]
