"""The language somebody wants to read: chosen on any public page, remembered by this browser, and nowhere else."""

from collections.abc import Collection
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request

from sales_portal.core import translation
from sales_portal.core.translation import LANGUAGES
from sales_portal.storefront.speech import COOKIE
from sales_portal.web import security

PARAMETER = "locale"
SECONDS = 365 * 24 * 3600


def switch() -> Response | None:
    """Remember a language that was asked for, and show the page in it; None where none was."""
    wanted = request.args.get(PARAMETER)
    if wanted is None or request.method != "GET":
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    answer = make_response(redirect(_here(kept), 303))
    if (language := translation.of_locale(wanted)) in LANGUAGES:
        answer.set_cookie(COOKIE, language, max_age=SECONDS, path="/", secure=security.has_secure_cookies(),
                          httponly=True, samesite="Lax")
    return answer


def own_name() -> str:
    """What the language that is spoken calls itself."""
    return LANGUAGES[translation.language()]


def others(offered: Collection[str], instead: str = "") -> list[tuple[str, str, str]]:
    """The languages `offered` but the one that is spoken: code, own name, and the address of this page in it.

    An answer to a form has no address of its own; there it is that of the page `instead`.
    """
    page = request.root_path + request.path if request.method == "GET" or not instead else instead
    spoken = translation.language()
    return [(code, LANGUAGES[code], f"{page}{'&' if '?' in page else '?'}{PARAMETER}={code}")
            for code in offered if code != spoken]


def _here(kept: list[tuple[str, str]]) -> str:
    query = urlencode(kept)
    return f"{request.root_path}{request.path}" + (f"?{query}" if query else "")
