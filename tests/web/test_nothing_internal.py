"""P182: nothing of the inside is to be had: no source, no settings, no traces, no maps, no page of a tool."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.storefront import landing
from tests import make
from tests.harness.app import Client
from tests.harness.server import ROOT
from tests.make import Linked

INSIDE = ("Traceback", "sales_portal/", "sqlalchemy", "werkzeug", "File \"", "SECRET_KEY", "postgresql://", "sqlite:")
PATHS = (
    "/.git/config", "/.git/HEAD", "/.env", "/.hg/", "/app.py", "/pyproject.toml", "/instance/portal.db", "/metrics",
    "/docs", "/openapi.json", "/swagger", "/console", "/debug", "/_debug_toolbar/", "/server-status", "/phpinfo.php",
    "/static/js/public.js.map", "/static/css/base.css.map", "/static/../app.py", "/static/..%2fapp.py",
    "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/", "/templates/storefront/layout.html", "/static/vendor/")


@pytest.mark.parametrize("path", PATHS)
def test_what_belongs_to_the_inside_is_not_there(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (301, 302, 303, 308, 400, 404), path
    assert [word for word in INSIDE if word in answer.text] == []


def test_no_asset_names_a_map_of_its_source() -> None:
    assets = [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    assert [path.name for path in assets if b"sourceMappingURL" in path.read_bytes()] == []
    assert list((ROOT / "static").rglob("*.map")) == []
    assert len(assets) > 5


def test_a_page_that_breaks_says_a_code_and_nothing_else(
        session: Session, linked: Linked, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("postgresql://portal:secret@db/portal")

    monkeypatch.setattr(landing.shelves, "suggest", broken)
    answer = client.get(linked.path)
    assert answer.status_code == 500
    assert [word for word in (*INSIDE, "secret", "RuntimeError", linked.token) if word in answer.text] == []
    assert answer.one(".error-reference").get_text(strip=True).startswith("Code")
    assert "Server" not in answer.headers or "ython" not in answer.headers["Server"]


@pytest.fixture
def linked(session: Session, kept_shop: make.Shop) -> Linked:
    made = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}))
    session.commit()
    return made
