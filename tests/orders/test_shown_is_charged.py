"""What the builder shows is what the link freezes, the visit is charged and the order holds, for random baskets."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import OrderLine
from sales_portal.pricing.models import Discount
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.make import Shop

LINES = st.fixed_dictionaries({}, optional={
    "chair": st.integers(1, 3), "tea": st.integers(1, 5), "course": st.integers(1, 2)}).filter(bool)
DISCOUNTS = st.lists(st.fixed_dictionaries({
    "percent": st.integers(1, 60_000), "is_combinable": st.booleans(), "is_on_chairs": st.booleans(),
    "is_fixed": st.booleans()}), max_size=3)
TERMS = st.fixed_dictionaries({
    "special_price": st.none() | st.integers(0, 99_999), "ignores_shipping": st.booleans(),
    "ignores_tax": st.booleans(), "is_tax_included": st.booleans(), "is_reversed": st.booleans(),
    "tax_on_shipping": st.sampled_from(("standard", "proportional"))})


@dataclass(frozen=True, slots=True)
class Goods:
    """A shop with plenty of three things: at the standard rate, at the reduced one, and in no parcel."""

    shop: Shop
    chair: Variant
    tea: Variant
    course: Variant


def test_the_quote_shown_is_the_quote_charged(session: Session) -> None:
    """M160: order = sum of its lines = what the builder showed."""
    goods = _goods(session)

    @settings(max_examples=15, deadline=None)
    @given(lines=LINES, discounts=DISCOUNTS, terms=TERMS)
    def holds(lines: dict[str, int], discounts: list[dict[str, Any]], terms: dict[str, Any]) -> None:
        selection = _selection(session, goods, lines, discounts, terms)
        shown = read_basket(session, selection).quote
        linked = make.link(session, selection)
        assert linked.link.total_amount == shown.total_amount
        order = make.order(session, linked)
        visit = session.get_one(CheckoutSession, order.checkout_session_id)
        assert visit.total_amount == order.total_amount == shown.total_amount
        bought = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
        assert _parts(bought) == _parts(shown.all_lines)
        counted = {one.discount_id for one in visit.discounts if one.amount is not None}
        assert counted == {one.rule.id for one in shown.discounts}
        uses = session.scalars(select(Discount.id).where(Discount.uses_count == 1, Discount.id.in_(_ids(visit))))
        assert set(uses) == counted

    holds()


def _goods(session: Session) -> Goods:
    shop = make.shop(session)
    make.tax_rate(session, "SE", 12000, "reduced")
    chair, tea, course = (make.product(
        session, name, prices={shop.pricelist: amount}, stock={shop.warehouse: 100_000}, tax_class=tax_class, kind=kind,
        weight_grams=200) for name, amount, tax_class, kind in (
            ("Stool", 119_995, "standard", "goods"), ("Tea", 3_333, "reduced", "goods"),
            ("Manual", 25_001, "standard", "training")))
    return Goods(shop, chair, tea, course)


def _ids(visit: CheckoutSession) -> list[int]:
    return [one.discount_id for one in visit.discounts]


def _selection(session: Session, goods: Goods, lines: dict[str, int], discounts: list[dict[str, Any]],
               terms: dict[str, Any]) -> Selection:
    shop = goods.shop
    shop.site.tax_on_shipping, shop.site.country = terms["tax_on_shipping"], "DE" if terms["is_reversed"] else ""
    shop.pricelist.is_tax_included = terms["is_tax_included"]
    account = make.account(session)
    account.vat_number, shop.customer.account = "SE556012579001", account
    selection = make.selection(
        session, shop, {getattr(goods, name): quantity for name, quantity in lines.items()},
        ignores_shipping=terms["ignores_shipping"], ignores_tax=terms["ignores_tax"],
        ignores_tax_reason="Export" if terms["ignores_tax"] else "")
    if terms["special_price"] is not None:
        make.line(session, selection, goods.tea, special_price=terms["special_price"])
    make.give(session, selection, *(make.discount(
        session, wanted["percent"], is_combinable=wanted["is_combinable"], on=[goods.chair] * wanted["is_on_chairs"],
        **({"fixed_amount": wanted["percent"], "currency": "SEK"} if wanted["is_fixed"] else {}))
        for wanted in discounts))
    session.flush()
    return selection


def _parts(lines: Any) -> list[tuple[int, ...]]:
    return sorted((line.quantity, line.unit_amount, line.discount_amount, line.tax_rate, line.tax_amount,
                   line.tax_waived_amount, line.line_amount) for line in lines)

