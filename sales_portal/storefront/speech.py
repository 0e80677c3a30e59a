"""How the public pages speak: the language of the link, with the amounts and dates of the market's own country."""

from flask import request

from sales_portal.core import translation
from sales_portal.links import queries as links
from sales_portal.links.languages import language_of, written_as
from sales_portal.links.models import CheckoutLink
from sales_portal.sites.models import Site
from sales_portal.web import formatting, typed
from sales_portal.web.extensions import db

COOKIE, PARAMETER = "language", "locale"


def speak_for(link: CheckoutLink) -> None:
    """Write this request as customers of `link` read it; a language this browser chose comes first."""
    speak_as(link, chosen(link.site) or language_of(link))


def speak_as(link: CheckoutLink, language: str) -> None:
    """Write this request about `link` in `language`."""
    formatting.speak(written_as(link), link.site.time_zone, language)


def speak_when_asked(link: CheckoutLink) -> None:
    """Speak to customers of `link` as soon as there is anything to say; most forms that are sent are answered without
    a word, and without a look at who and where the link is for."""
    def find() -> str:
        # A refusal may speak while something is half written, which is not to be stored for a word's sake.
        with db.session.no_autoflush:
            links.name_people(db.session(), link)
        speak_for(link)
        return translation.language()

    translation.speak_when_asked(find)


def speak_at(site: Site) -> None:
    """Write this request, which is about no link, in the language of this browser that `site` speaks."""
    language = chosen(site) or request.accept_languages.best_match(site.spoken) or site.spoken[0]
    formatting.speak(site.locale, site.time_zone, language)


def chosen(site: Site) -> str:
    """The language somebody chose in this browser; empty where none was, or the site does not speak it."""
    return next((language for language in _wanted() if language in site.spoken), "")


def asked_for() -> str:
    """The language the address asks for, as `sv` or `sv-SE`; empty where it asks for none we know."""
    language = translation.of_locale(typed.this_request().args.get(PARAMETER, ""))
    return language if language in translation.LANGUAGES else ""


def speak_until_known() -> None:
    """Speak the language of this browser until it is known what the request is about."""
    def find() -> str:
        speak_to_browser()
        return translation.language()

    translation.speak_when_asked(find)


def speak_to_browser() -> None:
    """Write this request, which is about no site, in the language of this browser."""
    known = next((language for language in _wanted() if language in translation.LANGUAGES), None)
    language = known or request.accept_languages.best_match(translation.LANGUAGES) or translation.ENGLISH
    formatting.speak(language, formatting.DEFAULT_ZONE, language)


def _wanted() -> tuple[str, str]:
    """What this browser asks for, and what it asked for before."""
    return asked_for(), typed.this_request().cookies.get(COOKIE, "")
