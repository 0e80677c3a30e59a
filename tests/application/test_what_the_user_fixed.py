"""What the user asked for besides the documents, U-01 to U-07 of the mission: one class of tests for each number."""

import ast
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.messaging.models import Delivery
from sales_portal.selections.models import Selection
from tests import make
from tests.access.asking import BODIES, address, routes
from tests.access.world import World
from tests.desk import building, linking
from tests.harness.app import Answer, Client
from tests.harness.databases import Database
from tests.harness.server import ROOT, answers, free_port
from tests.make import Shop
from tests.storefront.walking import Customer

FIXED = {"app.py", "pyproject.toml", "sales_portal", "templates", "static", "instance", "tests", "README.md"}
LIBRARIES = {"flask", "flask_sqlalchemy", "flask_wtf", "flask_login", "flask_mail"}

PAGE, REGIONS, CALCULATION = "leads to a page", "answers regions", "changes nothing: answers both with a region"
ACTS = {
    "POST /selections": PAGE,
    "POST /selections/<number>/approval/withdrawal": REGIONS,
    "POST /selections/<number>/archive": PAGE,
    "POST /selections/<number>/charges": REGIONS,
    "POST /selections/<number>/copies": PAGE,
    "POST /selections/<number>/customer": REGIONS,
    "POST /selections/<number>/customer/details": REGIONS,
    "POST /selections/<number>/history/<int:revision_id>/restoration": REGIONS,
    "POST /selections/<number>/lines": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/details": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/price": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/price/removal": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/quantity": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/removal": REGIONS,
    "POST /selections/<number>/lines/<int:line_id>/restoration": REGIONS,
    "POST /selections/<number>/lines/ad-hoc": REGIONS,
    "POST /selections/<number>/link": REGIONS,
    "POST /selections/<number>/link/preview": CALCULATION,
    "POST /selections/<number>/market": REGIONS,
    "POST /selections/<number>/notes": REGIONS,
    "POST /selections/<number>/redo": REGIONS,
    "POST /selections/<number>/restoration": PAGE,
    "POST /selections/<number>/undo": REGIONS,
}
"""Every act of the builder, and what it answers htmx; without it, every one leads to a page."""
WITH_MORE_AROUND = {
    "POST /selections/<number>/discounts": "test_discounts",
    "POST /selections/<number>/discounts/<int:discount_id>/removal": "test_discounts",
    "POST /selections/<number>/lines/<int:line_id>/ad-hoc": "test_line_details",
    "POST /selections/<number>/lines/<int:line_id>/backorder": "test_backorder",
    "POST /selections/<number>/lines/<int:line_id>/wait": "test_kept_for_later",
    "POST /selections/<number>/lines/elsewhere": "test_ways_out",
    "POST /selections/<number>/lines/unpriced": "test_ways_out",
    "POST /selections/<number>/link/metadata": "test_link_more",
    "POST /selections/<number>/list": "test_paste_list",
    "POST /selections/<number>/presence": "test_two_people",
    "POST /selections/archive": "test_selections_list",
}
"""Acts that need more than a world of two people has; the tests of the desk that hold both of their answers."""
TYPED = {**BODIES, "POST /selections/<number>/customer": {"customer": "anyone"}}


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop."""
    return kept_shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Maria's selection for Anna."""
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1})


def browser(open_client: Callable[[], Client], person: Staff) -> Client:
    """A browser of its own in which `person` is logged in."""
    client = open_client()
    client.sign_in(person.email)
    return client


class TestU01:
    """A server-rendered Flask admin portal for sales agents."""

    @pytest.mark.parametrize("path", ["/home", "/selections", "/links", "/customers", "/products", "/orders"])
    def test_every_page_arrives_whole_from_the_server(
            self, open_client: Callable[[], Client], shop: Shop, draft: Selection, path: str) -> None:
        page = cast(Answer, browser(open_client, shop.agent).get(path))
        assert page.status_code == 200
        assert len(page.words("main")) > 40
        assert page.page.select("main h1")

    def test_the_builder_shows_its_lines_and_total_without_a_script(
            self, open_client: Callable[[], Client], shop: Shop, draft: Selection) -> None:
        page = building.page(browser(open_client, shop.agent), draft)
        assert building.lines(page) == [("Oak chair, natural", "2"), ("Linen bag", "1")]
        assert "2 769,00" in page.words("#totals")


class TestU02:
    """Flask, Flask-SQLAlchemy, Flask-WTF, Flask-Login, Flask-Mail, htmx from static/ and pytest-flask are used."""

    def test_the_product_imports_each_library(self) -> None:
        found = {name.split(".")[0] for path in (ROOT / "sales_portal").rglob("*.py")
                 for node in ast.walk(ast.parse(path.read_text()))
                 for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                              [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])}
        assert found >= LIBRARIES

    def test_the_app_is_built_with_them(self, app: Flask) -> None:
        assert {"sqlalchemy", "csrf"} <= set(app.extensions)
        assert app.login_manager.user_loader  # type: ignore[attr-defined]

    def test_htmx_comes_from_the_static_folder(
            self, open_client: Callable[[], Client], shop: Shop) -> None:
        page = cast(Answer, browser(open_client, shop.agent).get("/home"))
        source = urlsplit(str(page.one("script[src*=htmx]")["src"]))
        assert (source.netloc, source.path.split("/")[1]) == ("", "static")
        assert (ROOT / source.path.lstrip("/")).stat().st_size > 10_000

    def test_pytest_flask_is_loaded(self, pytestconfig: pytest.Config) -> None:
        plugins = [name for name, _ in pytestconfig.pluginmanager.list_name_plugin()]
        assert "flask" in plugins


