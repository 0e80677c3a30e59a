"""Settings → Sites: an administrator sets up a checkout, a manager may look, an agent is told whom to ask."""

import io
from collections.abc import Callable
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.history.models import Event
from sales_portal.sites.models import Site, SiteFont, SiteLogo
from sales_portal.sites.queries import list_texts
from sales_portal.web import public_forms
from tests import make
from tests.harness.app import Answer, Client, values_of
from tests.make import Shop

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'


@pytest.fixture
def dana(session: Session, shop: Shop, signed_in: Callable[[Staff], Client]) -> Client:
    """The browser of Dana, who administers the house."""
    return signed_in(make.staff(session, "Dana Holm", site=shop.site, role="admin"))


def look(client: Client, shop: Shop, part: str = "") -> Answer:
    answer = client.get(f"/settings/sites/{shop.site.slug}{part}")
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def send(client: Client, shop: Shop, part: str, form: str, **typed: Any) -> Answer:
    answer = client.submit(look(client, shop, part), form, **typed)
    assert isinstance(answer, Answer)
    return answer


def fresh(session: Session, shop: Shop) -> Site:
    session.rollback()
    return session.get_one(Site, shop.site.id)


def test_the_menu_leads_to_the_sites_and_each_part_of_one(dana: Client, shop: Shop) -> None:
    shown = dana.get("/settings/sites")
    assert isinstance(shown, Answer)
    assert shown.one("#rail [aria-current=page]").get_text(strip=True) == "Settings"
    assert shown.one("#sites-list a")["href"] == f"/settings/sites/{shop.site.slug}"
    tabs = [tab.get_text(strip=True) for tab in look(dana, shop).page.select(".tabs a")]
    assert tabs == ["Who sells", "Look", "Legal texts", "Links", "Payment", "Refunds", "Storefront", "Sign-in"]
    assert dana.get("/settings/sites/nobody").status_code == 404


def test_who_sells_is_kept_and_written_in_the_history(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "", "#business-form", name=" Nordlight ", legal_name="Nordlight AB", country="SE",
                  postal_address="Storgatan 1\r\n111 22 Stockholm", email="hello@nordlight.example", phone="",
                  answers_within_hours="4", footer_label=["Our shops", ""], footer_url=["https://n.example/shops", ""])
    assert answer.status_code == 303
    site = fresh(session, shop)
    assert (site.name, site.legal_name, site.postal_address) == (
        "Nordlight", "Nordlight AB", "Storgatan 1\n111 22 Stockholm")
    assert (site.country, site.email, site.phone, site.answers_within_hours) == (
        "SE", "hello@nordlight.example", None, 4)
    assert site.footer_links == [["Our shops", "https://n.example/shops"]]
    fact = session.scalars(select(Event).where(Event.name == "site.changed")).one()
    assert fact.actor_name == "Dana Holm"
    assert set(fact.data["changed"].split(", ")) >= {"name", "footer_links", "answers_within_hours"}
    send(dana, shop, "", "#business-form", footer_label=["Our shops"], footer_url=["https://n.example/shops"])
    assert len(session.scalars(select(Event).where(Event.name == "site.changed")).all()) == 1


