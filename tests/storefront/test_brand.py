"""Whose brand a public page bears: its colours, its logo, its texts and its links."""

import re

import pytest
from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.sites import service as sites
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'


def test_a_page_takes_its_colours_from_a_stylesheet_that_asks_no_database(
        shop: Shop, linked: Linked, enter: Enter, client: Client, statements: Counting) -> None:
    shop.site.brand_color, shop.site.corners = "#FFD400", "sharp"
    sheets = [str(tag["href"]) for tag in enter(linked).look().page.select("link[rel=stylesheet]")]
    assert sheets[-1] == "/brand/ffd400-sharp-inter-plain.css"
    with statements(at_most=0):
        style = client.get(sheets[-1])
    assert (style.mimetype, style.headers["Cache-Control"]) == ("text/css", "public, max-age=31536000, immutable")
    assert "--accent:#ffd400" in style.text
    assert "--r-control:2px" in style.text
    assert style.text.count("--accent-text:") == 3


@pytest.mark.parametrize("path", [
    "ffd400-oval-inter-plain", "ffd40-soft-inter-plain", "ffd400;}-soft-inter-plain", "%0affd400-soft-inter-plain",
    "ffd400-soft-comic-plain", "ffd400-soft-own-plain", "ffd400-soft-inter-high", "ffd400-soft",
    "ffd400-soft-" + "a" * 31 + "-plain", "ffd400-soft-" + "A" * 32 + "-plain"])
def test_a_stylesheet_is_made_of_nothing_but_what_a_look_can_be(client: Client, path: str) -> None:
    assert client.get(f"/brand/{path}.css").status_code == 404


@pytest.mark.parametrize(("font", "preloads", "set_in"), [
    ("inter", "/static/vendor/inter-latin.woff2", ""), ("system", "", ":root{--font:system-ui"),
    ("own", "/brand/font/{digest}.woff2", ':root{--font:"Own",system-ui')])
def test_pages_are_set_in_the_font_of_the_site_and_fetch_no_other(
        session: Session, shop: Shop, linked: Linked, enter: Enter, client: Client, font: str, preloads: str,
        set_in: str) -> None:
    sites.set_font(session, shop.site, make.font(), by=SYSTEM)
    shop.site.font = font
    shown, digest = enter(linked).look(), shop.site.own_font or ""
    fetched = [str(one["href"]).partition("?")[0] for one in shown.page.select("link[rel=preload]")]
    assert fetched == ([preloads.format(digest=digest)] if preloads else [])
    style = client.get(str(shown.page.select("link[rel=stylesheet]")[-1]["href"])).text
    assert set_in in style
    assert ("@font-face" in style) == (f'url("font/{digest}.woff2")' in style) == (font == "own")
    answer = client.get(f"/brand/font/{digest}.woff2")
    assert (answer.data, answer.mimetype) == (make.font(), "font/woff2")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    sites.set_font(session, shop.site, make.font(b"others"), by=SYSTEM)
    assert client.get(f"/brand/font/{digest}.woff2").status_code == 404


def test_the_head_of_a_page_is_tinted_where_the_site_wants_it(shop: Shop, linked: Linked, enter: Enter,
                                                              client: Client) -> None:
    for tints, is_there in ((False, False), (True, True)):
        shop.site.tints_header = tints
        sheet = str(enter(linked).look().page.select("link[rel=stylesheet]")[-1]["href"])
        assert (".public-head{border-image:linear-gradient(var(--accent-soft)" in client.get(sheet).text) == is_there


