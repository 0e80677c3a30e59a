"""An order was changed and costs more: the rest is asked for by a selection bound to it (C-02)."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders.models import Order
from sales_portal.selections import queries as selections
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop

SignedIn = Callable[[Staff], Client]


def bought(session: Session, shop: Shop) -> Order:
    """Anna's order of one chair."""
    return make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))


def ask(client: Client, session: Session, order: Order) -> Selection:
    """Press *Ask for an extra payment* on the page of `order`."""
    page = client.get(f"/orders/{order.number}")
    assert isinstance(page, Answer)
    assert page.words("#ask-extra button") == "Ask for an extra payment"
    answer = client.submit(page, "#ask-extra")
    assert answer.status_code == 303
    session.expire_all()
    made = selections.get_selection(session, str(answer.headers["Location"]).rsplit("/", 1)[-1])
    assert made is not None
    return made


def test_c02_an_extra_payment_is_a_selection_bound_to_the_order(
        maria: Client, session: Session, shop: Shop) -> None:
    order = bought(session, shop)
    made = ask(maria, session, order)
    assert (made.order_id, made.customer_id, made.market_id) == (order.id, shop.customer.id, shop.market.id)
    assert made.label == f"Extra payment for {order.number}"


def test_c02_order_and_selection_name_each_other(maria: Client, session: Session, shop: Shop) -> None:
    order = bought(session, shop)
    made = ask(maria, session, order)
    built = building.page(maria, made)
    assert built.words("#selection-extra-for") == (
        f"This asks for an extra payment for the order {order.number}. Open {order.number}")
    assert built.one("#selection-extra-for a")["href"] == f"/orders/{order.number}"
    listed = maria.get(f"/orders/{order.number}")
    assert listed.words("#order-extra-payments tbody tr").startswith(f"{made.number} Draft")


def test_c02_the_order_lists_its_extra_payments_with_their_state(
        maria: Client, session: Session, shop: Shop) -> None:
    order = bought(session, shop)
    first, second = ask(maria, session, order), ask(maria, session, order)
    make.line(session, first, shop.bag)
    linked = make.link(session, first)
    paid = make.order(session, linked)
    page = maria.get(f"/orders/{order.number}")
    rows = [" ".join(row.get_text(" ").replace("\u00a0", " ").split())
            for row in page.page.select("#order-extra-payments tbody tr")]
    assert rows[0].startswith(f"{second.number} Draft")
    assert rows[1].startswith(f"{first.number} {linked.link.number} 369,00 kr Paid {paid.number}")
    assert f"Extra payment for {order.number}" in maria.get(f"/orders/{paid.number}").words("#order-facts")


def test_c02_an_order_nobody_asked_more_for_says_nothing(maria: Client, session: Session, shop: Shop) -> None:
    page = maria.get(f"/orders/{bought(session, shop).number}")
    assert not page.page.select("#order-extra-payments")
    assert "Extra payment" not in page.words("#order-facts")


def test_c02_a_colleagues_order_cannot_be_asked_for_more(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    order = bought(session, shop)
    ben = make.staff(session, "Ben Ek", site=shop.site)
    assert signed_in(ben).post(f"/orders/{order.number}/extra-payments").status_code == 404
    reader = make.staff(session, "Rita Reader", site=shop.site, role="auditor")
    assert not signed_in(reader).get(f"/orders/{order.number}").page.select("#ask-extra")


def test_c02_undo_leaves_the_order_it_is_for(maria: Client, session: Session, shop: Shop) -> None:
    order = bought(session, shop)
    made = ask(maria, session, order)
    building.add(maria, made, shop.bag.sku)
    building.post(maria, made, "undo", htmx=True)
    session.expire_all()
    assert session.get_one(Selection, made.id).order_id == order.id
    assert building.lines(building.page(maria, made)) == []
