"""Buyers with a connection and a cookie jar each, who walk from the link to the receipt over HTTP."""

import http.client
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.harness import markup
from tests.harness.markup import Element
from tests.harness.together import PATIENCE_SECONDS

ANNA = {"email": "anna@example.com", "name": "Anna Svensson", "country": "SE", "street": "Storgatan 1",
        "postcode": "111 22", "city": "Stockholm"}


@dataclass
class Page:
    """One answer after following its redirects."""

    status: int
    path: str
    html: Element

    @property
    def words(self) -> str:
        """What a person reads."""
        return " ".join(self.html.get_text(" ").split())

    def has(self, action_ends: str) -> bool:
        """Whether a form on the page posts to an address ending in `action_ends`."""
        return bool(self._forms(action_ends))

    def form(self, action_ends: str) -> Element:
        """The form that posts to an address ending in `action_ends`."""
        assert self.has(action_ends), f"no form to {action_ends} on {self.path}: {self.words[:300]}"
        return self._forms(action_ends)[0]

    def _forms(self, action_ends: str) -> list[Element]:
        return [form for form in self.html.select("form[method=post]")
                if str(form.get("action", "")).split("?")[0].endswith(action_ends)]


@dataclass
class Buyer:
    """One browser without scripts."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        """GET with redirects followed."""
        return self._ask("GET", path, "")

    def submit(self, form: Element, **typed: str) -> Page:
        """Send `form` as a browser would, with `typed` over what stands in it."""
        values = dict(_values(form)) | typed
        return self._ask("POST", str(form["action"]), urlencode(values))

    def _ask(self, method: str, path: str, body: str) -> Page:
        for _ in range(10):
            status, location, html = self._once(method, path, body)
            if status not in (302, 303):
                return Page(status, path, markup.parse(html))
            parts = urlsplit(location)
            method, body, path = "GET", "", parts.path + (f"?{parts.query}" if parts.query else "")
        raise AssertionError(f"redirects without end at {path}")

    def _once(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                   "User-Agent": "Mozilla/5.0 (a buyer of the tests)"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        html = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.split(";")[0].partition("=")
                self.cookies[key] = content
        connection.close()
        return answer.status, answer.getheader("Location", ""), html


def walk_to_approval(buyer: Buyer, path: str) -> Page:
    """From the link to the provider's yes, or to the page that says somebody else was quicker."""
    page = buyer.get(path)
    for step in ("/visit", "/details", "/payment"):
        if page.has(step):
            typed = ANNA if step == "/details" else {}
            page = buyer.submit(page.form(step), **typed)
    if "/test-provider/" not in page.path:
        return page
    form = next(form for form in page.html.select("form[method=post]") if form.select("[value=approve]"))
    return buyer.submit(form, decision="approve")


def _values(form: Element) -> Iterable[tuple[str, str]]:
    outside = form.getroottree().getroot().select(f'[form="{form["id"]}"]') if form.has_attr("id") else []
    for element in [*form.select("input[name], select[name], textarea[name]"), *outside]:
        kind = element.get("type", "text")
        if kind in ("submit", "button") or (kind in ("radio", "checkbox") and not element.has_attr("checked")):
            continue
        if element.name == "select":
            chosen = element.select_one("option[selected]") or element.select_one("option")
            yield str(element["name"]), str(chosen.get("value", "")) if chosen is not None else ""
        else:
            yield str(element["name"]), str(element.get("value", "")) if element.name == "input" else element.get_text()