class TestU03:
    """The eight names stand at the top of a fresh clone, and `flask --app app run` works."""

    def test_the_eight_names_are_in_the_clone(self) -> None:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
        if listed.returncode:
            pytest.skip("not a git clone")
        assert {line.split("/")[0] for line in listed.stdout.splitlines()} >= FIXED

    def test_flask_run_serves_the_portal(self, database: Database, session: Session) -> None:
        make.site(session)
        session.commit()
        port = free_port()
        flask = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "run", f"--port={port}"], cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database.url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 180
            while not answers(port) and time.monotonic() < deadline:
                time.sleep(0.1)
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=60).status == 200
        finally:
            flask.terminate()
            flask.wait(timeout=60)


class TestU04:
    """Products, quantities, pricelist, market, ignored shipping and ignored tax are set in htmx forms."""

    def test_every_act_of_the_builder_has_a_row(self, app: Flask) -> None:
        acts = {route for route in routes(app) if route.startswith("POST /selections")}
        assert acts == set(ACTS) | set(WITH_MORE_AROUND), "a new act needs a row in ACTS, one that is gone loses it"
        assert all((ROOT / f"tests/desk/{name}.py").exists() for name in WITH_MORE_AROUND.values())

    @pytest.mark.parametrize("route", ACTS)
    def test_it_answers_regions_to_htmx_and_a_redirect_without(
            self, app: Flask, session: Session, database: Database, open_client: Callable[[], Client],
            route: str) -> None:
        world = World(app, session, database)
        with_htmx = self._do(world, open_client, route, htmx=True)
        assert with_htmx.status_code == 200
        assert with_htmx.page.select("html, body, main") == []
        assert ("HX-Redirect" in with_htmx.headers) is (ACTS[route] == PAGE)
        assert bool(with_htmx.page.select("[id], hx-partial")) is (ACTS[route] != PAGE)
        world.renew()
        without = self._do(world, open_client, route, htmx=False)
        if ACTS[route] == CALCULATION:
            assert (without.status_code, without.page.select("html")) == (200, [])
        else:
            assert without.status_code == 303
            assert without.location.startswith("/selections/")

    @staticmethod
    def _do(world: World, open_client: Callable[[], Client], route: str, *, htmx: bool) -> Answer:
        typed = {name: text.format(**world.values) for name, text in TYPED.get(route, {}).items()}
        client = world.browser("owner", open_client)
        return cast(Answer, client.post(address(route, world.values), data=typed, htmx=htmx))

    @pytest.mark.parametrize("field", ["q", "quantity", "market", "pricelist", "ignores_shipping", "ignores_tax"])
    def test_the_form_of_each_field_is_a_real_form_htmx_may_send(
            self, open_client: Callable[[], Client], shop: Shop, draft: Selection, field: str) -> None:
        page = building.page(browser(open_client, shop.agent), draft)
        forms = [form for name in page.page.select(f"#main [name={field}], main [name={field}]")
                 for form in [name.find_parent("form")] if form is not None]
        assert forms
        for form in forms:
            assert form[f"hx-{form['method']}"] == form["action"]


class TestU05:
    """*Link* ends in a modal with the shareable URL, and the agent sends it from there."""

    def test_the_dialog_shows_the_address_and_sends_it(
            self, open_client: Callable[[], Client], session: Session, shop: Shop, draft: Selection) -> None:
        maria = browser(open_client, shop.agent)
        ready = linking.create(maria, linking.dialog(maria, draft))
        url = str(ready.one("#link-url")["value"])
        assert open_client().get(url).status_code == 200
        sending = maria.get(str(ready.page.select('[href$="/sending"]')[0]["href"]), htmx=True)
        sent = cast(Answer, maria.submit(sending, "#link-sending form", htmx=True))
        assert sent.words("#link-sending").startswith("Sent ")
        assert session.scalars(select(Delivery.recipient)).one() == "anna@example.com"


class TestU06:
    """A public blueprint handles the customer's redemption."""

    def test_every_page_behind_a_link_belongs_to_the_public_blueprint_and_asks_for_no_log_in(self, app: Flask) -> None:
        found = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/selection/")}
        assert found
        for endpoint in found:
            assert endpoint.split(".")[0] == "storefront"
            assert not hasattr(app.view_functions[endpoint], "permission")

    def test_a_stranger_buys_without_an_account(
            self, open_client: Callable[[], Client], session: Session, draft: Selection) -> None:
        anna = Customer(open_client(), make.link(session, draft))
        assert "Thank you, Anna" in anna.buy().words("h1")


class TestU07:
    """Sales agents in a browser, customers following links, managers reviewing link history."""

    def test_the_manager_reads_what_agent_and_customer_did(
            self, open_client: Callable[[], Client], session: Session, shop: Shop, draft: Selection) -> None:
        team = make.team(session)
        shop.agent.team_id = team.id
        boss = make.staff(session, "Mona Boss", site=shop.site, role="manager", team=team)
        maria = browser(open_client, shop.agent)
        url = str(linking.create(maria, linking.dialog(maria, draft)).one("#link-url")["value"])
        public_id, token = urlsplit(url).path.split("/")[-2:]
        link = linking.only_link(session)
        Customer(open_client(), make.Linked(link, public_id, token)).buy()
        mona = browser(open_client, boss)
        assert link.number in cast(Answer, mona.get("/links")).words("#link-list")
        told = cast(Answer, mona.get(f"/links/{link.number}")).words("#link-timeline")
        for said in ("Maria Lind created the link", "Continued to checkout", "Ordered for 2 769,00 kr"):
            assert said in told


def test_each_number_of_the_mission_has_its_class() -> None:
    found: dict[str, Any] = {name: kind for name, kind in globals().items() if name.startswith("TestU")}
    assert sorted(found) == [f"TestU0{number}" for number in range(1, 8)]
