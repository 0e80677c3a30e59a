"""A text that was verified once is known again, for as long as it may be used, and no other is taken for it."""

from types import SimpleNamespace

import pytest
from flask import Flask, session
from flask_wtf import csrf as flask_wtf_csrf
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer, timed

from sales_portal.web import security
from sales_portal.web.csrf import Csrf
from sales_portal.web.signed import Verified

SERIALIZER = URLSafeTimedSerializer("key", salt="test")


def test_a_text_holds_what_the_serializer_reads_in_it_each_time() -> None:
    verified = Verified(SERIALIZER)
    for held in ("token", {"user": "7", "fresh": True}, {"said": [["info", "Saved"]]}, ["a"]):
        text = SERIALIZER.dumps(held)
        first, again = verified.loads(text, 60), verified.loads(text, 60)
        assert first == again == SERIALIZER.loads(text, 60)
        if isinstance(first, dict):
            first["user"] = "8"
            for part in first.values():
                if isinstance(part, list):
                    part.append("more")
        assert verified.loads(text, 60) == held


def test_nothing_near_a_known_text_passes() -> None:
    verified, text = Verified(SERIALIZER), str(SERIALIZER.dumps("token"))
    verified.loads(text, 60)
    for other in (text[:-1], text + "A", text.swapcase(), "", str(URLSafeTimedSerializer("other").dumps("token"))):
        with pytest.raises(BadSignature):
            verified.loads(other, 60)


def test_a_known_text_grows_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    verified, text = Verified(SERIALIZER), str(SERIALIZER.dumps("token"))
    now = timed.time.time()
    verified.loads(text, 60)
    monkeypatch.setattr(timed, "time", SimpleNamespace(time=lambda: now + 62))
    with pytest.raises(SignatureExpired):
        verified.loads(text, 60)
    assert verified.loads(text, None) == "token"


@pytest.fixture
def app() -> Flask:
    """An app with one form and one page that shows its token."""
    made = Flask("forms")
    made.secret_key = "key"
    security.install(made)
    Csrf().init_app(made)
    made.add_url_rule("/token", "token", flask_wtf_csrf.generate_csrf)
    made.add_url_rule("/form", "form", lambda: session["csrf_token"][:0] + "done", methods=["POST"])
    return made


def test_a_form_needs_the_token_of_its_own_session(app: Flask) -> None:
    mine, other = app.test_client(), app.test_client()
    token, foreign = mine.get("/token").text, other.get("/token").text
    assert token != foreign
    for client, sent, status in ((mine, token, 200), (mine, foreign, 400), (mine, "", 400), (mine, token[:-2], 400),
                                 (app.test_client(), token, 400), (other, foreign, 200)):
        assert client.post("/form", data={"csrf_token": sent}).status_code == status
    assert mine.post("/form").status_code == 400
    assert mine.post("/form", headers={"X-CSRFToken": token}).status_code == 200


def test_a_token_of_the_library_goes_the_short_way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    token = client.get("/token").text
    monkeypatch.setattr(flask_wtf_csrf, "validate_csrf", None)
    assert client.post("/form", data={"csrf_token": token}).status_code == 200


def test_another_page_of_the_web_is_refused_over_tls_though_its_token_is_right(app: Flask) -> None:
    client = app.test_client()
    token = client.get("/token", base_url="https://shop.test").text
    sent = [client.post("/form", base_url="https://shop.test", data={"csrf_token": token},
                        headers={"Referer": page}).status_code for page in ("https://shop.test/token", "https://evil.test/")]
    assert sent == [200, 400]
