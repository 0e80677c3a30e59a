"""Settings → Sites → Legal texts: each in the languages of the site."""


from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.sites.models import Site
from sales_portal.sites.queries import list_texts
from tests.desk.sites import fresh, look, send
from tests.harness.app import Client
from tests.make import Shop


def written(session: Session, site: Site) -> dict[str, dict[str, str]]:
    """The texts there are, by language; languages without one are left out."""
    return {language: texts for language, texts in list_texts(session, site).items() if texts}


def test_legal_texts_are_published_and_taken_away(dana: Client, session: Session, shop: Shop) -> None:
    send(dana, shop, "/texts", "#texts-form", terms="# One\r\nText", privacy="Little", returns="")
    site = fresh(session, shop)
    assert (site.legal_texts, written(session, site)) == (
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
    assert written(session, site) == {"de": {"terms": "Auf Deutsch", "privacy": "Wenig"}, "ar": {"terms": "نص"}}
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
    assert written(session, fresh(session, shop)) == {}
    assert look(dana, shop, "/texts?language=fr").one("[name=language]")["value"] == "en"


def test_a_text_in_a_language_that_is_spoken_no_more_can_still_be_changed_and_taken_away(
        dana: Client, session: Session, shop: Shop) -> None:
    """Customers read it as long as there is no other, so that somebody has to be able to."""
    shop.site.languages = "en de"
    session.commit()
    dana.submit(look(dana, shop, "/texts?language=de"), "#texts-form", terms="Auf Deutsch")
    fresh(session, shop).languages = "en"
    session.commit()
    shown = look(dana, shop, "/texts?language=de")
    assert [tab.get_text() for tab in shown.page.select("#site-texts .tab")] == ["English", "Deutsch1"]
    assert shown.one("#field-terms").get_text().strip() == "Auf Deutsch"
    dana.submit(shown, "#texts-form", terms="")
    site = fresh(session, shop)
    assert (written(session, site), site.legal_texts) == ({}, ())
    assert look(dana, shop, "/texts?language=de").one("[name=language]")["value"] == "en"