@pytest.mark.parametrize(("part", "form", "typed", "field", "said"), [
    ("", "#business-form", {"name": " "}, "name", "Enter the name customers know you by"),
    ("", "#business-form", {"email": "hello"}, "email", "Enter an e-mail address like name@example.com"),
    ("", "#business-form", {"answers_within_hours": "soon"}, "answers_within_hours", "Enter a whole number"),
    ("", "#business-form", {"country": "Sweden"}, "country", "Choose the country"),
    ("", "#business-form", {"footer_label": ["Shops"], "footer_url": [""]}, "footer-links", "Enter the address of"),
    ("", "#business-form", {"footer_label": ["S"], "footer_url": ["javascript:a"]}, "footer-links", "https://"),
    ("/look", "#look-form", {"brand_color": "green"}, "brand_color", "Enter a colour like #1F5F4A"),
    ("/look", "#look-form", {"corners": "oval"}, "corners", "Choose how corners look"),
    ("/look", "#look-form", {"languages": ["tlh"]}, "languages", "Choose at least one language"),
    ("/texts", "#texts-form", {"terms": "x" * 60_001}, "terms", "Use at most 60000 characters"),
    ("/texts", "#texts-form", {"returns_url": "http://n.example"}, "returns_url", "starts with https://"),
    ("/links", "#links-form", {"link_days": "0"}, "link_days", "Enter a whole number from 1 to 3650"),
    ("/links", "#links-form", {"link_days": "30", "max_link_days": "7"}, "max_link_days", "Enter at least 30"),
    ("/links", "#links-form", {"link_policy": "twice"}, "link_policy", "Choose how often"),
    ("/links", "#links-form", {"reminds_days_before": "31"}, "reminds_days_before", "whole number from 1 to 30"),
    ("/links", "#links-form", {"crm": "paper"}, "crm", "Choose whose account ids"),
    ("/links", "#links-form", {"metadata_key": ["a", "a"], "metadata_value": ["1", "2"]}, "link-metadata", "twice"),
    ("/storefront", "#storefront-form", {"pages": "none"}, "pages", "Choose who claims the links"),
    ("/sign-in", "#sign-in-form", {"sign_in": "maybe"}, "sign_in", "Choose how customers buy"),
])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
        dana: Client, session: Session, shop: Shop, part: str, form: str, typed: dict[str, Any], field: str,
        said: str) -> None:
    before = {column.key: getattr(shop.site, column.key) for column in Site.__table__.columns}
    answer = send(dana, shop, part, form, **typed)
    assert answer.status_code == 422
    assert said in answer.words(".error-summary")
    target = str(answer.one(".error-summary a")["href"])
    assert answer.page.select(target)
    assert field in target
    for name, text in typed.items():
        if isinstance(text, str) and name in ("name", "email", "brand_color", "link_days", "max_link_days"):
            assert answer.one(f"[name={name}]")["value"] == text
    site = fresh(session, shop)
    assert {name: getattr(site, name) for name in before} == before


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


def test_legal_texts_are_published_and_taken_away(dana: Client, session: Session, shop: Shop) -> None:
    send(dana, shop, "/texts", "#texts-form", terms="# One\r\nText", privacy="Little", returns="")
    site = fresh(session, shop)
    assert (site.legal_texts, list_texts(session, site.id)) == (
        ("terms", "privacy"), {"en": {"terms": "# One\nText", "privacy": "Little"}})
    send(dana, shop, "/texts", "#texts-form", privacy="")
    assert fresh(session, shop).legal_texts == ("terms",)


def test_a_legal_text_is_written_in_each_language_of_the_site(dana: Client, session: Session, shop: Shop) -> None:
    shop.site.languages = "de ar"
    session.commit()
    send(dana, shop, "/texts", "#texts-form", terms="Auf Deutsch", privacy="Wenig")
    shown = look(dana, shop, "/texts?language=ar")
    assert [tab.get_text() for tab in shown.page.select("#site-texts .tab")] == ["Deutsch2", "العربية"]
    assert (shown.one("#field-terms")["lang"], shown.one("#field-terms")["dir"]) == ("ar", "rtl")
    assert shown.words("#field-terms-hint") == "Left empty, customers who read العربية find it in Deutsch."
    assert shown.one("#field-terms").get_text().strip() == ""
    answer = dana.submit(shown, "#texts-form", terms="نص")
    assert answer.headers["Location"].endswith("/texts?language=ar")
    site = fresh(session, shop)
    assert list_texts(session, site.id) == {"de": {"terms": "Auf Deutsch", "privacy": "Wenig"}, "ar": {"terms": "نص"}}
    changed = session.scalars(select(Event).where(Event.name == "site.changed").order_by(Event.id.desc())).first()
    assert changed is not None
    assert changed.data["changed"] == "terms (ar)"
    send(dana, shop, "/texts", "#texts-form", terms="", privacy="")
    assert fresh(session, shop).legal_texts == ("terms",)


