"""The amounts under the lines as customers read them: the link's own, a private copy's, or an order's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sales_portal.checkout import pricing as copies
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import translation
from sales_portal.core.money import Money
from sales_portal.core.translation import _
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.pricing import documents
from sales_portal.pricing.engine import Shipping
from sales_portal.web import formatting

FEW_LINES = 3
_SALES_TAX = frozenset({"US", "JP", "CA"})


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts under the lines, as the link froze them or as the copy was priced last."""

    items: int
    discount: int
    discount_name: str
    shipping: int
    shipping_state: Shipping
    shipping_name: str
    taxes: tuple[tuple[int, int], ...]
    is_tax_included: bool
    is_tax_ignored: bool
    total: int

    @property
    def tax_waived(self) -> int:
        """The tax in the prices that is not charged."""
        on_top = 0 if self.is_tax_included else sum(amount for _, amount in self.taxes)
        return max(0, self.items - self.discount + self.shipping + on_top - self.total)


class _Line(Protocol):
    line_no: int
    kind: str
    quantity: int
    unit_amount: int
    discount_amount: int
    tax_rate: int
    tax_amount: int
    tax_waived_amount: int
    title: str


def of_link(link: CheckoutLink) -> Totals:
    """The totals a link was made with."""
    frozen: Mapping[str, Any] = link.totals
    return Totals(
        items=frozen["items"], discount=frozen["discount"], discount_name=frozen["discount_name"],
        shipping=frozen["shipping"], shipping_state=Shipping(frozen["shipping_state"]),
        shipping_name=frozen["shipping_name"], taxes=tuple((rate, amount) for rate, amount in frozen["taxes"]),
        is_tax_included=frozen["tax_included"], is_tax_ignored=frozen["tax_ignored"], total=frozen["total"])


def of_visit(visit: CheckoutSession, link: CheckoutLink) -> Totals:
    """The totals of a private copy, from the amounts in its lines."""
    needs_delivery = any(line.product_kind == "goods" for line in visit.lines)
    chosen = visit.shipping_method_id is not None
    state = _shipping_state(visit.lines, link, needs_delivery, chosen)
    return _totals(visit.lines, link, state, visit.total_amount, _discount_name(visit))


def of_order(order: Order, lines: Sequence[Any]) -> Totals:
    """The totals of an order, from the amounts in its `lines`."""
    state = _shipping_state(lines, order.link, bool(order.shipping_name), chosen=True)
    return _totals(lines, order.link, state, order.total_amount, order.discount_name)


def _discount_name(visit: CheckoutSession) -> str:
    taken = [one for one in copies.held_discounts(visit) if one.amount]
    return ", ".join(documents.read(one.rule).label for one in taken)


def _shipping_state(lines: Sequence[_Line], link: CheckoutLink, needs_delivery: bool, chosen: bool) -> Shipping:
    if any(line.kind == "shipping" for line in lines):
        return Shipping.CHARGED
    if not needs_delivery:
        return Shipping.NOT_NEEDED
    if link.ignores_shipping:
        return Shipping.IGNORED
    return Shipping.FREE if chosen else Shipping.NOT_CHOSEN


def _totals(lines: Sequence[_Line], link: CheckoutLink, state: Shipping, total: int, discount_name: str) -> Totals:
    taxes: dict[int, int] = {}
    for line in lines:
        if line.tax_amount:
            taxes[line.tax_rate] = taxes.get(line.tax_rate, 0) + line.tax_amount
    shipping = [line for line in lines if line.kind == "shipping"]
    return Totals(
        items=sum(line.unit_amount * line.quantity for line in lines if line.kind == "item"),
        discount=sum(line.discount_amount for line in lines), discount_name=discount_name,
        shipping=sum(line.unit_amount for line in shipping), shipping_state=state,
        shipping_name=shipping[0].title if shipping else "",
        taxes=tuple(sorted(taxes.items(), reverse=True)), is_tax_included=link.is_tax_included,
        is_tax_ignored=link.ignores_tax or any(line.tax_waived_amount for line in lines), total=total)


def rows(totals: Totals, link: CheckoutLink, lines_count: int = FEW_LINES + 1) -> list[dict[str, object]]:
    """`totals` as the rows above the sum; few lines on the same page make the sum of the items needless."""
    currency = link.currency
    items = [_row(_("Items"), Money(totals.items, currency))] if lines_count > FEW_LINES else []
    taxes = _tax(totals, currency, is_vat=is_vat(link))
    return items + _discount(totals, currency) + _delivery(totals, currency) + taxes


def label_of(order: Order) -> str:
    """What the sum of an order is called, which not everybody has paid who has ordered."""
    if order.outstanding_amount or (order.status == "cancelled" and not order.paid_at):
        return _("Total")
    return _("You pay") if order.invoice is not None and order.invoice.is_unpaid else _("You paid")


def is_vat(link: CheckoutLink) -> bool:
    """Whether the tax on a sale in this market is a value-added one, and called so."""
    return translation.territory(link.market.locale) not in _SALES_TAX


def _discount(totals: Totals, currency: str) -> list[dict[str, object]]:
    if not totals.discount:
        return []
    return [_row(_("Discount"), Money(-totals.discount, currency), note=totals.discount_name)]


def _delivery(totals: Totals, currency: str) -> list[dict[str, object]]:
    amounts: dict[Shipping, object] = {
        Shipping.CHARGED: Money(totals.shipping, currency), Shipping.FREE: _("Free"),
        Shipping.IGNORED: _("Not charged"), Shipping.NOT_CHOSEN: _("Shown with your address")}
    if totals.shipping_state not in amounts:
        return []
    return [_row(_("Delivery"), amounts[totals.shipping_state], note=totals.shipping_name)]


def _tax(totals: Totals, currency: str, *, is_vat: bool) -> list[dict[str, object]]:
    if totals.is_tax_ignored:
        waived = Money(-totals.tax_waived, currency)
        if waived:
            return [_row(_("VAT not charged") if is_vat else _("Tax not charged"), waived)]
        return [_row(_("VAT") if is_vat else _("Tax"), _("Not charged"))]
    return [_row(_rate(formatting.percent(rate), is_vat=is_vat, is_included=totals.is_tax_included),
                 Money(amount, currency), quiet=totals.is_tax_included) for rate, amount in totals.taxes]


def _rate(rate: str, *, is_vat: bool, is_included: bool) -> str:
    """What a tax is called, with its rate."""
    if is_included:
        return _("Incl. VAT {rate}", rate=rate) if is_vat else _("Incl. tax {rate}", rate=rate)
    return _("VAT {rate}", rate=rate) if is_vat else _("Tax {rate}", rate=rate)


def _row(label: str, amount: object, note: str = "", quiet: bool = False) -> dict[str, object]:
    return {"label": label, "amount": amount, "note": note, "quiet": quiet}
