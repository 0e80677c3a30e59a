"""A real Chromium, found as `scripts/browser.sh` finds it, that reaches nothing but this machine.

A page that throws, breaks the content security policy or asks another host for anything fails its test.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests.harness.server import LiveServer
from tests.make.people import PASSWORD

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
)
THEMES = ("light", "dark")
HOME = {"127.0.0.1", "localhost", ""}
TIMEOUT_MS = 15_000
"""When something hangs: no promise of speed, so a slow machine fails nothing."""


def chromium() -> str | None:
    """The path of the browser to drive, or None."""
    for name in (os.environ.get("CHROMIUM") or None, *NAMES):
        found = name and shutil.which(name)
        if found:
            return found
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    path = chromium()
    if path is None:
        reason = "no Chromium on this machine: run scripts/browser.sh, or set CHROMIUM to the path of one"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    # Chromium's sandbox refuses to run as root.
    flags = [*OFFLINE, "--no-sandbox"] if os.geteuid() == 0 else list(OFFLINE)
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=flags)
        yield launched
        launched.close()


class Visitor:
    """One person's browser: a context with its own cookies. `page` is its open tab, `problems` what went wrong."""

    def __init__(self, browser: Browser, base_url: str, **options: Any) -> None:
        defaults = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce"}
        self.context: BrowserContext = browser.new_context(base_url=base_url, **defaults | options)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.context.set_default_timeout(TIMEOUT_MS)
        self.problems: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))
        self.page: Page = self.context.new_page()

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        host = address.hostname or ""
        if address.scheme in {"http", "https", "ws", "wss"} and host not in HOME and not host.endswith(".localhost"):
            self.problems.append(f"asked another host: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.problems.append(message.text)

    def close(self) -> None:
        """Close the tab and fail the test where the page misbehaved."""
        try:
            self.context.close()
        except Error:
            self.problems.append("the browser died")
        if self.problems:
            pytest.fail("the page misbehaved:\n" + "\n".join(dict.fromkeys(self.problems)), pytrace=False)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`open_page(java_script_enabled=False, color_scheme="dark", …)` opens a tab of one more person's browser."""
    visitors: list[Visitor] = []

    def opening(**options: Any) -> Page:
        visitors.append(Visitor(browser, live_server.url, **options))
        return visitors[-1].page

    yield opening
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A tab in a fresh browser on the live server; `page.goto("/")` opens its first page."""
    return open_page()


def log_in(page: Page, email: str) -> None:
    """Log the browser of `page` in with the form of the log-in page, without drawing that page."""
    ask = page.context.request
    token = re.search(r'name="csrf_token" value="([^"]+)"', ask.get("/login").text())
    assert token is not None
    typed: dict[str, str | float | bool] = {"csrf_token": token[1], "email": email, "password": PASSWORD}
    answer = ask.post("/login", form=typed, max_redirects=0)
    assert answer.status == 303, answer.text()


@cache
def _axe() -> str:
    return Axe().axe_script


def accessibility_problems(page: Page, themes: Iterable[str] = THEMES) -> list[str]:
    """What axe finds on the page as it stands, in light and in dark, one line per node; empty is right."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = []
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        violated = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
        found += [f"{theme}: {rule['id']}: {' '.join(map(str, node['target']))} — {rule['help']}"
                  for rule in violated for node in rule["nodes"]]
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that `-m browser` and `-m "not browser"` select."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


