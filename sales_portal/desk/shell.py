"""What the frame around every staff page shows: brand, who is signed in, theme, and where its buttons lead."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, request, url_for

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.desk.forms.preferences import THEMES
from sales_portal.web import formatting, templating
from sales_portal.web import staff as staff_sessions

BRAND = "Sales Portal"
DENSITIES = ("comfortable", "compact")
THEME_COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the profile menu."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Who is signed in, as the menu names them."""

    name: str
    email: str
    role: str
    photo_url: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one answer; an empty address leaves its control out."""

    brand: str
    home_url: str
    theme: str
    density: str
    test_mode: bool
    new_selection_url: str = ""
    search_url: str = ""
    preferences_url: str = ""
    log_out_url: str = ""
    profile: Profile | None = None
    profile_links: tuple[Link, ...] = ()
    language: str = "en"
    direction: str = "ltr"
    shortcuts: bool = True
    sounds: bool = False
    seconds_left: int = 0


def speak_for_staff() -> None:
    """Write the values of this request as the country of its reader's site does, in that site's time zone."""
    signed_in = staff_sessions.who()
    if signed_in is not None:
        formatting.speak(signed_in.staff.site.locale, signed_in.staff.site.time_zone)


def context() -> dict[str, object]:
    """The variables of the staff layouts: `shell`, and `theme` for pages without a frame."""
    return _SHOWN


def home_of(person: Staff) -> str:
    """Where `person` begins: Home; where their role sells nothing the webhooks, or else their own page."""
    if person.may(Permission.SELECTIONS):
        return url_for("desk.home.index")
    return url_for("desk.webhooks.index" if person.may(Permission.DEVELOPERS) else "desk.profile.form")


def _frame() -> Shell:
    signed_in = staff_sessions.who()
    return _anonymous() if signed_in is None else _of(signed_in.staff, signed_in.ends_at)


def _theme() -> str:
    return _frame().theme


_SHOWN = {"shell": templating.when_shown(_frame), "theme": templating.when_shown(_theme)}


def _anonymous() -> Shell:
    return Shell(BRAND, url_for("desk.login.form"), _one_of(THEMES, request.cookies.get(THEME_COOKIE)), DENSITIES[0],
                 current_app.config["DEMO"])


def _of(person: Staff, ends_at: datetime) -> Shell:
    can_start = person.may(Permission.SELECTIONS_EDIT)
    return Shell(
        brand=person.site.name, home_url=home_of(person),
        theme=_one_of(THEMES, person.preferences.get("theme") or request.cookies.get(THEME_COOKIE)),
        density=_one_of(DENSITIES, person.preferences.get("density")), test_mode=current_app.config["DEMO"],
        seconds_left=int((ends_at - clock.now()).total_seconds()),
        shortcuts=person.preferences.get("shortcuts", True) is True, sounds=person.preferences.get("sounds") is True,
        new_selection_url=url_for("desk.start.create") if can_start else "",
        preferences_url=url_for("desk.preferences.save"), log_out_url=url_for("desk.login.leave"),
        profile=Profile(person.name, person.email, person.role.name, _photo_url(person)),
        profile_links=_links(person))


def _photo_url(person: Staff) -> str:
    return url_for("storefront.brands.face", photo=person.photo) if person.photo else ""


def _links(person: Staff) -> tuple[Link, ...]:
    own = Link("Profile", url_for("desk.profile.form"), "user")
    if not person.may(Permission.SETTINGS_EDIT):
        return (own,)
    return own, Link("Component gallery", url_for("desk.ui.index"), "layers")


def _one_of(allowed: tuple[str, ...], value: object) -> str:
    return next((known for known in allowed if known == value), allowed[0])