def test_the_logo_is_shown_and_is_an_inert_picture(
        session: Session, shop: Shop, linked: Linked, enter: Enter, client: Client) -> None:
    sites.set_logo(session, shop.site, "light", LOGO, by=SYSTEM)
    sites.set_logo(session, shop.site, "dark", LOGO.replace(b"h4", b"h3"), by=SYSTEM)
    picture = enter(linked).look().one(".public-brand picture")
    shown, dark = picture.select("img, source")[-1], picture.select("source")[0]
    assert shown["alt"] == "Nordic Home"
    assert dark["srcset"] != shown["src"]
    answer = client.get(str(shown["src"]))
    assert (answer.data, answer.mimetype) == (LOGO, "image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    sites.remove_logo(session, shop.site, "light", by=SYSTEM)
    assert client.get(str(shown["src"])).status_code == 404
    picture = enter(linked).look().one(".public-brand picture")
    assert picture.select("source") == []


def test_legal_texts_are_pages_linked_below_every_page_and_above_pay(
        session: Session, shop: Shop, linked: Linked, enter: Enter, client: Client) -> None:
    sites.change_texts(session, shop.site, {"terms": "# 1. Who we are\nNordic <b>Home</b>\n\nSecond\nline",
                                            "privacy": "We keep little.", "returns": ""},
                       "https://nordic.example/returns", by=SYSTEM)
    anna = enter(linked)
    footer = [str(link["href"]) for link in anna.look().page.select(".public-foot a")]
    terms = f"/legal/{shop.site.slug}/terms"
    assert footer == [terms, f"/legal/{shop.site.slug}/privacy", "https://nordic.example/returns"]
    page = client.get(terms)
    assert page.words("h1") == "Terms of sale"
    assert page.words("h2") == "1. Who we are"
    assert [part.get_text() for part in page.page.select("#legal-text p")] == ["Nordic <b>Home</b>", "Second\nline"]
    anna.go_on()
    said = anna.give_details().words("#delivery-legal")
    assert re.sub(r" \(opens in a new tab\)", "", said) == (
        "By paying you buy these items from Nordic Home AB and accept its terms of sale . You enter your card on the "
        "next page. Read about returns and refunds and your privacy .")
    assert client.get(f"/legal/{shop.site.slug}/returns").status_code == 404
    assert client.get(f"/legal/{shop.site.slug}/imprint").status_code == 404
    assert client.get("/legal/nobody/terms").status_code == 404


@pytest.mark.parametrize(("asked", "language", "text"), [
    ("sv", "sv", "På svenska"), ("en", "en", "In English"), ("ar", "en", "In English")])
def test_a_legal_text_is_read_in_ones_own_language_else_in_the_first_of_the_site(
        session: Session, shop: Shop, client: Client, asked: str, language: str, text: str) -> None:
    shop.site.languages = "en sv ar"
    for code, words in (("sv", "På svenska"), ("en", "In English")):
        sites.change_texts(session, shop.site, {"terms": words}, "", language=code, by=SYSTEM)
    part = client.get(f"/legal/{shop.site.slug}/terms?locale={asked}").one("#legal-text div")
    assert (part["lang"], part["dir"], part.get_text(strip=True)) == (language, "ltr", text)


def test_a_legal_text_in_one_language_alone_is_better_than_none(
        session: Session, shop: Shop, client: Client) -> None:
    shop.site.languages = "en ar"
    sites.change_texts(session, shop.site, {"terms": "نص"}, "", language="ar", by=SYSTEM)
    part = client.get(f"/legal/{shop.site.slug}/terms?locale=en").one("#legal-text div")
    assert (part["lang"], part["dir"], part.get_text(strip=True)) == ("ar", "rtl", "نص")
    sites.change_texts(session, shop.site, {"terms": ""}, "", language="ar", by=SYSTEM)
    assert client.get(f"/legal/{shop.site.slug}/terms").status_code == 404


def test_further_links_stand_in_the_footer(shop: Shop, linked: Linked, enter: Enter) -> None:
    shop.site.footer_links = [["Our shops", "https://nordic.example/shops"]]
    link = enter(linked).look().one(".public-foot a")
    assert (link.get_text(), link["href"]) == ("Our shops", "https://nordic.example/shops")
