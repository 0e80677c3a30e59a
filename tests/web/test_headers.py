"""What every answer carries is added as it is sent, and never over what a view said itself."""

import pytest
from flask import Flask, Response

from sales_portal.web import security


@pytest.fixture
def app() -> Flask:
    """An app that knows only the headers of its answers."""
    made = Flask("headers")
    security.install(made)
    made.add_url_rule("/plain", "plain", lambda: "")
    made.add_url_rule("/own", "own", lambda: ("", {"cache-control": "max-age=1", "Vary": "HX-Request"}))
    made.add_url_rule("/framed", "framed", lambda: security.may_be_framed(Response()))
    made.add_url_rule("/selection/x", "secret", lambda: "")
    return made


def test_an_answer_carries_them_whatever_its_view_is_made_of(app: Flask) -> None:
    for path in ("/plain", "/framed", "/nowhere"):
        shown = app.test_client().get(path)
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Vary"] == "Cookie"


def test_what_a_view_says_itself_stays_and_stands_once(app: Flask) -> None:
    shown = app.test_client().get("/own")
    assert shown.headers.getlist("Cache-Control") == ["max-age=1"]
    assert shown.headers.getlist("Vary") == ["HX-Request, Cookie"]
    framed = app.test_client().get("/framed")
    assert framed.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]


def test_secret_addresses_are_kept_from_referrers_and_robots(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/selection/x").headers["Referrer-Policy"] == "no-referrer"
    assert client.get("/selection/x").headers["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get("/plain").headers["Referrer-Policy"] == "same-origin"
    assert "X-Robots-Tag" not in client.get("/plain").headers


def test_only_an_encrypted_answer_asks_for_encryption(app: Flask) -> None:
    client = app.test_client()
    assert "Strict-Transport-Security" in client.get("/plain", base_url="https://shop.example").headers
    assert "Strict-Transport-Security" not in client.get("/plain").headers
