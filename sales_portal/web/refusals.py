"""Refusals and failures as answers: a page for a browser, a fragment for htmx, never a trace."""

import secrets
from contextlib import suppress
from dataclasses import dataclass

import structlog
from babel.dates import format_timedelta
from flask import Flask, Response, current_app, make_response, render_template
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from sales_portal.core import translation
from sales_portal.core.errors import Forbidden, Refusal
from sales_portal.core.translation import N_, _
from sales_portal.core.trouble import is_passing
from sales_portal.web import htmx, staff, typed

SECONDS_TO_RETURN = 5

log = structlog.get_logger()
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_WORDS = {
    400: (N_("This request was damaged"), N_("Go back, reload the page and try again. Nothing was saved or lost.")),
    403: (N_("You don't have access to this page"), N_("Ask an administrator if you need it.")),
    404: (N_("We can't find this page"), N_("It may have been deleted, or the address is mistyped.")),
    405: (N_("This address does something else"), N_("Go back and use the buttons of the page.")),
    409: (N_("This can't be done right now"), ""),
    413: (N_("That is too much text at once"),
          N_("Shorten it to less than 1 MB and send it again. Nothing was lost.")),
    415: (N_("This request was damaged"), N_("Go back, reload the page and try again.")),
    419: (N_("This page was open for too long"), N_("Nothing was lost: reload it and press the button again.")),
    422: (N_("There is a problem"), ""),
}
_OTHERWISE = (N_("This didn't work"), N_("Go back and try again."))


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
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(PoolTimeout, _database_failed)
    app.register_error_handler(Exception, _failed)


def answer(problem: Problem) -> Response:
    """`problem` as a fragment for htmx and as a page for everyone else."""
    template = "web/_error.html" if htmx.is_htmx() else "web/error.html"
    return make_response(render_template(template, problem=problem), problem.status)


def _refused(refusal: Refusal) -> Response:
    title = _WORDS.get(refusal.status, _WORDS[409])[0]
    whom = f" Ask {staff.admins()}." if isinstance(refusal, Forbidden) and staff.who() is not None else ""
    return answer(Problem(refusal.status, _(title), refusal.text + whom))


def _stale_form(error: CSRFError) -> Response:
    response = answer(_problem(419))
    response.headers["X-CSRF-Token"] = generate_csrf()
    return response


def _too_many(error: RateLimitExceeded) -> Response:
    seconds = error.limit.limit.get_expiry() if error.limit is not None else 60
    wait = _("Wait {time} and try again.", time=format_timedelta(seconds, locale=translation.language()))
    response = answer(Problem(429, _("Too many tries"), wait))
    response.headers["Retry-After"] = str(seconds)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    response = answer(_too_large() if status == 413 else _problem(status))
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


def _too_large() -> Problem:
    most = typed.this_request().max_content_length
    if most is None or most == current_app.config["MAX_CONTENT_LENGTH"]:
        return _problem(413)
    # Files are sent by staff alone.
    return Problem(413, "That file is too large", f"Choose one of less than {most // 1_000_000} MB. Nothing was lost.")


def _database_failed(error: Exception) -> Response:
    if not is_passing(error):
        return _failed(error)
    with suppress(Exception):
        translation.language()
    log.error("database failed", error=type(error).__name__, why=str(error).partition("\n")[0])
    text = _("Wait a few seconds and try again. Nothing is saved or charged twice.")
    response = answer(Problem(503, _("We can't answer right now"), text))
    response.headers["Retry-After"] = str(SECONDS_TO_RETURN)
    return response


def _failed(error: Exception) -> Response:
    # A database that failed can't be asked either whose language to speak; then it is English.
    with suppress(Exception):
        translation.language()
    code = "E-" + "".join(secrets.choice(_ALPHABET) for _place in range(4))
    log.error("request failed", code=code, exc_info=error)
    text = _("Nothing you saved was lost. Try again; if it stays, tell us the code {code}.", code=code)
    return answer(Problem(500, _("Something went wrong on our side"), text, code))


def _problem(status: int) -> Problem:
    """What is said where nobody gave a reason."""
    title, text = _WORDS.get(status, _OTHERWISE)
    return Problem(status, _(title), _(text) if text else "")
