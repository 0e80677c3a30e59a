"""Developers → Webhooks: an integrator has a system told, sees that it works, and finds out why it does not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook
from werkzeug import Response

from sales_portal.accounts.models import Staff
from sales_portal.automation import webhooks as following
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints, webhooks
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery
from sales_portal.orders import alerting
from tests import make
from tests.harness.app import Client
from tests.harness.receiver import Receiver
from tests.harness.statements import Counting
from tests.make import Shop

ALL = [event.value for event in endpoints.EVENTS]


@pytest.fixture
def jonas(session: Session, shop: Shop, signed_in: Callable[[Staff], Client]) -> Client:
    """The browser of Jonas, who connects other systems."""
    return signed_in(make.staff(session, "Jonas Falk", site=shop.site, role="integrator"))


@pytest.fixture(autouse=True)
def receivers(app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal may send to the receiver of the tests, and its resolver knows a few names."""
    known = {"hooks.example.com": ["93.184.215.14"], "inside.example.com": ["10.0.0.7"], "127.0.0.1": ["127.0.0.1"]}
    monkeypatch.setitem(app.extensions, "receivers", Receivers(
        [receiver.host], lookup=lambda host, port: known.get(host, [])))


@pytest.fixture
def endpoint(session: Session, receiver: Receiver) -> Endpoint:
    return make.endpoint(session, receiver.url, receivers=receiver.receivers)


def path(endpoint: Endpoint, part: str = "") -> str:
    return f"/developers/webhooks/{endpoint.id}{part}"


def add(client: Client, **typed: Any) -> Any:
    """Send the form of a new webhook with `typed` changed."""
    return client.submit(client.get("/developers/webhooks/new"), "#webhook-form", **typed)


def test_an_integrator_begins_where_the_webhooks_are(jonas: Client) -> None:
    answer = jonas.get("/", follow_redirects=True)
    assert answer.request.path == "/developers/webhooks"
    assert "Nobody is told yet." in answer.words("#webhook-endpoints")
    assert "Webhooks" in answer.words("nav[aria-label='Main']")


def test_a_system_is_told_from_the_form_to_the_receiver(
        jonas: Client, session: Session, receiver: Receiver, do_jobs: Callable[[], int]) -> None:
    """I2: register a webhook, send a test, see request, answer and signature."""
    page = jonas.get(add(jonas, url=receiver.url, events=["order.paid"]).location)
    assert "The webhook is on." in page.words()
    shown = jonas.submit(page, "#reveal-form")
    secret = shown.one("#secret")["value"]
    assert shown.headers["Cache-Control"] == "no-store"
    tried = jonas.submit(page, "#test-form")
    do_jobs()
    message = jonas.get(tried.location)
    assert message.words("#message-state") == "Delivered"
    assert "204 after" in message.words("#try-1")
    [got] = receiver.got
    Webhook(secret).verify(got.body, got.headers)
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert got.headers[name] in message.words("#try-1")
    assert json.loads(message.one("#message-body pre").text) == json.loads(got.body)
    assert "webhook.test" in jonas.get(page.request.path).words("#webhook-deliveries")


def test_the_secret_is_not_on_the_page_before_it_is_asked_for(jonas: Client, endpoint: Endpoint) -> None:
    [secret] = endpoints.secrets_of(endpoint)
    assert secret not in jonas.get(path(endpoint)).get_data(as_text=True)
    assert secret not in jonas.get("/developers/webhooks").get_data(as_text=True)


