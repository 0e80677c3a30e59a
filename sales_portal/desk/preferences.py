"""How a person likes the portal drawn."""

from flask import Blueprint, Response, make_response, request, url_for

from sales_portal.desk import return_path, shell
from sales_portal.desk.forms.preferences import PreferencesForm
from sales_portal.web import htmx, security, staff

blueprint = Blueprint("preferences", __name__)

YEAR_SECONDS = 31_536_000


@blueprint.post("/preferences")
@staff.any_staff
def save() -> Response:
    """Keep the chosen theme for this person everywhere, and for this browser before anyone logs in."""
    typed = PreferencesForm()
    response = _answer()
    if typed.validate():
        person = staff.current_staff()
        person.preferences = {**person.preferences, "theme": typed.theme.data}
        response.set_cookie(shell.THEME_COOKIE, str(typed.theme.data), max_age=YEAR_SECONDS, httponly=True,
                            samesite="Lax", secure=security.has_secure_cookies())
    return response


def _answer() -> Response:
    if htmx.is_htmx():
        return make_response("", 204)
    return htmx.go(return_path.own_path(request.referrer) or url_for("desk.home.index"))
