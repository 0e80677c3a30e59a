"""What every staff page shows around its content: the menu, who is signed in, and how they like it drawn."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.web import staff as staff_sessions

THEMES = ("system", "light", "dark")
DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; `endpoint` is the page it opens."""

    label: str
    endpoint: str
    icon: str
    permission: Permission


ENTRIES = (
    Entry("Home", "desk.home.index", "home", Permission.SELECTIONS),
    Entry("Selections", "desk.selections.index", "selections", Permission.SELECTIONS),
    Entry("Links", "desk.links.index", "link", Permission.LINKS),
    Entry("Customers", "desk.customers.index", "customers", Permission.CUSTOMERS),
    Entry("Orders", "desk.orders.index", "orders", Permission.ORDERS),
    Entry("Mailbox", "desk.mailbox.index", "mail", Permission.MAILBOX),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the layout draws it."""

    label: str
    url: str
    icon: str
    current: bool
    badge: str | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the profile menu."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Who is signed in, as the top bar names them."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a staff page. An empty address leaves its control out."""

    brand: str
    home_url: str
    theme: str
    density: str
    shortcuts: bool
    test_mode: bool
    new_selection_url: str = ""
    search_url: str = ""
    log_out_url: str = ""
    preferences_url: str = ""
    profile: Profile | None = None
    profile_links: tuple[Link, ...] = ()
    direction: str = "ltr"
    language: str = "en"


def install(app: Flask) -> None:
    """Give the templates of `app` the menu, the frame and who is signed in."""
    app.context_processor(_context)


def _context() -> dict[str, object]:
    signed_in = staff_sessions.who()
    if signed_in is None:
        return {"navigation": (), "staff": None, "shell": _frame("Sales Portal"), "theme": _theme({})}
    person = signed_in.staff
    return {"navigation": _entries(person), "staff": person, "shell": _shell(person),
            "theme": _theme(person.preferences)}


def _entries(person: Staff) -> list[Shown]:
    shown = []
    for entry in ENTRIES:
        if person.may(entry.permission):
            url = url_for(entry.endpoint)
            shown.append(Shown(entry.label, url, entry.icon, f"{request.path}/".startswith(f"{url}/")))
    return shown


def _frame(brand: str) -> Shell:
    return Shell(brand=brand, home_url="/", theme=_theme({}), density=DENSITIES[0], shortcuts=True,
                 test_mode=current_app.config["DEMO"])


def _shell(person: Staff) -> Shell:
    links = [Link("Profile", url_for("desk.profile.form"), "user")]
    if person.may(Permission.SETTINGS_EDIT):
        links.append(Link("Component gallery", url_for("desk.ui.index"), "layers"))
    return Shell(
        brand=person.site.name, home_url=url_for(_first_page(person)), theme=_theme(person.preferences),
        density=_one_of(DENSITIES, person.preferences.get("density")),
        shortcuts=person.preferences.get("shortcuts", True) is True, test_mode=current_app.config["DEMO"],
        new_selection_url=url_for("desk.selections.create") if person.may(Permission.SELECTIONS_EDIT) else "",
        log_out_url=url_for("desk.login.leave"), preferences_url=url_for("desk.profile.save"),
        profile=Profile(person.name, person.email, person.role.name), profile_links=tuple(links))


def _first_page(person: Staff) -> str:
    """The page a person lands on: the first of the menu they may open, else their own profile."""
    return next((entry.endpoint for entry in ENTRIES if person.may(entry.permission)), "desk.profile.form")


def _theme(preferences: dict[str, object]) -> str:
    return _one_of(THEMES, preferences.get("theme") or request.cookies.get("theme"))


def _one_of(allowed: tuple[str, ...], value: object) -> str:
    return next((known for known in allowed if known == value), allowed[0])
