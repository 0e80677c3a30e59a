"""What a customer adds on an unlocked link: suggestions, the shop, and one's own items apart from the agent's."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from tests import make
from tests.harness.app import Answer
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter


@pytest.fixture
def unlocked(session: Session, shop: Shop) -> Linked:
    """Two bags at a special price, at most four of anything, and whatever else Anna likes."""
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, 2, special_price=25_000)
    return make.link(session, selection, changes="more", may_change_quantities=True, may_add_products=True,
                     max_per_line=4)


def items(session: Session) -> list[tuple[str, int, int, bool]]:
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    session.refresh(visit, ["lines"])
    return [(line.title, line.quantity, line.unit_amount, line.is_added) for line in visit.lines if line.kind == "item"]


def press(customer: Customer, shown: Answer, button: str, form: str = "#offer-form", **typed: str) -> Answer:
    """Press a button that goes elsewhere than its form, with everything the form holds."""
    pressed = shown.one(button)
    shown.one(form)["action"] = pressed["formaction"]
    if pressed.get("name"):
        typed[str(pressed["name"])] = str(pressed["value"])
    return customer.submit(shown, form, **typed)


def lines_of(shown: Answer, part: str) -> list[str]:
    return [" ".join(line.get_text(" ").split()) for line in shown.page.select(f"{part} .offer-line")]


BAG = ("Linen bag", 2, 25_000, False)


def test_the_first_page_suggests_what_can_be_added(session: Session, unlocked: Linked, enter: Enter) -> None:
    shown = enter(unlocked).look()
    assert shown.words("#landing-shop-title") == "Add something else"
    assert lines_of(shown, "#landing-shop") == [
        "Wool cap Add Wool cap 960,00", "Oak chair, natural Add Oak chair, natural 1 200,00"]
    assert shown.one("#landing-shop a")["href"] == f"{unlocked.path}/shop"
    assert "Fixed at 2 for this price" in shown.words("#landing-lines")


def test_adding_makes_the_copy_and_shows_it_apart_from_what_the_agent_chose(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    """C14: the agent's group stays as it is."""
    anna = enter(unlocked)
    shown = press(anna, anna.look(), f"#field-variant-{shop.chair.id}")
    assert items(session) == [BAG, ("Oak chair, natural", 1, 120_000, True)]
    assert shown.words("#landing-lines-title") == "From Maria"
    assert shown.words("#landing-added-title") == "Added by you"
    assert shown.words("#just-added") == "Oak chair, natural is in your selection now."
    assert str(shown.one("title").get_text()).startswith("Oak chair, natural added – ")
    assert [line.split(" 2 ×")[0] for line in lines_of(shown, "#landing-lines")] == ["Linen bag"]
    assert "1 759,00" in shown.words("#continue").replace("\u00a0", " ")
    assert [line.split(" Add")[0] for line in lines_of(shown, "#landing-shop")] == ["Wool cap"]


def test_a_quantity_typed_and_not_updated_goes_along_with_add_and_remove(
        session: Session, shop: Shop, enter: Enter) -> None:
    """Nothing typed is lost, with or without script."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), changes="more",
                       may_change_quantities=True, may_add_products=True)
    anna = enter(linked)
    shown = press(anna, anna.look(), f"#field-variant-{shop.bag.id}", **{"quantity-1": "3"})
    assert items(session) == [("Oak chair, natural", 3, 120_000, False), ("Linen bag", 1, 31_000, True)]
    press(anna, shown, "#landing-added [formaction$=removal]", **{"quantity-1": "2", f"added-{shop.bag.id}": "x"})
    assert items(session) == [("Oak chair, natural", 2, 120_000, False)]


def test_enter_in_a_field_neither_adds_nor_removes(shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    shown = press(anna, anna.look(), f"#field-variant-{shop.chair.id}")
    first = next(button for button in shown.page.select("button") if button.get("type") == "submit" and (
        button.find_parent("form") or button.get("form") == "offer-form"))
    assert first.get("formaction") is None


def test_added_items_alone_can_be_changed_and_removed(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    """C-27, V140: of the agent's items none is taken out and none at a special price grows."""
    anna = enter(unlocked)
    shown = press(anna, anna.look(), f"#field-variant-{shop.chair.id}")
    assert len(shown.page.select("#landing-lines [formaction$=removal]")) == 0
    press(anna, shown, "#landing-added [formaction$=quantity]", **{f"added-{shop.chair.id}": "4"})
    assert items(session) == [BAG, ("Oak chair, natural", 4, 120_000, True)]
    shown = anna.post(f"/additions/{shop.bag.id}/removal", "#offer-form")
    assert items(session) == [BAG, ("Oak chair, natural", 4, 120_000, True)]
    shown = anna.look()
    press(anna, shown, "#landing-added [formaction$=removal]")
    assert items(session) == [BAG]
    assert not anna.look().page.select("#landing-added")


