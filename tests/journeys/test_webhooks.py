"""I2 of the brief: an integrator registers a webhook, sends a test and sees what came of it, in six acts at most."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import make
from tests.harness.receiver import Receiver
from tests.journeys.agent import Agent
from tests.journeys.test_agent_pages import looks_right
from tests.make import Shop


def test_a_webhook_is_registered_and_tried_in_six_acts(
        app: Flask, kept_shop: Shop, session: Session, receiver: Receiver, open_page: Callable[..., Page],
        do_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "receivers", receiver.receivers)
    make.staff(session, "Jonas Falk", site=kept_shop.site, role="integrator", email="jonas@demo.example")
    session.commit()
    page = Agent(open_page()).comes_in("jonas@demo.example").page
    page.goto("/developers/webhooks")

    page.get_by_role("link", name="Add webhook").click()
    page.get_by_label("Address").fill(receiver.url)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show the secret").click()
    expect(page.locator("#secret")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#message-state")).to_have_text("Queued")
    do_jobs()
    # It looks again by itself: nobody presses anything.
    expect(page.locator("#message-state")).to_have_text("Delivered")
    expect(page.locator("#try-1")).to_contain_text("204 after")
    looks_right(page)
    assert len(receiver.got) == 1
