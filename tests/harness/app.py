"""The app under test, one per engine for the whole run, and clients that behave as browsers do."""

import gc
import importlib
import os
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Staff, StaffSession
from sales_portal.core import clock, tokens
from sales_portal.web.extensions import db, limiter
from sales_portal.web.security import SECRET_PATHS
from sales_portal.web.staff import LIFETIME
from tests.harness import markup
from tests.harness.databases import Database, Databases
from tests.harness.markup import Element
from tests.harness.server import Ports

KEYS = {"SECRET_KEY": "of the tests alone", "LINK_KEY": "5a" * 32}
DEVELOPERS_OWN = ("DATABASE_URL", "MAIL_SERVER", "PORTAL_MODE", "PUBLIC_BASE_URL", "TRUSTED_HOSTS", "EMBEDDED_WORKER")
SAFE = {"GET", "HEAD", "OPTIONS"}


def pytest_configure() -> None:
    """Keep what the developer's shell says about a portal of their own away from the tests and their processes."""
    for name in DEVELOPERS_OWN:
        os.environ.pop(name, None)
    os.environ.update(KEYS)
    passwords.use_cheap_parameters()
    tokens.use_key(bytes.fromhex(KEYS["LINK_KEY"]))


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the run: looking through it again and again takes a tenth of it."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    # Both apps read the same templates: the second need not compile them, also where Python keeps nothing compiled.
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def _apps(databases: Databases) -> Iterator[dict[str, Flask]]:
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(database: Database, ports: Ports, _apps: dict[str, Flask],
        _templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The portal on `database`; what a test changes in `app.config` is put back after it."""
    if database.kind not in _apps:
        settings = {"TESTING": True, "SQLALCHEMY_DATABASE_URI": database.url, "MAIL_SUPPRESS_SEND": False}
        # Imported when first asked for: a test of a pure rule starts without the web.
        factory = importlib.import_module("sales_portal.application.factory")
        _apps[database.kind] = factory.create_app({**settings, "PUBLIC_BASE_URL": ports.take()})
        jinja = _apps[database.kind].jinja_env
        jinja.bytecode_cache = jinja.bytecode_cache or _templates
    found = _apps[database.kind]
    before = dict(found.config)
    with found.app_context():
        limiter.reset()
    yield found
    found.config.clear()
    found.config.update(before)


class Answer(Response):
    """An answer with its HTML parsed."""

    @cached_property
    def page(self) -> Element:
        """The parsed page or fragment."""
        return markup.parse(self.get_data(as_text=True))

    def one(self, selector: str) -> Element:
        """The one element `selector` finds; fails where there is none or more."""
        found = self.page.select(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r} in this {self.status} answer:\n{self.page}"
        return found[0]

    def drawn(self, selector: str) -> str:
        """The markup of the one element `selector` finds, but for its tokens, which are signed by the second."""
        return markup.without_tokens(self.one(selector))

    def words(self, selector: str = "body") -> str:
        """The text a person reads in the one element `selector` finds, with single spaces."""
        return " ".join(self.one(selector).get_text(" ").split())


class Client(FlaskClient):
    """A browser without scripts: keeps cookies, submits the forms it was shown, and sends the CSRF token with a POST.

    `htmx=True` asks as htmx would; `csrf=False` posts as another site would. What the test's `session` holds is
    committed before each request, so that the portal sees it.
    """

    def __init__(self, app: Flask, arranged: Session) -> None:
        super().__init__(app, Answer, use_cookies=True)
        self.arranged = arranged
        self.home: str = app.config["PUBLIC_BASE_URL"]

    def open(self, *args: Any, htmx: bool = False, csrf: bool = True, **settings: Any) -> TestResponse:
        """Send one request."""
        self.arranged.commit()
        settings.setdefault("base_url", self.home)
        headers = dict(settings.pop("headers", None) or {})
        if htmx:
            headers["HX-Request"] = "true"
        path = str(args[0]) if args and isinstance(args[0], str) else ""
        if csrf and settings.get("method", "GET") not in SAFE and path and not path.startswith(SECRET_PATHS):
            headers.setdefault("X-CSRFToken", self.csrf_token())
        answer = super().open(*args, headers=headers, **settings)
        # What was sent lies in a file of its own where it was large, and nobody else closes that.
        answer.request.environ["wsgi.input"].close()
        return answer

    def set_cookie(self, key: str, value: str = "", **settings: Any) -> None:
        """Give this browser a cookie of the portal's own host."""
        super().set_cookie(key, value, **{"domain": self._host, **settings})

    def delete_cookie(self, key: str, **settings: Any) -> None:
        """Take a cookie of the portal away from this browser; fails where it has none."""
        assert self.cookie(key) is not None, f"this browser has no cookie {key!r}"
        super().delete_cookie(key, **{"domain": self._host, **settings})

    def cookie(self, key: str) -> str | None:
        """What a cookie of the portal holds in this browser."""
        found = self.get_cookie(key, domain=self._host)
        return found.value if found is not None else None

    @property
    def _host(self) -> str:
        return urlsplit(self.home).hostname or ""

    def csrf_token(self) -> str:
        """The token the pages of this browser carry."""
        with self.session_transaction(base_url=self.home) as kept:
            raw = kept.setdefault("csrf_token", "0123456789abcdef")
        return str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw))

    def log_in(self, email: str, password: str = "demo") -> TestResponse:
        """Log in through the page, as a person does."""
        return self.submit(self.get("/login"), "form", email=email, password=password)

    def sign_in(self, email: str) -> None:
        """Be logged in as the person with that e-mail, without the page that asks for it."""
        person, token, at = select(Staff.id).where(Staff.email == email), tokens.new_token(), clock.now()
        self.arranged.add(StaffSession(token_sha256=tokens.digest(token), staff_id=self.arranged.scalars(person).one(),
                                       created_at=at, expires_at=at + LIFETIME))
        with self.session_transaction(base_url=self.home) as kept:
            kept["_user_id"], kept["_fresh"] = token, True

    def submit(self, shown: TestResponse, form: str = "form", *, htmx: bool = False, **typed: Any) -> TestResponse:
        """Submit the form `form` finds in what was shown, with its fields as they stand but for `typed`."""
        element = shown.one(form)
        fields = {**values_of(element), **typed}
        method = str(element.get("method", "get")).upper()
        action = str(element.get("action") or shown.request.path)
        given = {"query_string": fields} if method == "GET" else {"data": fields}
        return self.open(action, method=method, htmx=htmx, csrf=False, **given)


def values_of(form: Element) -> dict[str, Any]:
    """What a browser would send of `form` untouched: values, ticked boxes, chosen options; no buttons."""
    values: dict[str, Any] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.has_attr("disabled"):
            continue
        name, kind = str(field["name"]), str(field.get("type", "text"))
        if field.name == "select":
            chosen = field.select("option[selected]") or field.select("option")[:1]
            values[name] = [str(option.get("value", option.get_text())) for option in chosen]
        elif field.name == "textarea":
            values[name] = field.get_text()
        elif kind in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                values.setdefault(name, []).append(str(field.get("value", "on")))
        elif kind not in {"submit", "button", "image", "reset", "file"}:
            values[name] = str(field.get("value", ""))
    return values


@pytest.fixture
def open_client(app: Flask, session: Session) -> Callable[[], Client]:
    """`open_client()` is one more person's browser, with cookies of its own."""
    return lambda: Client(app, session)


@pytest.fixture
def client(open_client: Callable[[], Client]) -> Client:
    """A browser without scripts, not signed in."""
    return open_client()
