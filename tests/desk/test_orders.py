"""The orders pages: what was bought, to the last minor unit, and whose it is."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import making
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop

SignedIn = Callable[[Staff], Client]
HOSTILE = '<script>alert("x")</script> & <img src=x onerror=1>'


def numbers(answer: Answer) -> list[str]:
    """The numbers of the listed orders, in order."""
    return [link.get_text() for link in answer.page.select("#orders-list a.row-main")]


def bought(session: Session, shop: Shop, **terms: object) -> str:
    """The number of an order of one chair."""
    return make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1}), **terms)).number


def amounts(answer: Answer, selector: str) -> list[int]:
    """The amounts written in `selector`, in minor units."""
    return [int(re.sub(r"\D", "", found.get_text())) * (-1 if "−" in found.get_text() else 1)
            for found in answer.page.select(f"{selector} .money")]


def test_a_row_tells_customer_agent_link_total_and_status(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    order = make.order(session, made)
    words = maria.get("/orders").words("#orders-list tbody tr").replace("\u00a0", " ")
    assert words.startswith(f"{order.number} Anna Svensson Maria Lind {made.link.number} 1 259,00 kr Placed")


def test_status_and_words_narrow_the_list(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), label="Spring offer")
    spring = make.order(session, made)
    making.mark_paid(session, spring.id)
    other = make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True)),
                       name="Bo Ek", email="bo@example.com")
    for query, found in (("status=paid", [spring]), ("status=placed", [other]), ("q=bo", [other]),
                         ("q=spring", [spring]), (f"q={made.link.number}", [spring]), (f"q={other.number}", [other]),
                         (f"q={shop.customer.number}", [spring]), ("q=%25", []), ("status=x", [other, spring])):
        assert numbers(maria.get(f"/orders?{query}")) == [order.number for order in found], query


def test_create_selection_stands_at_the_top(maria: Client) -> None:
    assert maria.get("/orders").words("#page-header button") == "Create selection"


def test_empty_and_filtered_empty_say_different_things(maria: Client) -> None:
    assert maria.get("/orders").words("#orders-list") == "No orders yet. Paid links become orders and land here."
    assert maria.get("/orders?q=x").words("#orders-list") == "Nothing matches these filters. Clear filters"


def test_an_agent_sees_only_their_own_orders(signed_in: SignedIn, session: Session, shop: Shop) -> None:
    ben = make.staff(session, "Ben Ek", site=shop.site)
    hers = bought(session, shop)
    client = signed_in(ben)
    assert numbers(client.get("/orders")) == []
    assert client.get(f"/orders/{hers}").status_code == 404
    assert "We can't find the order" in client.get(f"/orders/{hers}").words()


LINES = [
    ({}, {}), ({"ignores_tax": True, "ignores_tax_reason": "Export"}, {}), ({"ignores_shipping": True}, {}),
    ({}, {"percent": 12500}), ({"ignores_tax": True, "ignores_tax_reason": "x"}, {"percent": 33333}),
]


@pytest.mark.parametrize(("terms", "reduced"), LINES)
@pytest.mark.parametrize("is_tax_included", [True, False])
def test_lines_and_totals_add_up_to_the_last_minor_unit(
        maria: Client, session: Session, shop: Shop, terms: dict[str, object], reduced: dict[str, int],
        is_tax_included: bool) -> None:
    shop.pricelist.is_tax_included = is_tax_included
    discount = make.discount(session, **reduced) if reduced else None
    selection = make.selection(session, shop, {shop.chair: 1, shop.bag: 3},
                               discount=discount)
    make.line(session, selection, shop.cap, special_price=80051)
    order = make.order(session, make.link(session, selection, **terms))
    answer = maria.get(f"/orders/{order.number}")
    lines = amounts(answer, "#order-lines td.cell-strong")
    assert sum(lines) == order.total_amount
    *parts, total = amounts(answer, "#order-totals .total-row:not(.total-quiet) dd")
    assert total == order.total_amount
    assert sum(parts) == total


def test_the_page_tells_payment_customer_link_and_metadata(maria: Client, session: Session, shop: Shop) -> None:
    number = bought(session, shop, metadata={"crm": "0034-9", "note": HOSTILE})
    answer = maria.get(f"/orders/{number}")
    assert answer.words("#order-status") == "Placed"
    payment = answer.words("#order-payment").replace("\u00a0", " ")
    assert "Being taken" in payment
    assert "1 259,00 kr" in payment
    customer = answer.words("#order-customer")
    for said in ("Anna Svensson", "anna@example.com", "Storgatan 1", "111 22 Stockholm", "PostNord to the door"):
        assert said in customer
    facts = answer.words("#order-facts")
    assert "crm 0034-9" in facts
    assert HOSTILE in facts
    assert answer.page.select("main script, main img[onerror]") == []
    assert "Ordered for" in answer.words("#order-timeline")


def test_a_paid_order_says_so(maria: Client, session: Session, shop: Shop) -> None:
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    making.mark_paid(session, order.id)
    answer = maria.get(f"/orders/{order.number}")
    assert answer.words("#order-status") == "Paid"
    assert "Paid" in answer.words("#order-timeline")
    assert "Customer paid" in answer.words("#order-totals")


def test_what_an_order_started_is_named(maria: Client, session: Session, shop: Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 9900})
    order = make.order(session, make.link(session, make.selection(session, shop, {plan: 1})))
    assert "On trial" in maria.get(f"/orders/{order.number}").words("#order-facts")


@pytest.mark.parametrize("number", ["O-9999", "O-x", "5001", "O-" + "9" * 14, "L-2001"])
def test_an_unknown_order_is_not_found_in_words(maria: Client, number: str) -> None:
    answer = maria.get(f"/orders/{number}")
    assert answer.status_code == 404
    assert "We can't find the order" in answer.words()


def test_list_and_page_take_a_fixed_number_of_statements(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    for _ in range(3):
        number = bought(session, shop)
    with statements(at_most=5):
        assert len(numbers(maria.get("/orders"))) == 3
    with statements(at_most=9):
        assert maria.get(f"/orders/{number}").status_code == 200


@pytest.mark.parametrize(("trial_days", "said"), [(14, "Care plan, free until "), (0, "Care plan, renews ")])
def test_what_an_order_started_stands_on_its_page(
        maria: Client, session: Session, shop: Shop, trial_days: int, said: str) -> None:
    """P-12: state and next renewal."""
    plan = make.offer(session, trial_days=trial_days, prices={shop.pricelist: 9_900})
    order = make.order(session, make.link(session, make.selection(session, shop, {plan: 1})))
    assert said in maria.get(f"/orders/{order.number}").words("#order-facts")
    assert "Care plan started" in maria.get(f"/orders/{order.number}").words("#order-timeline")
