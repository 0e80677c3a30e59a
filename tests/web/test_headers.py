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


ADDRESSES = (
    "/", "/selection/a-b_c~d/x.html", "/selections?page=2&sort=name", "https://shop.example/a?b=%C3%A5", "/a b",
    "/\u00e5", "/a?", "/a#b", "", "a", "/<script>",
    "https://SHOP.example/a", "//other.example/a", "/a'b\"c", "/a?b=c d")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("status", [200, 303, 204, 304, 404])
def test_an_answer_is_sent_as_flask_sends_it(address: str, method: str, status: int) -> None:
    def sent(kind: type[Response]) -> tuple[str, bytes, dict[str, str | None]]:
        app = Flask("sent")
        app.response_class = kind

        def view() -> Response:
            answer = app.make_response(("h\u00e5", status))
            answer.headers["Location"] = address
            return answer

        app.add_url_rule("/view", "view", view, methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False)
        shown = app.test_client().open("/view", method=method)
        return shown.status, shown.data, {**dict(shown.headers), **dict.fromkeys(OURS)}

    assert sent(security.Answer) == sent(Response)


OURS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Opener-Policy",
        "Permissions-Policy", "Referrer-Policy", "Cache-Control", "Vary")


def test_what_is_to_be_done_after_an_answer_is_done(app: Flask) -> None:
    done = list[str]()

    def view() -> Response:
        answer = app.make_response("text")
        answer.call_on_close(lambda: done.append("closed"))
        return answer

    app.add_url_rule("/closing", "closing", view)
    with app.test_client().get("/closing", buffered=True) as shown:
        assert shown.text == "text"
    assert done == ["closed"]


def test_an_answer_made_piece_by_piece_arrives_whole(app: Flask) -> None:
    app.add_url_rule("/pieces", "pieces", lambda: Response(iter(["one ", "two"])))
    assert app.test_client().get("/pieces").text == "one two"