def test_a_wrong_quantity_of_an_added_item_stays_and_says_what_to_enter(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    press(anna, anna.look(), f"#field-variant-{shop.chair.id}")
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 3, by=SYSTEM)
    session.commit()
    field = f"added-{shop.chair.id}"
    for typed, message in (("0", "Enter a quantity from 1 to 4"), ("5", "Enter a quantity from 1 to 4"),
                           ("9" * 5000, "Enter a quantity from 1 to 4"), ("x", "Enter a whole number"),
                           ("4", "Only 3 left. Enter 3 or fewer")):
        answer = anna.post("/visit", "#offer-form", **{field: typed})
        assert answer.status_code == 422
        assert answer.words(f"#field-{field}-note") == message
        assert answer.one(f"#field-{field}")["value"] == typed
        assert answer.one(".error-summary a")["href"] == f"#field-{field}"


def test_a_page_of_another_window_breaks_nothing(session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    press(anna, anna.look(), f"#field-variant-{shop.chair.id}")
    anna.post(f"/additions/{shop.chair.id}/removal", "#offer-form")
    answer = anna.post("/visit", "#offer-form", **{f"added-{shop.chair.id}": "2"})
    assert (answer.status_code, answer.words("#stale")) == (
        422, "You removed a product in another window. Look at your selection once more.")
    assert anna.post(f"/additions/{shop.chair.id}/removal", "#offer-form").status_code == 303
    for name in ("quantity-" + "9" * 5000, "added-" + "9" * 5000, "added-x", "quantity-²"):
        assert anna.post("/visit", "#offer-form", **{name: "2"}).status_code == 303
    assert items(session) == [BAG]


@pytest.mark.parametrize("terms", [
    {}, {"changes": "more", "may_change_quantities": True}, {"changes": "pick_one", "may_add_products": True}])
def test_where_nothing_may_be_added_there_is_no_way_to(
        session: Session, shop: Shop, enter: Enter, terms: dict[str, object]) -> None:
    """B20, C-15, V141: no control in the page, and the server refuses such posts."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), **terms)
    anna = enter(linked)
    shown = anna.look()
    assert not shown.page.select("#landing-shop, #landing-added, [formaction*=additions], [href$='/shop']")
    anna.go_on()
    before = items(session)
    for path in ("/additions", f"/additions/{shop.bag.id}/quantity", f"/additions/{shop.bag.id}/removal"):
        answer = anna.post(path, "#offer-form", **{"variant": str(shop.bag.id), f"added-{shop.bag.id}": "2"})
        assert answer.status_code == 409
    assert anna.client.get(f"{linked.path}/shop").location == linked.path
    assert items(session) == before


def test_what_cannot_be_added_is_said_where_it_was_pressed(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    shown = anna.look()
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 0, by=SYSTEM)
    session.commit()
    answer = press(anna, shown, f"#field-variant-{shop.chair.id}")
    assert (answer.status_code, answer.words("#stale")) == (
        422, "Oak chair, natural just sold out. Choose another product")
    for typed in ("", "0", "-1", "x", "²", "9" * 40, "9" * 5000, "999999"):
        answer = anna.post("/additions", "#offer-form", variant=typed)
        assert (answer.status_code, answer.words("#stale")) == (
            422, "This is not sold with this offer. Choose another product")
    assert session.scalars(select(CheckoutSession)).all() == []


def test_what_sold_out_after_it_was_added_can_be_removed_and_the_rest_bought(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    press(anna, anna.look(), f"#field-variant-{shop.cap.id}")
    anna.give_details()
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    session.commit()
    shown = anna.look("/delivery")
    assert shown.words("#sold-out-501") == "Sold out just now: Wool cap. Remove it to go on."
    assert shown.words(".public-bar .button") == "Change the items"
    shown = anna.look()
    assert "Sold out just now" in shown.words("#landing-added")
    press(anna, shown, "#landing-added [formaction$=removal]")
    assert "Pay" in anna.look("/delivery").words("#pay")


def test_the_whole_way_to_the_receipt_tells_what_the_customer_added(
        session: Session, shop: Shop, unlocked: Linked, enter: Enter) -> None:
    anna = enter(unlocked)
    press(anna, anna.look(), f"#field-variant-{shop.cap.id}")
    shown = anna.give_details()
    assert "2 × Linen bag · Wool cap (added by you)" in shown.words("#delivery-done")
    shown = anna.buy()
    assert lines_of(shown, "#bought") == ["Linen bag 2 × 250,00 500,00", "Wool cap 1 × 960,00 Added by you 960,00"]
    assert shown.words(".receipt-total") == "1 519,00 kr"
