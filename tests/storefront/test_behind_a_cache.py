"""Two customers behind one cache of their provider's, over real HTTP: it keeps scripts and pictures, and no page."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from hishel import CacheOptions, SqliteStorage
from hishel.requests import CacheAdapter
from sqlalchemy.orm import Session

from tests import make
from tests.harness.app import values_of
from tests.harness.markup import parse
from tests.harness.server import LiveServer
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS

PAGES = ("", "/details", "/delivery", "/payment", "/receipt")
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"}
Open = Callable[[], "Person"]


class Person:
    """A browser without scripts behind `cache`; `kept` are the addresses that were answered without asking us."""

    def __init__(self, base_url: str, cache: CacheAdapter) -> None:
        self._base_url, self._session = base_url, requests.Session()
        self._session.headers.update(BROWSER)
        self._session.mount("http://", cache)
        self.kept: list[str] = []

    def look(self, path: str) -> str:
        """Open a page or file and follow where it leads."""
        return self._read(self._session.get(urljoin(self._base_url, path), allow_redirects=False))

    def submit(self, page: str, form: str, **typed: str) -> str:
        """Submit a form of `page` and follow where it leads."""
        element = parse(page).select_one(form)
        assert element is not None, form
        return self._read(self._session.post(urljoin(self._base_url, str(element["action"])),
                                             data=values_of(element) | typed, allow_redirects=False))

    def _read(self, answer: requests.Response) -> str:
        # A browser counts this machine among the safe ones, and gives it back the cookies of safe connections.
        for cookie in self._session.cookies:
            cookie.secure = False
        if answer.headers["X-Hishel-From-Cache"] == "true":
            self.kept.append(urlsplit(answer.url).path)
        if 300 <= answer.status_code < 400:
            return self.look(answer.headers["Location"])
        return answer.text


@pytest.fixture
def person(live_server: LiveServer, tmp_path: Path) -> Open:
    """`person()` is one more person behind the one cache all of them share."""
    cache = CacheAdapter(storage=SqliteStorage(database_path=str(tmp_path / "cache.db")),
                         rfc=CacheOptions(shared=True))
    return lambda: Person(live_server.url, cache)


@pytest.fixture
def twice(session: Session, kept_shop: Shop) -> Linked:
    """A link both may use."""
    made = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}, for_anyone=True),
                     policy="reusable")
    session.commit()
    return made


def test_no_page_of_one_customer_ever_reaches_another(twice: Linked, person: Open) -> None:
    """P175."""
    anna, ben = person(), person()
    page = anna.submit(anna.look(twice.path), "#offer-form")
    page = anna.submit(page, "#details-form", **DETAILS)
    page = anna.submit(page, "#pay-form")
    page = anna.submit(page, ".bank-form", decision="approve")
    assert "Anna" in anna.submit(page, "form[action$=confirmation]")
    seen = [ben.look(twice.path + path) for path in PAGES]
    ben.submit(ben.look(twice.path), "#offer-form")
    seen += [ben.look(twice.path + path) for path in PAGES]
    assert [page for page in seen if "Anna" in page or "anna@" in page] == []
    assert "Anna" in anna.look(f"{twice.path}/receipt")
    assert anna.kept + ben.kept == []


def test_the_cache_does_keep_what_is_everybodys(twice: Linked, person: Open) -> None:
    """The control: what may be kept is not asked for again by the next one."""
    anna, ben = person(), person()
    [style, *_] = [str(link["href"]) for link in parse(anna.look(twice.path)).select("link[rel=stylesheet]")]
    assert anna.look(style) == ben.look(style)
    assert anna.kept == []
    assert ben.kept == [urlsplit(style).path]
