"""A person's own page: who the portal takes them for, and how they like it drawn."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.automation.link_mails import TELLS_OPENED
from sales_portal.desk import shell
from sales_portal.desk.forms.profile import ProfileForm
from sales_portal.desk.preferences import YEAR_SECONDS
from sales_portal.web import htmx, security, staff

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


@blueprint.get("")
@staff.any_staff
def form() -> Response:
    """The page with what is chosen now."""
    kept = staff.current_staff().preferences
    return _show(ProfileForm(data={
        "theme": kept.get("theme", "system"), "density": kept.get("density", "comfortable"),
        "shortcuts": kept.get("shortcuts", True) is True, "sounds": kept.get("sounds") is True,
        TELLS_OPENED: kept.get(TELLS_OPENED, True) is not False}))


@blueprint.post("")
@staff.any_staff
def save() -> Response:
    """Keep the choices with the person, and the theme in this browser for pages before the log-in."""
    typed, person = ProfileForm(), staff.current_staff()
    if not typed.validate():
        return _show(typed, 422)
    chosen = {"theme": typed.theme.data, "density": typed.density.data, "shortcuts": typed.shortcuts.data,
              "sounds": typed.sounds.data, TELLS_OPENED: typed.tells_opened.data}
    person.preferences = {**person.preferences, **chosen}
    flash("Saved.", "success")
    response = htmx.go(url_for(".form"))
    response.set_cookie(shell.THEME_COOKIE, str(typed.theme.data), max_age=YEAR_SECONDS, httponly=True, samesite="Lax",
                        secure=security.has_secure_cookies())
    return response


def _show(typed: ProfileForm, status: int = 200) -> Response:
    return make_response(render_template("desk/profile/form.html", form=typed), status)
