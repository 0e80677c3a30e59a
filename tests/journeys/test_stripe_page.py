"""The card form in a browser: our script, under the page's policy, with a stand-in for Stripe's own."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.payments import starting
from tests import make
from tests.harness.browser import Visitor, accessibility_problems
from tests.harness.paying import Provider
from tests.harness.server import LiveServer
from tests.storefront.test_stripe_page import KEY, LikeStripe

SCRIPT = "https://js.stripe.com/endive/stripe.js"
STAND_IN = """
window.Stripe = (key, options) => ({
  elements: ({clientSecret}) => ({create: () => ({on: () => {}, mount: (where) => {
    document.querySelector(where).textContent = `${key} ${clientSecret} ${options.locale}`; }})}),
  confirmPayment: async ({confirmParams}) => {
    window.asked = (window.asked || 0) + 1;
    if (window.asked === 1) return {error: {message: "Your card was declined."}};
    location.href = confirmParams.return_url;
    return {};
  },
});"""


@pytest.mark.parametrize(("script", "width"), [(STAND_IN, 360), ("", 1280)])
def test_the_card_form_says_what_went_wrong_and_leads_on(
        app: Flask, session: Session, kept_shop: make.Shop, provider_process: Provider, browser: Browser,
        live_server: LiveServer, script: str, width: int) -> None:
    gateway, before = LikeStripe(provider_process), app.extensions["gateways"]
    app.extensions["gateways"] = {**before, "stripe": gateway}
    app.config["STRIPE_PUBLISHABLE_KEY"] = KEY
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    session.commit()
    visitor = Visitor(browser, live_server.url, viewport={"width": width, "height": 800})

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body=script)

    visitor.context.route("https://js.stripe.com/**", answer)
    page = visitor.page
    page.goto(linked.path)
    page.click("#continue")
    page.wait_for_url("**/details")
    visit = session.scalars(select(CheckoutSession)).one()
    starting.start_payment(session, visit, gateway=gateway, shown_total=visit.total_amount,
                           return_url="http://localhost/")
    page.goto(f"{linked.path}/payment/stripe")
    if script:
        expect(page.locator("#stripe-element")).to_contain_text(f"{KEY} own_")
        page.click("#pay")
        expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
        assert accessibility_problems(page) == []
        page.click("#pay")
        page.wait_for_url(f"**{linked.path}/payment*")
    else:
        expect(page.get_by_role("alert")).to_contain_text("The card form could not be loaded.")
        assert accessibility_problems(page) == []
    app.extensions["gateways"] = before
    visitor.problems = [one for one in visitor.problems if one != f"asked another host: {SCRIPT}"]
    visitor.close()
