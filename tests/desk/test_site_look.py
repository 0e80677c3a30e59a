"""Settings → Sites → Look: colour, logos and font, seen before they are published; what no page can have is refused."""

import io

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.sites.models import SiteFont, SiteLogo
from sales_portal.web import public_forms
from tests import make
from tests.desk.sites import fresh, look, send
from tests.harness.app import Client, values_of
from tests.make import Shop

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'


def test_a_colour_shows_what_was_made_of_it(dana: Client, session: Session, shop: Shop) -> None:
    """Brief §6.7: where it had to adjust, the page says so."""
    send(dana, shop, "/look", "#look-form", brand_color="#FFD400", corners="round")
    assert (fresh(session, shop).brand_color, fresh(session, shop).corners) == ("#FFD400", "round")
    shown = look(dana, shop, "/look")
    assert shown.words("#site-tones").startswith(
        "We use #ffd400 for buttons, with dark text. Links are a darker #816b03, so that everyone can read them.")
    for frame in shown.page.select("iframe"):
        sample = dana.get(str(frame["src"]))
        assert sample.status_code == 200
        assert "frame-ancestors 'self'" in sample.headers["Content-Security-Policy"]
        assert "/brand/ffd400-round-inter-plain.css" in sample.text
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]


def test_a_look_is_seen_in_both_themes_before_it_is_published(dana: Client, session: Session, shop: Shop) -> None:
    """D4: the pages customers see stay as they are."""
    form = look(dana, shop, "/look")
    before = fresh(session, shop).brand_color
    for theme in ("light", "dark"):
        button = form.one(f"#look-form [formtarget=sample-{theme}]")
        assert form.one(f"iframe[name=sample-{theme}]")["title"].endswith(theme)
        sample = dana.post(str(button["formaction"]), data={
            **values_of(form.one("#look-form")), "brand_color": "#FFD400", "corners": "round",
            "logo_light": (io.BytesIO(SVG), "logo.svg")}, csrf=False)
        assert "/brand/ffd400-round-inter-plain.css" in sample.text
        assert sample.one(".public-logo")["src"].startswith("data:image/svg+xml;base64,")
        assert "frame-ancestors 'self'" in sample.headers["Content-Security-Policy"]
    assert (fresh(session, shop).brand_color, fresh(session, shop).logo_light) == (before, None)
    assert session.scalars(select(SiteLogo)).all() == []


@pytest.mark.parametrize(("typed", "said"), [
    ({"brand_color": "red"}, "Enter a colour like #1F5F4A"), ({"corners": "spiky"}, "Choose how corners look"),
    ({"logo_light": b"%PDF"}, "Choose an SVG, PNG or WebP picture")])
def test_what_cannot_be_published_says_so_in_the_preview(
        dana: Client, shop: Shop, typed: dict[str, str | bytes], said: str) -> None:
    sent = {name: (io.BytesIO(value), "a.pdf") if isinstance(value, bytes) else value for name, value in typed.items()}
    sample = dana.post(f"/brand/sample/{shop.site.slug}/light", csrf=False,
                       data=values_of(look(dana, shop, "/look").one("#look-form")) | sent)
    assert said in sample.words("#problem")


@pytest.mark.parametrize("token", ["", "forged", "look another-site"])
def test_nobody_else_has_our_pages_show_their_picture(dana: Client, shop: Shop, app: Flask, token: str) -> None:
    if token.startswith("look"):
        with app.app_context():
            token = public_forms.form_token(token)
    answer = dana.post(f"/brand/sample/{shop.site.slug}/light", csrf=False, data={
        "form_token": token, "brand_color": "#FFD400", "corners": "round",
        "logo_light": (io.BytesIO(SVG), "logo.svg")})
    assert answer.status_code == 400
    assert "data:image" not in answer.text


