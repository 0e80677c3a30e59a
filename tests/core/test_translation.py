"""Which words are said, and that a language spoken for one reader is not spoken to the next."""

from threading import Thread

from flask import Flask, render_template_string

from sales_portal.core import translation
from sales_portal.core.translation import N_, _, _n


def test_english_stands_where_it_is_used() -> None:
    assert _("Only {count} left", count=3) == "Only 3 left"
    assert _n("{count} item", "{count} items", 1) == "1 item"
    assert _n("{count} item of {of}", "{count} items of {of}", 2, of=5) == "2 items of 5"
    assert N_("Paid") == "Paid"


def test_a_language_is_spoken_inside_and_no_longer_outside() -> None:
    with translation.speaking("sv"):
        assert translation.language() == "sv"
        with translation.speaking("tlh"):
            assert translation.language() == "en", "one we do not know is English"
        assert translation.language() == "sv"
    assert translation.language() == "en"


def test_another_thread_speaks_its_own() -> None:
    heard: list[str] = []
    with translation.speaking("sv"):
        other = Thread(target=lambda: heard.append(translation.language()))
        other.start()
        other.join()
    assert heard == ["en"]


def test_arabic_is_written_from_right_to_left() -> None:
    assert [translation.direction(one) for one in translation.LANGUAGES] == ["ltr", "ltr", "ltr", "ltr", "rtl"]


def test_a_thread_speaks_english_again_once_it_has_answered(app: Flask) -> None:
    app.test_client().get("/selection/nobody/nothing", headers={"Accept-Language": "ja"})
    assert translation.language() == "en"


def test_what_is_filled_in_is_text_unless_it_is_markup(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            "{% import 'ui/all.html' as ui %}{{ _('<i>{who}</i>', who='<b>') }}"
            "{{ _n('{count} of {who}', '{count} of {who}', 2, who=ui.bdi('A')) }}")
    assert shown == "&lt;i&gt;&lt;b&gt;&lt;/i&gt;2 of <bdi>A</bdi>"
