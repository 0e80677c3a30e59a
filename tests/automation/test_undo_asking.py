"""Who asks for a refund or the end of an order is answered by mail; who may decide hears that somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.accounts.models import Staff
from sales_portal.automation import undo_asking
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders import cancelling, jobs, refunding
from sales_portal.orders.models import Order
from sales_portal.orders.refunding import Wish
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.outbox.loop import Loop
from tests import make
from tests.automation.conftest import BASE_URL

TOTAL = 125_900


@dataclass
class House:
    """Maria's paid order; Erik decides in her team, Dana everywhere, and Kim in another team."""

    order_id: int
    number: str
    maria: Staff
    erik: Staff
    dana: Staff


@pytest.fixture
def house(portal: Session, shop: make.Shop, work: Callable[[], None]) -> House:
    team, other = make.team(portal), make.team(portal)
    shop.agent.team_id = team.id
    erik = make.staff(portal, "Erik Holm", site=shop.site, role="manager", team=team, email="erik@demo.example")
    dana = make.staff(portal, "Dana Holm", site=shop.site, role="admin", email="dana@demo.example")
    make.staff(portal, "Kim Ek", site=shop.site, role="manager", team=other)
    make.staff(portal, "Gone Holm", site=shop.site, role="manager", team=team, is_active=False)
    order = make.order(portal, make.link(portal, make.selection(portal, shop, {shop.chair: 1})))
    made = House(order.id, order.number, shop.agent, erik, dana)
    work()
    return made


@pytest.fixture
def work(engine: Engine, portal: Session) -> Callable[[], None]:
    """`work()` does what is due about money and about what was asked for."""
    sessions = sessionmaker(engine)
    loop = Loop(engine, undo_asking.handlers(Addresses(BASE_URL)) | jobs.handlers(
        sessions, {"test": make.gateway(portal)}))

    def run() -> None:
        portal.commit()
        loop.run_once(100)
        portal.expire_all()

    return run


def told(session: Session, template: str) -> dict[str, str]:
    """The text of each mail of that name, by recipient."""
    found = session.scalars(select(Delivery).where(Delivery.template == template)).all()
    assert len({one.recipient for one in found}) == len(found)
    return {one.recipient: messaging.display_body(one).text.replace("\xa0", " ") for one in found}


def ask_refund(session: Session, house: House, *, person: Staff | None = None, may_decide: bool = False) -> Refund:
    return refunding.ask_refund(session, house.order_id, Wish(50_000, TOTAL, "damaged", "A scratch"),
                                person=person or house.maria, may_decide=may_decide)


def test_those_who_may_decide_hear_of_a_refund_and_nobody_else(
        portal: Session, house: House, work: Callable[[], None]) -> None:
    ask_refund(portal, house)
    work()
    found = told(portal, "undo-asked")
    assert set(found) == {"erik@demo.example", "dana@demo.example"}
    text = found["erik@demo.example"]
    assert f"Maria Lind asks to give money back for {house.number} of Anna Svensson." in text
    assert "500,00 kr would go back to the customer." in text
    assert "“A scratch”" in text
    assert f"{BASE_URL}/orders/{house.number}" in text.splitlines()


def test_whoever_asked_over_a_limit_is_not_told_of_it_themselves(
        portal: Session, shop: make.Shop, house: House, work: Callable[[], None]) -> None:
    shop.site.refund_limits = {"SEK": 100}
    portal.commit()
    ask_refund(portal, house, person=house.erik, may_decide=True)
    work()
    assert set(told(portal, "undo-asked")) == {"dana@demo.example"}


@pytest.mark.parametrize(("is_agreed", "words"), [
    (True, ["Erik Holm agreed to the refund you asked for", "500,00 kr goes back to the customer."]),
    (False, ["Erik Holm said no to the refund you asked for", "Nothing goes back to the customer."])])
def test_the_answer_goes_back_to_whoever_asked(
        portal: Session, house: House, work: Callable[[], None], is_agreed: bool, words: list[str]) -> None:
    refund = ask_refund(portal, house)
    work()
    (refunding.agree if is_agreed else refunding.refuse)(portal, refund, person=house.erik)
    work()
    found = told(portal, "undo-answered")
    assert list(found) == [house.maria.email]
    assert all(part in found[house.maria.email] for part in words), found


def test_a_request_that_is_over_before_the_mail_is_written_is_not_told(
        portal: Session, house: House, work: Callable[[], None]) -> None:
    refunding.refuse(portal, ask_refund(portal, house), person=house.maria)
    work()
    assert (told(portal, "undo-asked"), told(portal, "undo-answered")) == ({}, {})


def test_what_needs_no_second_person_writes_no_mail(portal: Session, house: House, work: Callable[[], None]) -> None:
    ask_refund(portal, house, person=house.erik, may_decide=True)
    work()
    assert (told(portal, "undo-asked"), told(portal, "undo-answered")) == ({}, {})


@pytest.mark.parametrize(("is_agreed", "words"), [
    (True, "What was paid goes back to the customer."), (False, "The order stands.")])
def test_a_cancellation_is_told_and_answered_too(
        portal: Session, house: House, work: Callable[[], None], is_agreed: bool, words: str) -> None:
    asked: Cancellation = cancelling.ask_cancellation(
        portal, house.order_id, "customer", "Ordered twice", person=house.maria, may_decide=False)
    work()
    text = told(portal, "undo-asked")["erik@demo.example"]
    assert f"Maria Lind asks to cancel {house.number}" in text
    assert "What was paid would go back to the customer." in text
    (cancelling.agree if is_agreed else cancelling.refuse)(portal, asked, person=house.dana)
    work()
    assert words in told(portal, "undo-answered")[house.maria.email]
    assert portal.get_one(Order, house.order_id).status == ("cancelled" if is_agreed else "paid")