@pytest.mark.parametrize(("typed", "field", "why"), [
    ({"url": ""}, "url", "Enter the address to send to"),
    ({"url": "http://hooks.example.com/"}, "url", "Enter an address that begins with https://"),
    ({"url": "https://inside.example.com/"}, "url", "That address is not on the public internet"),
    ({"url": "https://127.0.0.1/"}, "url", "That address is not on the public internet"),
    ({"url": "https://nowhere.example.com/"}, "url", "We can't find nowhere.example.com"),
    ({"url": "https://hooks.example.com/", "events": []}, "events", "Choose at least one event"),
    ({"url": "https://hooks.example.com/", "events": ["link.eaten"]}, "events", "Choose at least one event"),
    ({"url": "https://hooks.example.com/", "site": "nobody"}, "site", "Choose a site of the list")])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_mistake_is_named_and_nothing_typed_is_lost(
        jonas: Client, session: Session, endpoint: Endpoint, typed: dict[str, Any], field: str, why: str,
        is_new: bool) -> None:
    page = jonas.get("/developers/webhooks/new" if is_new else path(endpoint))
    answer = jonas.submit(page, "#webhook-form", **typed)
    assert answer.status_code == 422
    assert why in answer.words(".error-summary")
    assert answer.one(".error-summary a")["href"] == f"#field-{field}"
    assert answer.one(f"#field-{field}") is not None
    assert why in answer.words("#webhook-fields")
    assert answer.one("#field-url")["value"] == typed["url"]
    session.rollback()
    assert session.scalars(select(Endpoint.url)).all() == [endpoint.url]


def test_what_is_sent_and_where_can_be_changed(
        jonas: Client, session: Session, shop: Shop, endpoint: Endpoint) -> None:
    answer = jonas.submit(jonas.get(path(endpoint)), "#webhook-form", url="https://hooks.example.com/new",
                          events=["order.refunded"], site=shop.site.slug)
    assert answer.status_code == 303
    session.refresh(endpoint)
    assert (endpoint.url, endpoint.events, endpoint.site_id) == (
        "https://hooks.example.com/new", ["order.refunded"], shop.site.id)
    shown = jonas.get(path(endpoint))
    assert [box["value"] for box in shown.page.select("#field-events input") if box.has_attr("checked")] == [
        "order.refunded"]
    assert shop.site.name in jonas.get("/developers/webhooks").words("#webhook-endpoints")


def test_a_new_secret_stands_beside_the_old_one_for_a_day(jonas: Client, endpoint: Endpoint, session: Session) -> None:
    [old] = endpoints.secrets_of(endpoint)
    answer = jonas.get(jonas.submit(jonas.get(path(endpoint)), "#rotate-form").location)
    assert "The one before signs too until" in answer.words("#webhook-secret")
    shown = jonas.post(path(endpoint, "/secret"))
    assert shown.one("#old-secret")["value"] == old
    assert shown.one("#secret")["value"] != old


def test_why_a_message_does_not_arrive_is_said(
        jonas: Client, session: Session, endpoint: Endpoint, receiver: Receiver, do_jobs: Callable[[], int]) -> None:
    receiver.answers = [Response("<script>alert(1)</script>", status=500)]
    tried = jonas.post(path(endpoint, "/test"))
    do_jobs()
    message = jonas.get(tried.location)
    assert "500 after" in message.words("#try-1")
    assert "tried again" in message.words("#webhook-message")
    assert not message.one("#webhook-message").has_attr("hx-get"), "the next try is minutes or hours away"
    assert "script" not in message.words("#webhook-message"), "what was answered beyond its status is not kept"
    page = jonas.get(path(endpoint))
    assert page.words("#webhook-state") == "Failing"
    assert "It has taken nothing since" in page.words("#webhook-trouble")


def test_while_a_message_is_on_its_way_the_page_looks_again(
        jonas: Client, session: Session, endpoint: Endpoint) -> None:
    tried = jonas.post(path(endpoint, "/test"))
    region = jonas.get(tried.location).one("#webhook-message")
    assert region["hx-get"] == tried.location
    part = jonas.get(tried.location, htmx=True)
    assert part.drawn("#webhook-message") == jonas.get(tried.location).drawn("#webhook-message")
    session.scalars(select(WebhookDelivery)).one().state = "failed"
    session.commit()
    assert not jonas.get(tried.location).one("#webhook-message").has_attr("hx-get")


def test_a_message_is_sent_again_by_hand(
        jonas: Client, session: Session, endpoint: Endpoint, receiver: Receiver, do_jobs: Callable[[], int]) -> None:
    sent = webhooks.send_test(session, endpoint)
    do_jobs()
    answer = jonas.submit(jonas.get(f"/developers/webhooks/deliveries/{sent.id}"), "#repetition-form")
    assert answer.location != f"/developers/webhooks/deliveries/{sent.id}"
    do_jobs()
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    assert len(receiver.got) == 2
    assert "sent again" in jonas.get(path(endpoint)).words("#webhook-deliveries")


