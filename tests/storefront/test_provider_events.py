"""The address payment providers send to: no session, no CSRF token, the signature alone."""

import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders.models import Order
from sales_portal.orders.watch_models import ProviderEvent
from sales_portal.outbox.models import Job
from sales_portal.storefront import limits
from tests import make
from tests.harness import provider
from tests.harness.app import Client
from tests.harness.paying import OwnGateway, Provider
from tests.harness.statements import Counting
from tests.orders.owning import Till

PATH = "/provider-events/own"


@pytest.fixture
def till(app: Flask, session: Session, kept_shop: make.Shop, provider_process: Provider) -> Iterator[Till]:
    """A shop whose customers pay at the provider of the tests, which the app knows too."""
    gateway = OwnGateway(provider_process)
    before = app.extensions["gateways"]
    app.extensions["gateways"] = {**before, "own": gateway}
    yield Till(session, kept_shop, provider_process, gateway)
    app.extensions["gateways"] = before


def send(client: Client, body: bytes, headers: dict[str, str]) -> int:
    return client.post(PATH, data=body, headers=headers, csrf=False, content_type="application/json").status_code


def test_an_event_is_kept_and_answered_at_once_and_the_order_made_by_the_worker(
        till: Till, client: Client, do_jobs: Callable[[], int], statements: Counting) -> None:
    key = till.pay()
    (*_, (body, headers)) = till.provider.events()
    with statements(at_most=2) as sent:
        assert send(client, body, headers) == 204
    assert not any("payments" in sql for sql in sent)
    do_jobs()
    assert till.status(key) == "captured"
    assert till.session.scalars(select(Order.status)).all() == ["paid"]


def test_the_same_event_again_is_thanked_for_and_no_more(till: Till, client: Client) -> None:
    till.pay()
    for body, headers in till.provider.events() * 2:
        assert send(client, body, headers) == 204
    till.session.rollback()
    assert len(till.session.scalars(select(ProviderEvent)).all()) == 2
    assert len(till.session.scalars(select(Job).where(Job.topic == "provider.event")).all()) == 2


def test_what_is_not_signed_is_refused_and_not_kept(till: Till, client: Client) -> None:
    till.pay()
    body, headers = till.provider.events()[0]
    late = {provider.SIGNATURE: provider.sign(body, time.time() - 301)}
    for sent, signed in ((body, {}), (body + b" ", headers), (body, late), (b"", headers), (b"\xff\x00{", {})):
        assert send(client, sent, signed) == 400
    assert till.session.scalars(select(ProviderEvent)).all() == []


@pytest.mark.parametrize("path", ["/provider-events/nobody", "/provider-events/test/x"])
def test_an_unknown_provider_has_no_address(client: Client, path: str) -> None:
    assert client.post(path, data=b"{}", csrf=False).status_code == 404


def test_the_test_provider_sends_none(client: Client) -> None:
    assert client.post("/provider-events/test", data=b"{}", csrf=False).status_code == 400


def test_whoever_is_wrong_too_often_waits_and_the_provider_never_does(till: Till, client: Client) -> None:
    till.pay()
    body, headers = till.provider.events()[0]
    most = int(limits.MISSES.split()[0])
    assert {send(client, body, headers) for _ in range(most + 5)} == {204}
    assert {send(client, body, {}) for _ in range(most)} == {400}
    assert send(client, body, {}) == 429
