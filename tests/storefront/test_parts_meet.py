"""Where one thing a link can do meets another: what a customer chose stays, and nobody is stuck."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock as now
from sales_portal.core import tokens
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import queries as links
from sales_portal.links import recipients, replacing, updating
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.selections import discounts as discounting
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.harness.app import Answer
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter


@pytest.fixture
def discount(session: Session) -> int:
    return make.discount(session, 10000, code="TEN").id


def update(session: Session, linked: Linked, act: Callable[[Selection], object]) -> None:
    """Do something to the selection and offer it under the same address."""
    session.commit()
    link = links.get_link(session, linked.link.number)
    assert link is not None
    act(link.selection)
    updating.update_offer(session, link, read_basket(session, link.selection, is_locked=True),
                          shown=link.offer_version, request_key=tokens.new_public_id(), by=SYSTEM)
    session.commit()


def replace(session: Session, linked: Linked) -> CheckoutLink:
    session.commit()
    link = links.get_link(session, linked.link.number)
    assert link is not None
    made = replacing.replace_link(session, link, read_basket(session, link.selection, is_locked=True),
                                  request_key=tokens.new_public_id(), by=SYSTEM)
    session.commit()
    return made


def first_line(session: Session, selection: Selection) -> int:
    return read_basket(session, selection).rows[0].line_id


def take_two(session: Session) -> Callable[[Selection], object]:
    return lambda selection: selections.set_quantity(session, selection, first_line(session, selection), 2, by=SYSTEM)


def stock_caps(session: Session, shop: Shop, left: int) -> None:
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, left, by=SYSTEM)
    session.commit()


def leave_out_cap(anna: Customer, shown: Answer | None = None, **headers: str) -> None:
    """*Continue without it*, with all the form holds."""
    shown = shown or anna.look()
    form = shown.one("#sold-out")
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    anna.client.post(str(form.select("button")[0]["formaction"]), data=sent, headers=headers)


def kept_learners(session: Session) -> list[list[str]]:
    session.rollback()
    return [[one["name"] for one in learners] for learners in session.scalars(select(CheckoutSessionLine.learners))]


def test_a_code_that_the_newer_offer_gives_by_itself_is_let_go(
        session: Session, shop: Shop, enter: Enter, discount: int) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)
    anna = enter(linked)
    anna.go_on(code="TEN")
    update(session, linked, lambda selection: discounting.add_discount(session, selection, discount, by=SYSTEM))
    assert anna.submit(anna.look(), "#update-form").status_code == 200
    assert anna.where == "/details"
    session.rollback()
    assert session.scalars(select(CheckoutSession.total_amount)).one() == 31_000 * 9 // 10 + 5_900


def test_who_left_something_out_comes_back_to_a_page_that_leads_on(
        session: Session, shop: Shop, enter: Enter, clock: Clock) -> None:
    clock.set(now.now())
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), changes="more",
                       may_change_quantities=True)
    stock_caps(session, shop, 0)
    anna = enter(linked)
    leave_out_cap(anna)
    stock_caps(session, shop, 5)
    clock.advance(hours=25)
    anna.go_on()
    assert anna.where == "/details"


def test_what_was_left_out_stays_out_of_a_newer_offer_that_has_it_as_before(
        session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), lets_go_without=True)
    stock_caps(session, shop, 0)
    anna = enter(linked)
    leave_out_cap(anna)
    stock_caps(session, shop, 9)
    update(session, linked, take_two(session))
    anna.submit(anna.look(), "#update-form")
    session.rollback()
    lines = session.execute(select(CheckoutSessionLine.title, CheckoutSessionLine.quantity).where(
        CheckoutSessionLine.kind == "item")).all()
    assert [tuple(line) for line in lines] == [("Oak chair, natural", 2)]


def test_an_agreed_price_is_paid_whatever_was_named_before(session: Session, shop: Shop, enter: Enter) -> None:
    tree = make.product(session, "Plant a tree", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, tree, 25_000, minimum=10_000)
    linked = make.link(session, make.selection(session, shop, {tree: 1}, for_anyone=True))
    anna = enter(linked)
    anna.go_on(**{"amount-1": "120"})
    update(session, linked, lambda selection: selections.set_special_price(
        session, selection, first_line(session, selection), 24_000, "agreed", by=SYSTEM))
    anna.submit(anna.look(), "#update-form")
    session.rollback()
    assert session.scalars(select(CheckoutSession.total_amount)).one() == 24_000


def test_whom_the_agent_named_sits_there_again_when_the_seat_is_back(
        session: Session, shop: Shop, enter: Enter) -> None:
    course = make.training(session, "Wood care", at=shop.warehouse, seats=40, prices={shop.pricelist: 250_000})
    selection = make.selection(session, shop, {course: 2}, for_anyone=True)
    session.scalars(select(SelectionLine)).one().learners = [
        {"name": "Ada", "email": ""}, {"name": "Bo", "email": ""}]
    session.flush()
    anna = enter(make.link(session, selection, changes="more", may_change_quantities=True))
    for quantity in ("1", "2"):
        anna.post("/lines/1/quantity", "#offer-form", **{"quantity-1": quantity})
    assert kept_learners(session) == [["Ada", "Bo"]]


def test_whom_the_newer_offer_names_takes_the_seat(session: Session, shop: Shop, enter: Enter) -> None:
    course = make.training(session, "Wood care", at=shop.warehouse, seats=40, prices={shop.pricelist: 250_000})
    linked = make.link(session, make.selection(session, shop, {course: 1}, for_anyone=True))
    anna = enter(linked)
    anna.submit(anna.go_on(), "#details-form", email="anna@example.com", name="Anna",
                **{"learner-1-1-name": "Old One"})

    def name_two(selection: Selection) -> None:
        take_two(session)(selection)
        session.get_one(SelectionLine, first_line(session, selection)).learners = [
            {"name": "Ada", "email": ""}, {"name": "Bo", "email": ""}]
        session.flush()
    update(session, linked, name_two)
    anna.submit(anna.look(), "#update-form")
    assert kept_learners(session) == [["Ada", "Bo"]]


def test_a_replaced_link_makes_no_order_even_where_a_payment_began_before_it_ended(
        session: Session, shop: Shop, enter: Enter, clock: Clock) -> None:
    clock.set(now.now())
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}),
                       expires_at=now.now() + timedelta(minutes=10))
    anna = enter(linked)
    session.commit()
    anna.pay()
    clock.advance(minutes=12)
    replace(session, linked)
    anna.buy()
    session.rollback()
    assert session.scalars(select(Order.id)).all() == []


def test_codes_cannot_be_tried_on_and_on_in_addresses(
        session: Session, shop: Shop, enter: Enter, discount: int) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)
    session.commit()
    anna = enter(linked)
    assert "TEN" in anna.look("?discount_code=TEN").words("#totals")
    assert {anna.look(f"?discount_code=GUESS{number}").status_code for number in range(32)} == {200}
    assert "TEN" not in anna.look("?discount_code=TEN").words("#totals")


def test_what_the_address_brought_goes_along_where_something_is_left_out(
        session: Session, shop: Shop, enter: Enter, discount: int) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), lets_go_without=True,
                       allows_discount_codes=True)
    stock_caps(session, shop, 0)
    anna = enter(linked)
    leave_out_cap(anna, anna.look("?discount_code=TEN"))
    assert "TEN" in anna.look().words("#totals")


def test_a_machine_that_leaves_something_out_moves_nothing(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), lets_go_without=True)
    stock_caps(session, shop, 0)
    leave_out_cap(enter(linked), **{"User-Agent": "curl/8.0"})
    session.rollback()
    assert session.scalars(select(CheckoutLink.progress)).one() == "not_sent"


def test_a_code_is_taken_away_and_an_update_accepted_before_anybody_signs_in(
        session: Session, shop: Shop, enter: Enter, discount: int) -> None:
    shop.site.requires_sign_in = True
    session.flush()
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), allows_discount_codes=True)
    anna = enter(linked)
    anna.post("/code", "#offer-form", code="TEN")
    assert "TEN" in anna.look().words("#totals")
    anna.post("/code/removal", "#offer-form", at="landing")
    assert "TEN" not in anna.look().words("#totals")
    update(session, linked, take_two(session))
    anna.submit(anna.look(), "#update-form")
    session.rollback()
    assert (anna.where, session.scalars(select(CheckoutSession.offer_version)).one()) == ("/sign-in", 2)


def test_of_several_recipients_each_is_led_to_their_own_address_of_the_newer_link(
        session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    addresses, bo = Addresses("https://pay.example"), "bo@other.example"
    old = links.get_link(session, linked.link.number)
    assert old is not None
    recipients.address_for(session, old, "anna@example.com")
    his = addresses.link_url(recipients.address_for(session, old, bo)).removeprefix("https://pay.example")
    newer = links.get_link(session, replace(session, linked).number)
    assert newer is not None
    client = enter(linked).client
    assert isinstance(before := client.get(his), Answer)
    assert recipients.list_addresses(session, newer)[0].public_id not in str(before.page)
    own = recipients.address_for(session, newer, bo).public_id
    session.commit()
    assert isinstance(after := client.get(his), Answer)
    assert own in str(after.page)


def test_no_thanks_is_taken_while_the_site_is_in_maintenance(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    shop.site.is_in_maintenance = True
    session.commit()
    answer = enter(linked).client.post(linked.path + "/no-thanks", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204


def test_an_order_without_tax_names_the_number_that_spared_it(session: Session, shop: Shop, enter: Enter) -> None:
    make.shipping(session, shop.market, {"DE": 9_900}, name="DE parcel")
    make.tax_rate(session, "DE", 19000)
    shop.site.country, shop.customer.account = "SE", make.account(session)
    shop.customer.account.vat_number = "DE136695976"
    session.flush()
    anna = enter(make.link(session, make.selection(session, shop, {shop.bag: 1})))
    anna.give_details(country="DE", postcode="10115", city="Berlin")
    anna.buy()
    session.rollback()
    assert session.scalars(select(Order.vat_number)).one() == "DE136695976"
