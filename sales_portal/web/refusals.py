"""Refusals and failures as answers: a page for a browser, a fragment for htmx, never a trace."""

import secrets
from dataclasses import dataclass

import structlog
from babel.dates import format_timedelta
from flask import Flask, Response, make_response, render_template
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException

from sales_portal.core.errors import Forbidden, Refusal
from sales_portal.web import htmx, staff

log = structlog.get_logger()
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_WORDS = {
    400: ("This request was damaged", "Go back, reload the page and try again. Nothing was saved or lost."),
    403: ("You don't have access to this page", "Ask an administrator if you need it."),
    404: ("We can't find this page", "It may have been deleted, or the address is mistyped."),
    405: ("This address does something else", "Go back and use the buttons of the page."),
    409: ("This can't be done right now", ""),
    413: ("That is too much text at once", "Shorten it to less than 1 MB and send it again. Nothing was lost."),
    415: ("This request was damaged", "Go back, reload the page and try again."),
    419: ("This page was open for too long", "Nothing was lost: reload it and press the button again."),
    422: ("There is a problem", ""),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error page says."""

    status: int
    title: str
    text: str
    code: str | None = None


def install(app: Flask) -> None:
    """Answer every refusal and failure of `app` in words."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def answer(problem: Problem) -> Response:
    """`problem` as a fragment for htmx and as a page for everyone else."""
    template = "web/_error.html" if htmx.is_htmx() else "web/error.html"
    return make_response(render_template(template, problem=problem), problem.status)


def _refused(refusal: Refusal) -> Response:
    title, _ = _WORDS.get(refusal.status, _WORDS[409])
    whom = f" Ask {staff.admins()}." if isinstance(refusal, Forbidden) and staff.who() is not None else ""
    return answer(Problem(refusal.status, title, refusal.text + whom))


def _stale_form(_: CSRFError) -> Response:
    response = answer(Problem(419, *_WORDS[419]))
    response.headers["X-CSRF-Token"] = generate_csrf()
    return response


def _too_many(error: RateLimitExceeded) -> Response:
    seconds = error.limit.limit.get_expiry() if error.limit is not None else 60
    response = answer(Problem(429, "Too many tries", f"Wait {format_timedelta(seconds, locale='en')} and try again."))
    response.headers["Retry-After"] = str(seconds)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    title, text = _WORDS.get(status, ("This didn't work", "Go back and try again."))
    response = answer(Problem(status, title, text))
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


def _failed(error: Exception) -> Response:
    code = "E-" + "".join(secrets.choice(_ALPHABET) for _ in range(4))
    log.error("request failed", code=code, exc_info=error)
    return answer(Problem(500, "Something went wrong on our side",
                          f"Nothing you saved was lost. Try again; if it stays, tell us the code {code}.", code))
