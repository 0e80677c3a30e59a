"""A visit keeps the discounts its link froze, and the country it is delivered to decides about the tax."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSessionDiscount
from sales_portal.orders.models import OrderLine
from sales_portal.pricing.models import Discount
from sales_portal.web import totals
from tests import make


def _kept(session: Session, visit_id: int) -> dict[str, int | None]:
    rows = session.execute(
        select(Discount.name, CheckoutSessionDiscount.amount)
        .join(Discount, Discount.id == CheckoutSessionDiscount.discount_id)
        .where(CheckoutSessionDiscount.checkout_session_id == visit_id))
    return {row.name: row.amount for row in rows}


def test_what_a_discount_said_when_the_link_was_made_holds_whatever_becomes_of_it(session: Session) -> None:
    """P-09: a preset discount is applied by itself."""
    shop = make.shop(session)
    ten = make.discount(session, 10000, name="Ten")
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}, discount=ten))
    ten.percent, ten.is_combinable = 90000, False
    visit = make.visit(session, linked)
    session.flush()
    assert visit.total_amount == linked.link.total_amount == 31000 - 3100 + 5900
    assert _kept(session, visit.id) == {"Ten": 3100}


def test_one_that_is_used_up_meanwhile_takes_nothing_off_and_is_not_counted(session: Session) -> None:
    """P-09: a preset discount that no longer applies is ignored, and the checkout still opens."""
    shop = make.shop(session)
    once = make.discount(session, 10000, name="Once", usage_limit=1)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}, discount=once))
    once.uses_count = 1
    order = make.order(session, linked)
    assert order.total_amount == 31000 + 5900
    assert _kept(session, order.checkout_session_id) == {"Once": None}
    assert once.uses_count == 1


def test_only_discounts_that_were_taken_are_counted_each_once(session: Session) -> None:
    shop = make.shop(session)
    selection = make.selection(session, shop, {shop.bag: 1})
    given = [make.discount(session, 10000, name="Ten"), make.discount(session, 5000, name="Five"),
             make.discount(session, 1000, name="Alone", is_combinable=False)]
    make.give(session, selection, *given)
    order = make.order(session, make.link(session, selection))
    session.expire_all()
    assert [found.uses_count for found in given] == [1, 1, 0]
    assert _kept(session, order.checkout_session_id) == {"Ten": 3100, "Five": 1395, "Alone": None}


def test_a_visit_without_discounts_has_none(session: Session) -> None:
    shop = make.shop(session)
    visit = make.visit(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    assert (visit.has_discounts, _kept(session, visit.id)) == (False, {})


def test_the_country_delivered_to_decides_whether_a_company_pays_the_tax(session: Session) -> None:
    shop = make.shop(session)
    shop.site.country = "SE"
    make.tax_rate(session, "FI", 25000)
    make.shipping(session, shop.market, {"FI": 5900})
    account = make.account(session)
    account.vat_number, shop.customer.account = "DE136695976", account
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert make.visit(session, linked).total_amount == 36900
    abroad = make.visit(session, linked, country="FI")
    shown = totals.of_visit(abroad, linked.link)
    assert (shown.is_tax_ignored, shown.tax_waived, shown.total) == (True, 7380, 29520)
    assert (abroad.total_amount, sum(line.tax_waived_amount for line in abroad.lines)) == (36900 - 7380, 7380)


def test_shipping_taxed_in_proportion_is_a_line_for_each_rate(session: Session) -> None:
    shop = make.shop(session)
    shop.site.tax_on_shipping = "proportional"
    make.tax_rate(session, "SE", 12000, "reduced")
    tea = make.product(session, "Tea", tax_class="reduced", prices={shop.pricelist: 31000}, stock={shop.warehouse: 9})
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1, tea: 1}))
    order = make.order(session, linked)
    charged = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.kind == "shipping")
        .order_by(OrderLine.line_no))
    assert [(line.tax_rate, line.unit_amount, line.tax_amount) for line in charged] == [
        (25000, 2950, 590), (12000, 2950, 316)]
    assert order.total_amount == linked.link.total_amount == 62000 + 5900