def test_a_text_in_a_language_the_site_does_not_speak_is_refused_and_kept_in_the_form(
        dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "/texts", "#texts-form", terms="Texte", language="fr")
    assert answer.status_code == 422
    assert "Choose one of the languages of this site" in answer.words("#texts-form")
    assert answer.one("#field-terms").get_text().strip() == "Texte"
    assert list_texts(session, fresh(session, shop).id) == {}
    assert look(dana, shop, "/texts?language=fr").one("[name=language]")["value"] == "en"


def test_what_a_new_link_starts_with_is_kept(dana: Client, session: Session, shop: Shop) -> None:
    shown = look(dana, shop, "/links")
    for name in ("allows_endless_links", "links_may_wait"):
        del shown.one(f"[name={name}]").attrib["checked"]
    dana.submit(shown, "#links-form", link_policy="first_closes", link_days="14", max_link_days="90", crm="other",
                asks_for=["ignore_tax", "nonsense"], tax_on_shipping="proportional", metadata_key=["source"],
                metadata_value=["phone"])
    site = fresh(session, shop)
    assert (site.link_policy, site.link_days, site.max_link_days, site.crm) == ("first_closes", 14, 90, "other")
    assert (site.allows_endless_links, site.links_may_wait, site.waives_included_tax) == (False, False, True)
    assert (site.asks_for, site.tax_on_shipping, site.link_metadata) == (
        ["ignore_tax"], "proportional", {"source": "phone"})


def test_what_is_said_about_links_by_itself_is_kept(dana: Client, session: Session, shop: Shop) -> None:
    send(dana, shop, "/links", "#links-form", reminds_days_before="5", sends_recovery_mail="y", is_in_maintenance="y")
    site = fresh(session, shop)
    assert (site.reminds_days_before, site.sends_recovery_mail, site.is_in_maintenance) == (5, True, True)
    send(dana, shop, "/links", "#links-form", reminds_days_before="")
    assert fresh(session, shop).reminds_days_before is None


def test_the_languages_of_the_pages_are_those_an_agent_can_choose(
        dana: Client, maria: Client, session: Session, shop: Shop) -> None:
    send(dana, shop, "/look", "#look-form", languages=["ar", "en"])
    assert fresh(session, shop).spoken == ("en", "ar"), "in their own order"
    ticked = [box["value"] for box in look(dana, shop, "/look").page.select("#field-languages [checked]")]
    assert ticked == ["en", "ar"]
    selection = make.selection(session, shop, {shop.bag: 1})
    session.commit()
    dialog = cast(Answer, maria.get(f"/selections/{selection.number}/link"))
    assert [option.get_text() for option in dialog.page.select("[name=language] option")] == [
        "As in the market Sweden", "English", "العربية"]


def test_a_manager_may_look_and_an_agent_is_told_whom_to_ask(
        dana: Client, maria: Client, session: Session, shop: Shop, signed_in: Callable[[Staff], Client]) -> None:
    """Brief §2.4."""
    manager = signed_in(make.staff(session, "Erik Holm", site=shop.site, role="manager"))
    for part in ("", "/look", "/texts", "/links", "/storefront", "/sign-in"):
        shown = look(manager, shop, part)
        assert shown.words("#look-only") == "You can look at these settings. Ask Dana Holm to change them."
        assert shown.page.select("main button[type=submit]") == []
        assert shown.page.select("main fieldset[disabled]")
        refused = manager.post(f"/settings/sites/{shop.site.slug}{part}", data={"name": "Mine"})
        assert refused.status_code == 403
    refused = maria.get(f"/settings/sites/{shop.site.slug}")
    assert refused.status_code == 403
    assert "Ask Dana Holm." in refused.text
    assert "Settings" not in maria.get("/home").text
