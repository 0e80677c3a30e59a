"""A person's own page: who the portal takes them for, what customers see of them, and how they like it drawn."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from sales_portal.accounts import photos, service
from sales_portal.automation.link_mails import TELLS_OPENED
from sales_portal.core.errors import Invalid
from sales_portal.desk import shell
from sales_portal.desk.forms.profile import ProfileForm
from sales_portal.desk.preferences import YEAR_SECONDS
from sales_portal.web import htmx, security, staff, typed
from sales_portal.web.extensions import db

ROOM_FOR_FORM = 2_000_000
"""Bytes around the photo: what is a little too large is refused at its field, and not by a page that knows of none."""

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


@blueprint.get("")
@staff.any_staff
def form() -> Response:
    """The page with what is chosen now."""
    return _show(_chosen())


@blueprint.post("")
@staff.any_staff
def save() -> Response:
    """Keep the choices with the person, and the theme in this browser for pages before the log-in."""
    wanted, person = ProfileForm(), staff.current_staff()
    if not wanted.validate():
        return _show(wanted, 422)
    chosen = {"theme": wanted.theme.data, "density": wanted.density.data, "shortcuts": wanted.shortcuts.data,
              "sounds": wanted.sounds.data, TELLS_OPENED: wanted.tells_opened.data}
    person.preferences = {**person.preferences, **chosen}
    flash("Saved.", "success")
    response = htmx.go(url_for(".form"))
    response.set_cookie(shell.THEME_COOKIE, str(wanted.theme.data), max_age=YEAR_SECONDS, httponly=True, samesite="Lax",
                        secure=security.has_secure_cookies())
    return response


@blueprint.post("/photo")
@staff.any_staff
@typed.takes_up_to(photos.LARGEST_BYTES + ROOM_FOR_FORM)
def save_photo() -> Response:
    """Show customers the photo that was chosen."""
    chosen = request.files.get("photo")
    try:
        service.set_photo(db.session(), staff.current_staff(), chosen.read() if chosen is not None else b"")
    except Invalid as refusal:
        return _show(_chosen(), 422, wrong_photo=refusal.text)
    flash("Customers see your photo.", "success")
    return htmx.go(url_for(".form"))


@blueprint.post("/photo/removal")
@staff.any_staff
def remove_photo() -> Response:
    """Show initials in place of the photo."""
    service.remove_photo(db.session(), staff.current_staff())
    flash("The photo is gone.", "success")
    return htmx.go(url_for(".form"))


def _chosen() -> ProfileForm:
    kept = staff.current_staff().preferences
    return ProfileForm(data={
        "theme": kept.get("theme", "system"), "density": kept.get("density", "comfortable"),
        "shortcuts": kept.get("shortcuts", True) is True, "sounds": kept.get("sounds") is True,
        TELLS_OPENED: kept.get(TELLS_OPENED, True) is not False})


def _show(wanted: ProfileForm, status: int = 200, *, wrong_photo: str = "") -> Response:
    return make_response(render_template("desk/profile/form.html", form=wanted, wrong_photo=wrong_photo), status)