def test_a_logo_is_uploaded_and_taken_away_again(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "/look", "#look-form", logo_light=(io.BytesIO(SVG), "logo.svg"))
    assert answer.status_code == 303
    site = fresh(session, shop)
    assert site.logo_light is not None
    assert (session.get_one(SiteLogo, (site.id, "light")).data, site.logo_dark) == (SVG, None)
    dana.submit(look(dana, shop, "/look"), "#site-sample form")
    assert fresh(session, shop).logo_light is None
    assert session.scalars(select(SiteLogo)).all() == []
    hostile = SVG.replace(b"<path", b"<script/><path")
    answer = send(dana, shop, "/look", "#look-form", brand_color="#123456", logo_dark=(io.BytesIO(hostile), "a.svg"))
    assert answer.status_code == 422
    assert "This SVG holds <script>" in answer.words(".error-summary")
    assert fresh(session, shop).brand_color != "#123456"


def test_a_font_of_ones_own_is_used_as_soon_as_its_file_is_chosen(
        dana: Client, session: Session, shop: Shop) -> None:
    shown = look(dana, shop, "/look")
    assert [one["value"] for one in shown.page.select("[name=font]")] == ["inter", "system"]
    answer = send(dana, shop, "/look", "#look-form", font="own")
    assert answer.status_code == 422
    assert "Choose the file of your font too, or another font" in answer.words("#look-form")
    send(dana, shop, "/look", "#look-form", own_font=(io.BytesIO(make.font()), "a.woff2"), tints_header="y")
    site = fresh(session, shop)
    assert (site.font, site.tints_header, session.get_one(SiteFont, site.id).data) == ("own", True, make.font())
    shown = look(dana, shop, "/look")
    assert shown.one("[name=font][checked]")["value"] == "own"
    sample = dana.get(str(shown.page.select("iframe")[0]["src"]))
    assert f"-soft-{site.own_font}-tinted.css" in sample.text
    send(dana, shop, "/look", "#look-form", font="system")
    assert (fresh(session, shop).font, fresh(session, shop).own_font) == ("system", site.own_font)


@pytest.mark.parametrize(("data", "problem"), [
    (b"\x00\x01\x00\x00true type", "Choose a font in the WOFF2 format"),
    (make.font()[:-1], "This font is not whole. Export it again"),
    (make.font(b"x" * 40_000), "Choose a font of at most 40 kB: this one has 41 kB")])
def test_what_is_no_font_for_a_page_is_refused_with_the_fix_and_the_rest_kept(
        dana: Client, session: Session, shop: Shop, data: bytes, problem: str) -> None:
    answer = send(dana, shop, "/look", "#look-form", brand_color="#123456", own_font=(io.BytesIO(data), "a.woff2"))
    assert answer.status_code == 422
    assert problem in answer.words("#look-form")
    assert answer.one("#field-brand_color")["value"] == "#123456"
    assert (fresh(session, shop).own_font, session.scalars(select(SiteFont)).all()) == (None, [])


def test_a_font_beside_something_wrong_is_not_kept_and_not_offered(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "/look", "#look-form", brand_color="red", own_font=(io.BytesIO(make.font()), "a.woff2"))
    assert answer.status_code == 422
    assert [one["value"] for one in answer.page.select("[name=font]")] == ["inter", "system"]
    assert (fresh(session, shop).own_font, session.scalars(select(SiteFont)).all()) == (None, [])


def test_a_font_is_seen_before_it_is_published(dana: Client, session: Session, shop: Shop) -> None:
    shown = look(dana, shop, "/look")
    shown.one("#look-form")["action"] = f"/brand/sample/{shop.site.slug}/light"
    sample = dana.submit(shown, "#look-form", font="system", tints_header="y")
    assert "-soft-system-tinted.css" in sample.text
    assert fresh(session, shop).font == "inter"
    shown = look(dana, shop, "/look")
    shown.one("#look-form")["action"] = f"/brand/sample/{shop.site.slug}/light"
    assert "Choose the file of your font too" in dana.submit(shown, "#look-form", font="own").text
