"""What a customer can do about a product that has just sold out (brief §4.4)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links.notice_models import StockWish
from sales_portal.orders.models import Order, OrderLine
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

WITHOUT = "Continue without it"
WAIT = "Wait for it — about 3 weeks"
ASK = "Ask Maria for an alternative"


def sell_out(session: Session, shop: Shop) -> None:
    """The last cap goes elsewhere."""
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    session.commit()


def linked(session: Session, shop: Shop, **terms: object) -> Linked:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), **terms)
    sell_out(session, shop)
    return made


def ways(shown: Answer) -> list[str]:
    return [button.get_text(strip=True) for button in shown.page.select("#sold-out button")]


def press(enter: Enter, made: Linked, words: str) -> Answer:
    """Press one of the buttons that stand where *Continue* would, as a browser without scripts does."""
    anna = enter(made)
    button = next(one for one in anna.look().page.select("#sold-out button") if one.get_text(strip=True) == words)
    token = anna.page.one("#sold-out [name=form_token]")["value"] if anna.page is not None else ""
    anna.client.post(str(button["formaction"]), data={"form_token": token})
    return anna.look()


@pytest.mark.parametrize(("terms", "weeks", "offered"), [
    ({}, None, [ASK]),
    ({"lets_go_without": True}, None, [WITHOUT, ASK]),
    ({"changes": "more", "may_change_quantities": True}, None, [WITHOUT, ASK]),
    ({}, 3, [WAIT, ASK]),
    ({"lets_go_without": True}, 3, [WITHOUT, WAIT, ASK]),
])
def test_what_the_site_and_the_agent_allow_is_offered_and_nothing_else(
        session: Session, shop: Shop, client: Client, terms: dict[str, object], weeks: int | None,
        offered: list[str]) -> None:
    shop.market.backorder_weeks = weeks
    session.flush()
    shown = client.get(linked(session, shop, **terms).path)
    assert ways(shown) == offered
    assert len(shown.page.select("#sold-out .button-primary")) == 1


def test_going_on_without_it_buys_the_rest(session: Session, shop: Shop, enter: Enter) -> None:
    made = linked(session, shop, lets_go_without=True)
    shown = press(enter, made, WITHOUT)
    assert [line.get_text(" ", strip=True) for line in shown.page.select(".offer-title")] == ["Oak chair, natural"]
    assert "1 259,00" in shown.words("#continue").replace("\u00a0", " ")


def test_waiting_for_it_orders_what_follows_later(session: Session, shop: Shop, enter: Enter) -> None:
    shop.market.backorder_weeks = 3
    made = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}))
    anna = enter(made)
    anna.give_details()
    sell_out(session, shop)
    shown = anna.look("/delivery")
    button = shown.page.select("#sold-out button[formaction]")[0]
    anna.client.post(str(button["formaction"]), data={"form_token": shown.one("#sold-out [name=form_token]")["value"]})
    assert "Sent in about 3 weeks" in anna.look().words(".offer")
    anna.look("/delivery")
    anna.buy()
    assert anna.where == "/receipt"
    session.rollback()
    order = session.scalars(select(Order)).one()
    late = session.scalars(select(OrderLine.backordered_quantity).where(
        OrderLine.order_id == order.id).order_by(OrderLine.line_no)).all()
    assert late == [0, 1, 0]


@pytest.mark.parametrize("act", ["absence", "waiting"])
def test_what_is_not_allowed_is_refused_whatever_is_posted(
        session: Session, shop: Shop, enter: Enter, act: str) -> None:
    made = linked(session, shop)
    anna = enter(made)
    token = anna.look().one("#sold-out [name=form_token]")["value"]
    assert anna.client.post(f"{made.path}/lines/2/{act}", data={"form_token": token}).status_code == 409


@pytest.mark.parametrize("line_no", [1, 9, 1000])
def test_only_what_sold_out_can_be_left_out(session: Session, shop: Shop, enter: Enter, line_no: int) -> None:
    made = linked(session, shop, lets_go_without=True)
    anna = enter(made)
    token = anna.look().one("#sold-out [name=form_token]")["value"]
    answer = anna.client.post(f"{made.path}/lines/{line_no}/absence", data={"form_token": token})
    assert answer.status_code == 409
    assert session.scalars(select(CheckoutSession)).all() == []


def test_whoever_wants_to_know_is_written_down_once_and_the_agent_hears_of_it(
        session: Session, shop: Shop, client: Client) -> None:
    made = make.link(session, make.selection(session, shop, {shop.cap: 1}))
    sell_out(session, shop)
    for _ in range(2):
        token = client.get(made.path).one("#sold-out [name=form_token]")["value"]
        answer = client.post(f"{made.path}/stock-wish", data={"form_token": token})
    said = client.get(str(answer.location)).words("#asked")
    assert said == "We write to you once as soon as it is back. Maria knows that you are waiting."
    session.rollback()
    wish = session.scalars(select(StockWish)).one()
    assert (wish.link_id, wish.email, wish.told_at) == (made.link.id, "anna@example.com", None)
    facts = session.scalars(select(Event).where(Event.name == "link.requested_anew")).all()
    assert {fact.data["wish"] for fact in facts} == {"back_in_stock"}


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("nobody", 422), ("bo@example.com", 303)])
def test_a_link_for_anyone_asks_for_an_address_first(
        session: Session, shop: Shop, client: Client, typed: str, status: int) -> None:
    made = make.link(session, make.selection(session, shop, {shop.cap: 1}, for_anyone=True))
    sell_out(session, shop)
    token = client.get(made.path).one("#sold-out [name=form_token]")["value"]
    shown = client.post(f"{made.path}/stock-wish", data={"form_token": token})
    assert (shown.status_code, shown.words("h1")) == (200, "Where should we write to?")
    assert shown.one("#back")["href"] == made.path
    answer = client.submit(shown, "#stock-wish", email=typed)
    assert answer.status_code == status
    if status == 422:
        assert answer.one("#field-email")["value"] == typed
        assert answer.page.select(".error-summary")
    assert [wish.email for wish in session.scalars(select(StockWish))] == (["bo@example.com"] if status == 303 else [])
