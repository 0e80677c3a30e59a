"""An offer that is updated while a customer has its checkout open (R25, mission §3 row 4)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock, tokens
from sales_portal.history.service import SYSTEM
from sales_portal.links import queries as links
from sales_portal.links import updating
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from sales_portal.selections import agreeing
from sales_portal.selections import service as selections
from sales_portal.selections.agreeing import Details
from sales_portal.selections.basket import read_basket
from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


@pytest.fixture
def changeable(session: Session, shop: Shop) -> Linked:
    """Two chairs and a cap; the customer may change how many, up to five."""
    return make.link(session, make.selection(session, shop, {shop.chair: 2, shop.cap: 1}), changes="more",
                     may_change_quantities=True, max_per_line=5)


def update(session: Session, shop: Shop, linked: Linked, **quantities: int) -> None:
    """The agent changes the selection and updates the offer; `quantities` by the name of a product, 0 takes it out."""
    session.commit()
    link = links.get_link(session, linked.link.number)
    assert link is not None
    selection = link.selection
    basket = read_basket(session, selection)
    for name, quantity in quantities.items():
        variant = getattr(shop, name)
        row = next((row for row in basket.rows if row.variant_id == variant.id), None)
        if row is None:
            selections.add_line(session, selection, variant.id, quantity, by=SYSTEM)
        elif quantity:
            selections.set_quantity(session, selection, row.line_id, quantity, by=SYSTEM)
        else:
            selections.remove_line(session, selection, row.line_id, by=SYSTEM)
    updating.update_offer(session, link, read_basket(session, selection, is_locked=True), shown=link.offer_version,
                          request_key=tokens.new_public_id(), by=SYSTEM)
    session.commit()


def items(session: Session) -> dict[str, int]:
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    return {line.title: line.quantity for line in visit.lines if line.kind == "item"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_an_open_copy_reads_what_changed_before_it_can_pay(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    update(session, shop, linked, chair=1, cap=0)
    shown = anna.look("/delivery")
    assert anna.where == ""
    assert shown.words("h1") == "This offer was updated"
    lines = [plain(" ".join(line.get_text(" ").split())) for line in shown.page.select(".offer-line")]
    assert lines == ["Oak chair, natural 1 instead of 2 (was 2 400,00 ) 1 200,00",
                     "Linen bag 1 · As before 250,00", "Wool cap 1 · No longer in the offer"]
    assert plain(shown.words("#totals")) == "Total before 3 669,00 You pay 1 509,00 kr"
    assert not shown.page.select("#pay, #continue")


def test_accepting_takes_the_newer_offer_over_with_all_that_was_typed(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    update(session, shop, linked, chair=1, cap=0)
    shown = anna.submit(anna.look(), "#update-form")
    assert anna.where == "/delivery"
    assert "Pay 1 509,00 kr" in plain(shown.words("#pay"))
    assert "Anna Svensson" in shown.words("#delivery-done")
    anna.buy()
    session.rollback()
    order = session.scalars(select(Order)).one()
    assert order.total_amount == session.scalars(select(Payment)).one().amount == 150900


def test_a_payment_under_way_ends_as_it_began(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    """R25: order total = copy total = authorised amount, whatever the agent does meanwhile."""
    anna = enter(linked)
    anna.pay()
    update(session, shop, linked, chair=1, cap=0)
    anna.buy()
    assert anna.where == "/receipt"
    session.rollback()
    order, visit = session.scalars(select(Order)).one(), session.scalars(select(CheckoutSession)).one()
    assert order.total_amount == visit.total_amount == session.scalars(select(Payment)).one().amount == 366900


def test_a_payment_nobody_confirmed_is_given_up_for_the_newer_offer(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.pay()
    update(session, shop, linked, chair=1)
    shown = anna.look()
    assert "You have begun to pay for it as it was." in shown.words("#paying")
    anna.submit(shown, "#update-form")
    assert anna.where == "/delivery"
    session.rollback()
    assert session.scalars(select(Payment.status)).all() == ["cancelled"]


def test_pressing_pay_on_an_older_page_leads_to_what_changed(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details()
    update(session, shop, linked, chair=1)
    answer = anna.submit(shown, "#pay-form")
    assert answer.words("h1") == "This offer was updated"
    session.rollback()
    assert session.scalars(select(Payment)).all() == []


def test_details_typed_meanwhile_are_kept(session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    update(session, shop, linked, chair=1)
    shown = anna.give_details()
    assert shown.words("h1") == "This offer was updated"
    anna.submit(shown, "#update-form")
    assert anna.where == "/delivery"


@pytest.mark.parametrize(("chosen", "offered", "kept"), [("4", 1, 4), ("2", 1, 1), ("2", 3, 3)])
def test_a_quantity_the_customer_chose_stays_and_one_they_left_follows(
        session: Session, shop: Shop, changeable: Linked, enter: Enter, chosen: str, offered: int, kept: int) -> None:
    anna = enter(changeable)
    anna.go_on(**{"quantity-1": chosen})
    update(session, shop, changeable, chair=offered)
    anna.submit(anna.look(), "#update-form")
    assert items(session)["Oak chair, natural"] == kept


def test_a_quantity_beyond_what_is_allowed_now_is_that_of_the_offer(
        session: Session, shop: Shop, changeable: Linked, enter: Enter) -> None:
    anna = enter(changeable)
    anna.go_on(**{"quantity-1": "4"})
    session.get_one(CheckoutLink, changeable.link.id).max_per_line = 3
    session.commit()
    update(session, shop, changeable, chair=1)
    anna.submit(anna.look(), "#update-form")
    assert items(session)["Oak chair, natural"] == 1


def test_the_product_that_was_picked_stays_picked(session: Session, shop: Shop, enter: Enter) -> None:
    choice = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one")
    anna = enter(choice)
    anna.go_on(line_no="2")
    update(session, shop, choice, cap=1, bag=2)
    anna.submit(anna.look(), "#update-form")
    assert items(session) == {"Linen bag": 2}


def test_who_comes_after_the_update_sees_the_newer_offer_alone(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    """T110: the same address shows what is offered now."""
    update(session, shop, linked, cap=0)
    shown = enter(linked).look()
    assert shown.words("h1") == "Maria picked these for you"
    assert "Wool cap" not in shown.words(".offer")


def test_a_first_page_that_was_open_meanwhile_is_shown_once_more(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.look()
    update(session, shop, linked, cap=0)
    again = anna.submit(shown, "#offer-form")
    assert anna.where == ""
    assert again.words("#updated .alert-title") == "This offer was updated"
    assert session.scalars(select(CheckoutSession)).all() == []
    anna.submit(again, "#offer-form")
    assert anna.where == "/details"


def test_a_worn_out_copy_reads_what_changed_too(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    update(session, shop, linked, cap=0)
    visit = session.scalars(select(CheckoutSession)).one()
    visit.status = "expired"
    session.commit()
    assert anna.go_on().words("h1") == "This offer was updated"


def test_a_stale_form_accepts_nothing(session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    update(session, shop, linked, cap=0)
    answer = anna.client.post(f"{linked.path}/update", data={"form_token": "forged"})
    assert answer.status_code == 400
    assert answer.words("h1") == "This offer was updated"
    assert "Wool cap" in items(session)


def test_looking_at_what_changed_changes_nothing(
        session: Session, shop: Shop, changeable: Linked, enter: Enter) -> None:
    anna = enter(changeable)
    anna.go_on()
    before = items(session)
    update(session, shop, changeable, chair=3)
    anna.look()
    anna.look()
    assert items(session) == before
    assert session.scalars(select(CheckoutSession.offer_version)).one() == 1


def test_a_revoked_link_says_so_rather_than_what_changed(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    update(session, shop, linked, cap=0)
    link = session.get_one(CheckoutLink, linked.link.id)
    link.status, link.revoked_at = "revoked", clock.now()
    session.commit()
    assert anna.look().words("h1") == "Maria withdrew this link"


def test_answers_of_a_line_stay_beside_what_the_agent_says_by_now(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    make.line_field(session, shop.chair)
    make.line_field(session, shop.chair, slug="font", label="Font", position=2)
    anna = enter(linked)
    anna.give_details(**{"line-1-1-engraving": "Anna", "line-1-1-font": "Plain", "line-1-2-engraving": "Bo"})
    session.commit()
    link = links.get_link(session, linked.link.number)
    assert link is not None
    row = read_basket(session, link.selection).rows[0]
    agreeing.set_details(session, link.selection, row.line_id, Details(answers={1: {"font": "Script"}}), by=SYSTEM)
    update(session, shop, linked, cap=0)
    anna.submit(anna.look(), "#update-form")
    assert anna.where == "/delivery"
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    assert {(one["unit"], one["slug"]): one["answer"] for one in visit.lines[0].answers or ()} == {
        (1, "engraving"): "Anna", (1, "font"): "Script", (2, "engraving"): "Bo"}
