"""The history read for the receivers of webhooks: each fact once, to whoever asked for it, with all they need."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sales_portal.automation import webhooks as following
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery
from sales_portal.orders import refunding
from sales_portal.orders.refunding import Wish
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox.models import Job
from tests import make
from tests.harness.receiver import Receiver
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Shop

ALL = [event.value for event in endpoints.EVENTS]


def follow(session: Session) -> list[WebhookDelivery]:
    """What the worker does every few seconds; gives every message there is then, the oldest first."""
    session.flush()
    following.follow(session, Job())
    session.flush()
    return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def told(delivery: WebhookDelivery) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(delivery.body)
    return found


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """A small complete shop."""
    return kept_shop


def test_an_order_is_told_with_its_money_its_lines_and_who_bought(
        session: Session, shop: Shop, clock: Clock) -> None:
    make.endpoint(session, events=["order.placed"])
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1})))
    [delivery] = follow(session)
    message = told(delivery)
    placed = session.scalars(select(Event).where(Event.name == "order.placed")).one()
    assert (message["type"], delivery.name, delivery.about) == ("order.placed", "order.placed", order.number)
    assert message["timestamp"] == placed.at.isoformat().replace("+00:00", "Z")
    said = message["data"]["order"]
    assert (said["number"], said["currency"], said["total_amount"]) == (order.number, "SEK", order.total_amount)
    assert said["customer"]["email"] == order.email
    assert [(line["sku"], line["quantity"]) for line in said["lines"] if line["kind"] == "item"] == [
        (shop.chair.sku, 2), (shop.bag.sku, 1)]
    assert sum(line["line_amount"] for line in said["lines"]) == said["total_amount"]
    assert said["site"] == shop.site.slug
    assert said["link"]["number"].startswith("L-")


def test_no_message_holds_a_secret(session: Session, shop: Shop) -> None:
    make.endpoint(session, events=ALL)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    make.order(session, linked)
    bodies = "".join(delivery.body for delivery in follow(session))
    assert "order.placed" in bodies
    assert "link.created" in bodies
    assert linked.public_id in bodies
    assert linked.token not in bodies
    assert "token" not in bodies


def test_money_that_went_back_is_told(
        session: Session, shop: Shop, work: Callable[..., None]) -> None:
    make.endpoint(session, events=["order.paid", "order.refunded"])
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    work()
    manager = make.staff(session, "Nils", site=shop.site, role="manager")
    wish = Wish(amount=5000, left=order.total_amount, reason="goodwill")
    refunding.ask_refund(session, order.id, wish, person=manager, may_decide=True)
    work()
    paid, refunded = follow(session)
    assert (paid.name, refunded.name) == ("order.paid", "order.refunded")
    assert told(refunded)["data"]["order"]["refunded_amount"] == 5000


def test_a_fact_is_told_once_to_each_who_asked_for_it(session: Session, shop: Shop) -> None:
    both, paid = make.endpoint(session, events=ALL), make.endpoint(session, events=["order.paid"])
    make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    first = follow(session)
    assert {delivery.endpoint_id for delivery in first if delivery.name == "order.placed"} == {both.id}
    assert {delivery.name for delivery in first if delivery.endpoint_id == paid.id} <= {"order.paid"}
    assert follow(session) == first


def test_a_fact_that_was_seen_late_is_told_all_the_same(session: Session, shop: Shop, clock: Clock) -> None:
    """It was dated in a transaction that ended after a later one was read."""
    endpoint, begun = make.endpoint(session, events=["link.created"]), clock.now()
    clock.set(begun + timedelta(minutes=1))
    assert follow(session) == []
    clock.set(begun + timedelta(seconds=30))
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    clock.set(begun + timedelta(seconds=65))
    [delivery] = follow(session)
    assert (delivery.endpoint_id, told(delivery)["data"]["link"]["number"]) == (endpoint.id, linked.link.number)


def test_what_happened_before_an_endpoint_was_there_or_while_it_was_off_is_not_told(
        session: Session, shop: Shop, clock: Clock) -> None:
    clock.advance(seconds=1)
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    clock.advance(seconds=1)
    endpoint = make.endpoint(session, events=["link.created"])
    assert follow(session) == []
    endpoints.turn_off(session, endpoint, by=shop.agent.actor)
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert follow(session) == []
    clock.advance(seconds=1)
    endpoints.turn_on(session, endpoint, by=SYSTEM)
    assert follow(session) == []
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert len(follow(session)) == 1


def test_what_happened_just_before_an_endpoint_was_changed_is_told_all_the_same(
        session: Session, shop: Shop, clock: Clock, receiver: Receiver) -> None:
    endpoint = make.endpoint(session, receiver.url, ["link.created"], receivers=receiver.receivers)
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    clock.advance(seconds=1)
    endpoints.change_endpoint(session, endpoint, receiver.url, ["link.created", "order.paid"], site=None,
                              receivers=receiver.receivers, by=SYSTEM)
    assert [delivery.name for delivery in follow(session)] == ["link.created"]


def test_what_happened_while_the_portal_had_turned_one_off_is_told_when_it_is_on_again(
        session: Session, shop: Shop, clock: Clock) -> None:
    endpoint = make.endpoint(session, events=["link.created"])
    endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.FAILING)
    clock.advance(days=2)
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert follow(session) == []
    clock.advance(days=2)
    endpoints.turn_on(session, endpoint, by=SYSTEM)
    assert [delivery.name for delivery in follow(session)] == ["link.created"]


def test_one_that_cannot_be_told_keeps_nobody_else_waiting(
        session: Session, shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = (make.endpoint(session, events=["link.created"]) for _ in range(2))
    make.link(session, make.selection(session, shop, {shop.bag: 1}))
    write = following.webhooks.write

    def fail_for_one(endpoint: Endpoint, *told: Any, **named: Any) -> WebhookDelivery:
        if endpoint.id == broken.id:
            raise ValueError("cannot be written")
        return write(endpoint, *told, **named)

    monkeypatch.setattr(following.webhooks, "write", fail_for_one)
    assert {delivery.endpoint_id for delivery in follow(session)} == {sound.id}


def test_one_run_makes_so_many_messages_at_most_and_says_the_same_to_all(
        session: Session, shop: Shop, portals_engine: Engine, monkeypatch: pytest.MonkeyPatch,
        statements: Counting) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 8)
    for _ in range(5):
        make.endpoint(session, events=["link.created"])
    for _ in range(2):
        make.link(session, make.selection(session, shop, {shop.bag: 1}))
    session.commit()
    with Session(portals_engine) as portal, statements() as sent:
        following.follow(portal, Job())
        portal.commit()
    assert session.scalar(select(func.count()).select_from(WebhookDelivery)) == 8
    assert len([sql for sql in sent if "FROM checkout_links" in sql]) <= 4
    session.rollback()
    assert len(follow(session)) == 10


def test_a_worker_that_was_away_for_days_tells_everything(
        session: Session, shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 2)
    make.endpoint(session, events=["link.sent"])
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    for _ in range(5):
        clock.advance(hours=9)
        history.record(session, EventName.LINK_SENT, linked.link, by=SYSTEM)
    assert [len(follow(session)) for _ in range(4)] == [2, 4, 5, 5]
    assert [told(delivery)["timestamp"] for delivery in follow(session)] == sorted(
        told(delivery)["timestamp"] for delivery in follow(session))


def test_an_endpoint_of_one_site_is_told_of_that_site_alone(session: Session, shop: Shop) -> None:
    other = make.site(session)
    mine, theirs = (make.endpoint(session, events=ALL, site=site) for site in (shop.site, other))
    make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    found = follow(session)
    assert {delivery.endpoint_id for delivery in found} == {mine.id}
    assert {delivery.name for delivery in found} >= {"link.created", "order.placed"}
    assert theirs.followed_at > theirs.created_at


def test_without_endpoints_one_statement_is_all_it_costs(
        session: Session, shop: Shop, portals_engine: Engine, statements: Counting) -> None:
    make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    with Session(portals_engine) as portal, statements(at_most=1):
        following.follow(portal, Job())


def test_people_are_told_once_that_the_portal_turned_one_off(
        session: Session, shop: Shop, do_jobs: Callable[[], int], clock: Clock) -> None:
    endpoint = make.endpoint(session)
    endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.GONE)
    do_jobs()
    alert = session.scalars(select(Alert)).one()
    assert (alert.code, alert.about) == (following.OFF_ALERT, following.about_of(endpoint))
    assert endpoint.url in alert.text
    assert "gone for good" in alert.text


def test_a_sale_reaches_the_receiver(
        app: Flask, session: Session, shop: Shop, receiver: Receiver, do_jobs: Callable[[], int],
        monkeypatch: pytest.MonkeyPatch) -> None:
    """From the payment to the receiver by the jobs of the worker, as in a portal."""
    monkeypatch.setitem(app.extensions, "receivers", receiver.receivers)
    make.endpoint(session, receiver.url, ["order.placed", "order.paid"], receivers=receiver.receivers)
    make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    do_jobs()
    follow(session)
    do_jobs()
    assert [json.loads(message.body)["type"] for message in receiver.got] == ["order.placed", "order.paid"]
    assert session.scalar(select(func.count()).where(WebhookDelivery.state == "delivered")) == 2


def test_an_event_an_endpoint_may_ask_for_is_about_an_order_or_a_link() -> None:
    assert {event.value.split(".")[0] for event in endpoints.EVENTS} == {"order", "link"}


def test_the_endpoint_keeps_its_events_in_the_order_of_the_list(session: Session) -> None:
    endpoint: Endpoint = make.endpoint(session, events=["order.paid", "nonsense", "order.placed", "order.paid"])
    assert endpoint.events == ["order.placed", "order.paid"]
