"""Words in the language somebody reads: public pages and mails are written in it, everything else in English.

A text is written in English where it is used, `_("Only {count} left", count=3)`, and translated in
`sales_portal/translations/<language>.po`. What is looked up later than it is written is marked with `N_`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "sv": "Svenska", "ja": "日本語", "ar": "العربية"}
"""What public pages and mails are written in, each by its own name."""
RIGHT_TO_LEFT = frozenset({"ar"})
FOLDER = Path(__file__).resolve().parents[1] / "translations"

_LANGUAGE: ContextVar[str | Callable[[], str]] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The language that is spoken now."""
    spoken = _LANGUAGE.get()
    if not isinstance(spoken, str):
        speak(ENGLISH)
        speak(spoken())
        return language()
    return spoken


def of_locale(locale: str) -> str:
    """The language of a locale: `sv` of sv-SE and of sv_SE."""
    return locale.replace("_", "-").partition("-")[0].lower()


def direction(spoken: str) -> str:
    """Whether a language is written from left to right or from right to left, as HTML names it."""
    return "rtl" if spoken in RIGHT_TO_LEFT else "ltr"


@cache
def written_in(spoken: str, locale: str) -> str:
    """A language as it is written in the country `locale` names (English for `sv-SE` is en_SE), or as it is anywhere
    where that names none the CLDR knows."""
    country = territory(locale)
    try:
        return str(Locale.parse(f"{spoken}_{country}")) if country else spoken
    except (UnknownLocaleError, ValueError):
        return spoken


def territory(locale: str) -> str:
    """The country a locale such as `sv-SE` names; empty where it is only a language."""
    return locale.replace("-", "_").partition("_")[2].rpartition("_")[2].upper()


def speak(spoken: str) -> None:
    """Speak a language until another one is spoken; one we do not know is English."""
    _LANGUAGE.set(spoken if spoken in LANGUAGES else ENGLISH)


def speak_when_asked(find: Callable[[], str]) -> None:
    """Speak the language `find` answers; it is asked when the first text is looked up, which mostly none is."""
    _LANGUAGE.set(find)


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Speak a language inside, and afterwards the one before."""
    before = _LANGUAGE.get()
    speak(spoken)
    try:
        yield
    finally:
        _LANGUAGE.set(before)


def _(text: str, **values: object) -> str:
    """`text` in the language that is spoken, its `{placeholders}` filled in."""
    said = _said(text)
    return said.format(**values) if values else said


def _n(one: str, many: str, count: int, **values: object) -> str:
    """`one` or `many`, whichever form `count` takes in the language that is spoken; `{count}` is filled in too."""
    return form_of(one, many, count).format(count=count, **values)


def form_of(one: str, many: str, count: int) -> str:
    """The form that `count` takes, its placeholders not filled in."""
    spoken = language()
    return (one if count == 1 else many) if spoken == ENGLISH else catalog(spoken).ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802
    """`text` as it is, marked to be translated where it is shown."""
    return text


@cache
def catalog(spoken: str) -> GNUTranslations:
    """The translations into a language, read once."""
    with (FOLDER / f"{spoken}.po").open("rb") as file:
        messages = read_po(file, spoken)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _said(text: str) -> str:
    spoken = language()
    return text if spoken == ENGLISH else catalog(spoken).gettext(text)
