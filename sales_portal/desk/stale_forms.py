"""A form whose page was open too long: told in words, with all that was typed ready to be sent again."""

from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError, generate_csrf

from sales_portal.web import htmx, refusals

NEVER_SHOWN = ("csrf_token", "password")
TITLE = "This page was open for too long"


def answer(_: CSRFError) -> Response:
    """Give the script a new token to repeat the request with, and people without it a button that does the same.

    A form that another site sent is never offered again: the press of the button would be its author's.
    """
    if htmx.is_htmx():
        response = refusals.answer(refusals.Problem(419, TITLE, "Nothing was lost: press the button again."))
    else:
        typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_SHOWN]
        response = make_response(render_template(
            "desk/stale_form.html", title=TITLE, typed=typed if _is_ours() else None), 419)
    response.headers["X-CSRF-Token"] = generate_csrf()
    return response


def _is_ours() -> bool:
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        return urlsplit(sender).netloc == request.host
    except ValueError:
        return False
