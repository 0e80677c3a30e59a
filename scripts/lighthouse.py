"""Lighthouse over every public page of a demo shop, as a phone on a slow line; exits 1 where a page scores too low."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from sales_portal.core import clock, tokens, translation
from sales_portal.links import queries, updating
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.links.terms import default_terms
from sales_portal.selections import lines
from sales_portal.selections import queries as selections
from sales_portal.selections.basket import read_basket
from sales_portal.sites.methods import INVOICE
from sales_portal.sites.models import Site
from sales_portal.web.extensions import db
from scripts import demo_shop

LIGHTHOUSE = Path(".tools/lighthouse/node_modules/.bin/lighthouse")
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
# Pages of dead links answer 410 and 404 on purpose, and the browser's console calls that an error.
STATUS_IN_CONSOLE = "errors-in-console"
ANNA = {"email": "anna@example.com", "name": "Anna Svensson", "street": "Storgatan 1", "postcode": "111 22",
        "city": "Stockholm"}
PHONE: ViewportSize = {"width": 412, "height": 823}
KINDS = ("binary", "numeric", "metricSavings")


@dataclass(frozen=True)
class Shown:
    """One public page: what to call it, where it is, and the cookies its browser sends."""

    name: str
    url: str
    cookies: str = ""
    is_dead: bool = False


def main() -> int:
    """Weigh the pages named on the command line, or all; 1 where one is below the limit."""
    wanted = sys.argv[1:]
    with (tempfile.TemporaryDirectory() as folder, demo_shop.serve(f"sqlite:///{folder}/portal.db") as (app, url),
          sync_playwright() as play):
        browser = play.chromium.launch(executable_path=os.environ["CHROMIUM"], args=demo_shop.QUIET)
        print(f"{'':16}" + "".join(f"{category:>16}" for category in CATEGORIES))
        scores = [_weigh(page) for page in _pages(app, url, browser) if not wanted or page.name in wanted]
        browser.close()
    return int(any(score < LEAST for of_page in scores for score in of_page))


def _pages(app: Flask, url: str, browser: Browser) -> Iterator[Shown]:
    """Each is given while its browser stands on it, since a later step of the same walk ends it."""
    with app.app_context():
        addresses = _addresses(app)
    for state, address in addresses.items():
        if state is not LinkState.ACTIVE:
            yield Shown(state.value, address, is_dead=True)
    yield Shown("unknown", f"{url}/selection/{'0' * 32}/{'A' * 43}", is_dead=True)
    yield Shown("legal", f"{url}/legal/nordlight/terms")
    offer = addresses[LinkState.ACTIVE]
    yield Shown("landing", offer)
    for code in translation.LANGUAGES:
        yield Shown(f"landing {code}", f"{offer}?locale={code}")
    yield Shown("saving", f"{offer}/saving")
    yield Shown("no thanks", f"{offer}/no-thanks")
    with app.app_context():
        yield Shown("shop", f"{_unlocked(app)}/shop")
    page = _entered(browser, offer)
    yield _here("details", page)
    _give_details(page)
    yield _here("delivery", page)
    page.click("#pay")
    page.wait_for_url("**/test-provider/*")
    yield _here("provider", page)
    _approve(page)
    yield _here("receipt", page)
    yield from _others(app, browser)


def _others(app: Flask, browser: Browser) -> Iterator[Shown]:
    """The pages of links with something of their own: an update, a deposit, an invoice, and who has to sign in."""
    with app.app_context():
        offered, to_sign_in = _again(), _again()
        deposit, invoice = _again(deposit_percent=30_000), _again(payment_methods=(INVOICE.slug,))
    page = _entered(browser, offered)
    with app.app_context():
        _update(offered)
    page.goto(offered)
    page.wait_for_selector("form[action$='/update']")
    yield _here("update", page)
    page = _entered(browser, deposit)
    _give_details(page)
    page.click("#pay")
    page.wait_for_url("**/test-provider/*")
    _approve(page)
    yield _here("deposit receipt", page)
    page = _entered(browser, invoice)
    _give_details(page)
    page.click("#pay")
    page.wait_for_url("**/receipt")
    yield _here("invoice receipt", page)
    with app.app_context():
        db.session.execute(update(Site).values(requires_sign_in=True))
        db.session.commit()
    page = browser.new_page(viewport=PHONE)
    page.goto(to_sign_in)
    page.click("#continue")
    page.wait_for_url("**/sign-in")
    yield _here("sign-in", page)


def _entered(browser: Browser, offer: str) -> Page:
    page = browser.new_page(viewport=PHONE)
    page.goto(offer)
    page.click("#continue")
    page.wait_for_url("**/details")
    return page


def _give_details(page: Page) -> None:
    for name, value in ANNA.items():
        page.fill(f"#details-form [name={name}]", value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/delivery")


def _approve(page: Page) -> None:
    page.click("button[value=approve]")
    page.wait_for_url("**/receipt")


def _again(**terms: Any) -> str:
    """The address of one more link for what an open one offers, with `terms` of its own."""
    link = next(link for link in _links() if link.state(clock.now()) is LinkState.ACTIVE and link.currency == "SEK"
                and link.policy == "single")
    selection = selections.get_selection(db.session(), link.selection_id)
    if selection is None:
        raise LookupError(link.number)
    basket = read_basket(db.session(), selection)
    links.create_link(db.session(), basket, replace(default_terms(basket, clock.now()), **terms),
                      agent=selection.agent, request_key=tokens.new_public_id(), by=selection.agent.actor)
    db.session.commit()
    address: str = current_app.extensions["addresses"].link_url(_links()[0].addresses[0])
    return address


def _update(address: str) -> None:
    """Offer one more of the first line under this address."""
    session, public_id = db.session(), address.split("/")[-2]
    link = next(link for link in _links() if link.addresses[0].public_id == public_id)
    selection = selections.get_selection(session, link.selection_id)
    whole = queries.get_link(session, link.number)
    if selection is None or whole is None:
        raise LookupError(link.number)
    line = selections.list_lines(session, selection.id)[0]
    lines.set_quantity(session, selection, line.id, line.quantity + 1, by=selection.agent.actor)
    updating.update_offer(session, whole, read_basket(session, selection, is_locked=True), shown=1,
                          request_key=tokens.new_public_id(), by=selection.agent.actor)
    session.commit()


def _links() -> Sequence[CheckoutLink]:
    """All, newest first."""
    return db.session.scalars(select(CheckoutLink).order_by(CheckoutLink.id.desc()).options(
        selectinload(CheckoutLink.addresses), selectinload(CheckoutLink.site))).all()


def _addresses(app: Flask) -> dict[LinkState, str]:
    """The address of the newest link in each state; of what is open, one that a customer can pay as it stands."""
    build = app.extensions["addresses"]
    return {link.state(clock.now()): build.link_url(link.addresses[0]) for link in reversed(_links())
            if link.status != "active" or link.currency == "SEK"}


def _unlocked(app: Flask) -> str:
    """The address of the newest open link to which its customer may add from the shop."""
    link = next(link for link in _links() if link.may_add_products and link.state(clock.now()) is LinkState.ACTIVE)
    address: str = app.extensions["addresses"].link_url(link.addresses[0])
    return address


def _here(name: str, page: Page) -> Shown:
    kept = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    return Shown(name, page.url, kept)


def _weigh(page: Shown) -> list[int]:
    command = [
        str(LIGHTHOUSE), page.url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}",
        "--ignore-status-code", f"--chrome-flags=--headless {' '.join(demo_shop.QUIET)}"]
    if page.cookies:
        command.append(f"--extra-headers={json.dumps({'Cookie': page.cookies})}")
    if page.is_dead:
        command.append(f"--skip-audits={STATUS_IN_CONSOLE}")
    said = subprocess.run(command, env=os.environ | {"CHROME_PATH": os.environ["CHROMIUM"]}, check=True,
                          capture_output=True, text=True)
    report = json.loads(said.stdout)
    scores = [round(100 * (report["categories"][category]["score"] or 0)) for category in CATEGORIES]
    print(f"{page.name:16}" + "".join(f"{score:>16}" for score in scores), flush=True)
    for text in _failures(report, scores):
        print(f"    {text}")
    return scores


def _failures(report: dict[str, dict[str, dict[str, Any]]], scores: list[int]) -> list[str]:
    if min(scores) >= LEAST:
        return []
    return [f"{name}: {audit['title']}" for name, audit in report["audits"].items()
            if audit["scoreDisplayMode"] in KINDS and float(audit["score"] or 0) < 0.9]


if __name__ == "__main__":
    sys.exit(main())
