"""Logging in and out."""

import math

from flask import Blueprint, Response, current_app, make_response, render_template, request, session, url_for
from limits import RateLimitItemPerMinute

from sales_portal.accounts import queries as accounts
from sales_portal.accounts import service as accounts_service
from sales_portal.accounts.errors import WrongLogIn
from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.desk import return_path, shell
from sales_portal.desk.forms.login import LogInForm
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db, limiter

blueprint = Blueprint("login", __name__)

PER_ACCOUNT = RateLimitItemPerMinute(5, 15, namespace="log-in")
PER_ADDRESS = RateLimitItemPerMinute(60, 15, namespace="log-in-address")


@blueprint.get("/login")
@staff.anyone
def form() -> Response:
    """Ask who it is; in a dialog over the page where a session ended while somebody was typing."""
    signed_in = staff.who()
    if signed_in is not None and not _in_dialog():
        return htmx.go(_way_on(signed_in.staff, request.args.get("next")))
    return _show(LogInForm(request.args, meta={"csrf": False}))


@blueprint.post("/login")
@staff.anyone
def enter() -> Response:
    """Let the person in, or say the same words whether e-mail or password is wrong."""
    typed = LogInForm()
    if not typed.validate():
        return _show(typed, _problems(typed), 422)
    minutes = _minutes_to_wait(typed.email.data or "")
    if minutes:
        unit = "minute" if minutes == 1 else "minutes"
        return _show(typed, [("field-email", f"Too many tries. Wait {minutes} {unit} and try again.")], 429)
    try:
        person = accounts_service.check_log_in(
            db.session(), typed.email.data or "", typed.password.data or "", demo=current_app.config["DEMO"])
    except (WrongLogIn, Invalid) as refusal:
        return _show(typed, [(f"field-{refusal.field}", refusal.text)], 422)
    limiter.limiter.clear(PER_ACCOUNT, *_account_key(typed.email.data or ""))
    staff.sign_out()
    staff.sign_in(person)
    if _in_dialog():
        return htmx.fragments("", status=204, trigger={"signed-in": {}, **_lasts()})
    return htmx.go(_way_on(person, typed.next.data))


@blueprint.post("/login/extension")
@staff.any_staff
def stay() -> Response:
    """Let this browser's session last as long again."""
    staff.stay_signed_in()
    if htmx.is_htmx():
        return htmx.fragments("", status=204, trigger=_lasts())
    return htmx.go(return_path.own_path(request.referrer) or shell.home_of(staff.current_staff()))


@blueprint.post("/logout")
@staff.anyone
def leave() -> Response:
    """End this browser's session."""
    signed_in = staff.who()
    if signed_in is not None:
        accounts_service.note_log_out(db.session(), signed_in.staff)
        staff.sign_out()
    session.clear()
    return htmx.go(url_for("desk.login.form"))


def _lasts() -> dict[str, object]:
    return {"session-extended": {"seconds": int(staff.LIFETIME.total_seconds())}}


def _show(typed: LogInForm, problems: list[tuple[str, str]] | None = None, status: int = 200) -> Response:
    template = "desk/login/_dialog.html" if _in_dialog() else "desk/login/form.html"
    demo = accounts.list_demo_staff(db.session()) if current_app.config["DEMO"] and not _in_dialog() else ()
    return make_response(render_template(template, form=typed, problems=problems or [], demo=demo), status)


def _problems(typed: LogInForm) -> list[tuple[str, str]]:
    return [(f"field-{field.name}", str(field.errors[0])) for field in typed if field.errors]


def _minutes_to_wait(email: str) -> int:
    # Every try counts before it is looked at, so that many at once cannot slip through together.
    for limit, key in ((PER_ACCOUNT, _account_key(email)), (PER_ADDRESS, (request.remote_addr or "",))):
        if not limiter.limiter.hit(limit, *key):
            left = limiter.limiter.get_window_stats(limit, *key).reset_time - clock.now().timestamp()
            return min(max(1, math.ceil(left / 60)), limit.get_expiry() // 60)
    return 0


def _account_key(email: str) -> tuple[str, str]:
    return request.remote_addr or "", email.strip().lower()


def _in_dialog() -> bool:
    return request.args.get("dialog") == "1" and htmx.is_htmx()


def _way_on(person: Staff, wanted: str | None) -> str:
    """The page of our own that was asked for before the log-in; anything else leads `person` home."""
    path = return_path.own_path(wanted)
    leads_back = path is not None and path.split("?")[0] in (url_for(".form"), url_for(".leave"))
    return shell.home_of(person) if path is None or leads_back else path
