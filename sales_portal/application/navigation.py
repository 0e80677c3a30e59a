"""The entries of the staff menu: each is shown to those who may open it."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.web import staff as staff_sessions


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    label: str
    endpoint: str
    icon: str
    permission: Permission | None


ENTRIES = (
    Entry("Home", "desk.home.index", "home", Permission.SELECTIONS),
    Entry("Selections", "desk.selections.index", "basket", Permission.SELECTIONS),
    Entry("Links", "desk.links.index", "link", Permission.LINKS),
    Entry("Customers", "desk.customers.index", "people", Permission.CUSTOMERS),
    Entry("Orders", "desk.orders.index", "receipt", Permission.ORDERS),
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


def install(app: Flask) -> None:
    """Give the templates of `app` the menu and who is signed in."""
    app.context_processor(_context)


def _context() -> dict[str, object]:
    signed_in = staff_sessions.who()
    if signed_in is None:
        return {"navigation": (), "staff": None}
    person = signed_in.staff
    section = (request.endpoint or "").rsplit(".", 1)[0]
    entries = [Shown(entry.label, url_for(entry.endpoint), entry.icon, entry.endpoint.rsplit(".", 1)[0] == section)
               for entry in ENTRIES if entry.permission is None or person.may(entry.permission)]
    return {"navigation": entries, "staff": person}
