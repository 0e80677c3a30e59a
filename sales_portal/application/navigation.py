"""The entries of the staff menu: each is shown to those who may open it."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import queries as approvals
from sales_portal.web import htmx, templating
from sales_portal.web import staff as staff_sessions
from sales_portal.web.extensions import db


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
    Entry("Products", "desk.products.start", "products", Permission.SELECTIONS_EDIT),
    Entry("Approvals", "desk.approvals.index", "approvals", Permission.APPROVALS_DECIDE),
    Entry("Mailbox", "desk.mailbox.index", "mail", Permission.MAILBOX),
    Entry("Alerts", "desk.alerts.index", "bell", Permission.MAILBOX),
    Entry("Webhooks", "desk.webhooks.index", "webhook", Permission.DEVELOPERS),
    Entry("Settings", "desk.sites.index", "settings", Permission.SETTINGS),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the layout draws it; everything below its address belongs to it."""

    label: str
    url: str
    icon: str
    current: bool
    badge: str | None = None
    group: bool = False


def install(door: Blueprint) -> None:
    """Give the templates of the staff pages behind `door` the menu and who is signed in."""
    around = {"navigation": templating.when_shown(_entries), "staff": templating.when_shown(_reader)}
    door.context_processor(lambda: around)


def _reader() -> Staff | None:
    signed_in = staff_sessions.who()
    return signed_in.staff if signed_in is not None else None


def _entries() -> list[Shown]:
    person = _reader()
    if person is None:
        return []
    addresses = [(entry, url_for(entry.endpoint)) for entry in ENTRIES if person.may(entry.permission)]
    return [Shown(entry.label, url, entry.icon, f"{request.path}/".startswith(f"{url}/"), _badge(entry, person))
            for entry, url in addresses]


def _badge(entry: Entry, person: Staff) -> str | None:
    # A fragment shows no menu, so it need not ask.
    if entry.permission is not Permission.APPROVALS_DECIDE or htmx.is_htmx():
        return None
    return str(approvals.count_waiting(db.session(), person) or "") or None
