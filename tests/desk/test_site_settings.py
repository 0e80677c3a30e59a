"""Settings → Sites: an administrator sets up a checkout, a manager may look, an agent is told whom to ask."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.history.models import Event
from sales_portal.sites.models import Site
from tests import make
from tests.desk.sites import fresh, look, send
from tests.harness.app import Answer, Client
from tests.make import Shop


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