def test_it_is_turned_off_and_on(jonas: Client, session: Session, endpoint: Endpoint) -> None:
    off = jonas.post(path(endpoint, "/deactivation"), follow_redirects=True)
    assert off.words("#webhook-state") == "Off"
    assert off.page.select("#send-test") == []
    assert jonas.post(path(endpoint, "/test")).status_code == 409
    on = jonas.post(path(endpoint, "/activation"), follow_redirects=True)
    assert on.words("#webhook-state") == "On"


def test_turning_on_what_the_portal_turned_off_settles_its_alert(
        jonas: Client, session: Session, endpoint: Endpoint, do_jobs: Callable[[], int]) -> None:
    endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.FAILING)
    do_jobs()
    assert [alert.code for alert in alerting.list_open(session)] == [following.OFF_ALERT]
    assert "took nothing for five days" in jonas.get(path(endpoint)).words("#webhook-trouble")
    jonas.post(path(endpoint, "/activation"))
    session.rollback()
    assert alerting.list_open(session) == []


def test_it_is_removed_once_that_is_confirmed(jonas: Client, session: Session, endpoint: Endpoint) -> None:
    webhooks.send_test(session, endpoint)
    here = path(endpoint)
    question = jonas.get(jonas.get(here).one("#remove-webhook")["href"])
    answer = jonas.submit(question, "#webhook-removal form")
    assert answer.location == "/developers/webhooks"
    assert jonas.get(here).status_code == 404
    assert session.scalars(select(Endpoint.id)).all() == []


def test_who_did_what_to_a_webhook_stays_in_the_history(jonas: Client, session: Session, endpoint: Endpoint) -> None:
    for part in ("/secret/rotation", "/deactivation", "/activation", "/removal"):
        jonas.post(path(endpoint, part))
    session.rollback()
    facts = session.scalars(select(Event).where(Event.subject_type == "webhook_endpoints").order_by(Event.id)).all()
    assert [(fact.name, fact.actor_name) for fact in facts[1:]] == [
        (name, "Jonas Falk") for name in ("endpoint.secret_changed", "endpoint.turned_off", "endpoint.turned_on",
                                          "endpoint.removed")]
    assert "whsec" not in json.dumps([fact.data for fact in facts])


def test_a_reader_looks_and_changes_nothing(
        session: Session, shop: Shop, endpoint: Endpoint, signed_in: Callable[[Staff], Client]) -> None:
    auditor = signed_in(make.staff(session, "Rut", site=shop.site, role="auditor"))
    page = auditor.get(path(endpoint))
    assert page.page.select("#webhook-acts, #webhook-secret, #webhook-form .actions") == []
    assert page.one("#webhook-form > fieldset").has_attr("disabled")
    assert "An administrator or integrator can change it." in page.words("#look-only")


def test_there_are_twenty_at_most(jonas: Client, session: Session) -> None:
    for _ in range(endpoints.MOST_ENDPOINTS):
        make.endpoint(session)
    answer = add(jonas, url="https://hooks.example.com/")
    assert "There are 20 webhooks already" in answer.words(".error-summary")


def test_the_pages_cost_a_handful_of_statements(
        jonas: Client, session: Session, shop: Shop, receiver: Receiver, statements: Counting) -> None:
    found = [make.endpoint(session, receiver.url, site=shop.site, receivers=receiver.receivers) for _ in range(9)]
    for _ in range(9):
        sent = webhooks.send_test(session, found[0])
    session.commit()
    with statements(at_most=3):
        jonas.get("/developers/webhooks")
    with statements(at_most=5):
        jonas.get(path(found[0]))
    with statements(at_most=4):
        jonas.get(f"/developers/webhooks/deliveries/{sent.id}")


@pytest.mark.parametrize("wrong", ["0", str(10**30), "77777"])
def test_what_is_not_there_cannot_be_found(jonas: Client, wrong: str) -> None:
    assert jonas.get(f"/developers/webhooks/{wrong}").status_code == 404
    assert jonas.get(f"/developers/webhooks/deliveries/{wrong}").status_code == 404
    assert jonas.post(f"/developers/webhooks/deliveries/{wrong}/repetition").status_code == 404
