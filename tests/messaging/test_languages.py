"""A mail in the language of who reads it: words, dates and the direction of writing; without one it is English."""

from gettext import GNUTranslations

import pytest

from sales_portal.core import translation
from sales_portal.messaging import rendering
from tests.harness import markup
from tests.harness.markup import Element
from tests.harness.speech import teach
from tests.harness.time import Clock
from tests.messaging.conftest import SIGNATURE, link_ready
from tests.messaging.test_templates import AT, MAILS

SWEDISH: dict[str | tuple[str, int], str] = {
    "Your selection from {agent}": "Ditt urval från {agent}", "Hello {name},": "Hej {name}!",
    "You pay {total}": "Du betalar {total}", "{you_pay}, {charges}.": "{you_pay}, {charges}.",
    "delivery and tax included": "frakt och moms ingår", "See and pay": "Se och betala",
    "It works until {moment}.": "Gäller till {moment}.", ("{count} item", 1): "{count} saker"}
ARABIC: dict[str | tuple[str, int], str] = {"Hello {name},": "مرحبا {name}،", "See and pay": "اعرض وادفع"}
READ_BY_STAFF = ("agent-", "alert-", "approval-", "undo-")


class Ticks(GNUTranslations):
    """A language in which every text is a tick."""

    def gettext(self, message: str) -> str:
        return "✓"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return "✓"


def link(language: str, locale: str = "sv-SE", **changes: object) -> rendering.Rendered:
    return rendering.render("link-ready", link_ready(expires_at=AT, url=rendering.URL_PLACEHOLDER, **changes),
                            locale=locale, time_zone="Europe/Stockholm", language=language)


def page(mail: rendering.Rendered) -> Element:
    return markup.parse(mail.html)


def test_words_dates_and_amounts_are_those_of_the_language(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    clock.set(AT)
    teach(monkeypatch, "sv", SWEDISH)
    mail = link("sv")
    assert mail.title == "Ditt urval från Maria"
    shown = page(mail).get_text().replace("\xa0", " ")
    for said in ("Hej Anna!", "Du betalar 2 769,00 kr, frakt och moms ingår.", "Se och betala",
                 "Gäller till mån 21 dec., 14:00."):
        assert said in mail.text.replace("\xa0", " ")
        assert said in shown
    assert "3 saker" in shown
    assert page(mail).select_one("html").attrib == {"lang": "sv", "dir": "ltr"}  # type: ignore[union-attr]
    assert translation.language() == "en", "and nobody else is spoken to so"


def test_a_language_the_country_does_not_write_is_written_as_it_is_anywhere(
        monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    clock.set(AT)
    teach(monkeypatch, "de", {"It works until {moment}.": "Gültig bis {moment}."})
    assert "Gültig bis Mo., 21. Dez., 14:00." in link("de", locale="sv-SE").text


def test_a_mail_that_names_no_language_is_english_whatever_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, "sv", SWEDISH)
    with translation.speaking("sv"):
        mail = rendering.render("link-ready", link_ready(url=""), locale="sv-SE", time_zone="UTC")
        assert translation.language() == "sv"
    assert mail.text.startswith("Hello Anna,\n")
    assert '<html lang="en" dir="ltr">' in mail.html


def test_what_a_person_typed_is_text_in_a_translated_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, "sv", {"Hello {name},": "<i>Hej</i> {name}"})
    mail = link("sv", first_name="<b>{0}")
    assert mail.text.startswith("<i>Hej</i> <b>{0}\n")
    assert page(mail).select_one("h1").text == "<i>Hej</i> <b>{0}"  # type: ignore[union-attr]


def test_arabic_is_written_from_right_to_left(monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, "ar", ARABIC)
    shown = page(link("ar"))
    assert shown.select_one("html").attrib == {"lang": "ar", "dir": "rtl"}  # type: ignore[union-attr]
    assert [table["dir"] for table in shown.select("table.page, table.card")] == ["rtl", "rtl"]
    assert shown.select_one("td.inside")["align"] == "right"  # type: ignore[index]
    assert {cell["align"] for cell in shown.select("td.line[align]")} == {"left"}
    assert shown.select_one("span.address")["dir"] == "ltr"  # type: ignore[index]


def test_what_runs_the_other_way_keeps_its_order_in_arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, "ar", ARABIC)
    mail = link("ar")
    phone = f"\u2068{SIGNATURE.phone}\u2069"
    for part in (mail.text, mail.html):
        assert "مرحبا \u2068Anna\u2069،" in part
        assert "2 × \u2068Oak chair, natural\u2069" in part
        assert f"{phone}." in part
    assert "\u2068" not in mail.title
    assert "\u2068" not in link("en").text


@pytest.mark.parametrize("name", [name for name in MAILS if not name.startswith(READ_BY_STAFF)])
def test_every_mail_to_a_customer_has_all_its_words_translated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(translation, "catalog", lambda language: Ticks())
    mail = rendering.render(name, MAILS[name] | {"url": rendering.URL_PLACEHOLDER}, locale="ja-JP", time_zone="UTC",
                            language="ja")
    data = ["As we said.", "Two chairs.", "Oak chair, natural", "Linen bag", "PostNord to the door", "Maria Lind",
            "Sales", "maria@nordlight.example", "Nordlight AB", "Storgatan", "Stockholm", "Nordlight", "SEK", "ML",
            rendering.URL_PLACEHOLDER, rendering.STOP_PLACEHOLDER]
    for text in (mail.title, mail.text, page(mail).get_text(" ")):
        left = text
        for known in data:
            left = left.replace(known, "")
        assert not [letter for letter in left if letter.isascii() and letter.isalpha()], left
