"""The language somebody wants to read: asked for on any public page, remembered by this browser, and nowhere else."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from flask import Response, after_this_request

from sales_portal.core import translation
from sales_portal.core.translation import LANGUAGES
from sales_portal.storefront.speech import COOKIE, PARAMETER, asked_for
from sales_portal.web import security, typed

SECONDS = 365 * 24 * 3600


def remember() -> None:
    """Have this browser remember the language its address asks for, if any."""
    if typed.this_request().method == "GET" and (wanted := asked_for()):
        @after_this_request
        def keep(response: Response) -> Response:
            response.set_cookie(COOKIE, wanted, max_age=SECONDS, path="/", secure=security.has_secure_cookies(),
                                httponly=True, samesite="Lax")
            return response


def own_name() -> str:
    """What the language that is spoken calls itself."""
    return LANGUAGES[translation.language()]


def others(offered: Collection[str], instead: str = "") -> list[tuple[str, str, str]]:
    """The languages `offered` but the one that is spoken: code, own name, and the address of this page in it.

    An answer to a form has no address of its own; there it is that of the page `instead`.
    """
    asked = typed.this_request()
    is_page = asked.method == "GET" or not instead
    page, _sign, query = instead.partition("?")
    here = asked.root_path + asked.path if is_page else page
    kept = [(name, text) for name, text in (asked.args.items(multi=True) if is_page else parse_qsl(query))
            if name != PARAMETER]
    spoken = translation.language()
    return [(code, LANGUAGES[code], f"{here}?{urlencode([*kept, (PARAMETER, code)])}")
            for code in offered if code != spoken]
