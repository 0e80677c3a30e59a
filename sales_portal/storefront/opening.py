"""Telling people from machines, and one visitor from another, without storing who they are."""

import re

from flask import current_app, request

from sales_portal.core import clock, tokens
from sales_portal.links import opening
from sales_portal.storefront.guests import Guest
from sales_portal.web import staff as staff_sessions
from sales_portal.web.extensions import db

_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|facebookexternalhit|whatsapp|telegram|skype|slack|discord|embedly|"
    r"safelinks|proofpoint|mimecast|barracuda|curl/|wget/|python-requests|python-urllib|httpx|go-http-client|libwww|"
    r"java/|okhttp", re.IGNORECASE)


def note(guest: Guest) -> bool:
    """Record that this visitor looked at the link, unless it is a machine or one of the house; True where new."""
    visitor = mark(guest)
    return visitor is not None and opening.note_opened(db.session(), guest.link, visitor)


def mark(guest: Guest) -> str | None:
    """What tells this visitor of the link from others; None for a machine and for one of the house."""
    return None if is_machine() or staff_sessions.who() is not None else _mark(guest)


def note_started(guest: Guest) -> None:
    """Record that a person went on from the first page that asks, where the link skips the one before."""
    visitor = mark(guest) if guest.link.skips_landing else None
    if visitor is not None:
        opening.note_started(db.session(), guest.link, visitor)


def beacon_of(guest: Guest) -> str | None:
    """Where a page behind the first one says that a person looks at it: only where the first one is skipped."""
    return guest.url("landing.opened") if guest.link.skips_landing else None


def is_visit() -> bool:
    """Whether a browser opens the page itself: no look ahead of it, no part of another page, no question about it."""
    said = request.headers
    is_page = said.get("Sec-Fetch-Dest", "document") == "document" and "Range" not in said
    is_ahead = any(said.get(name) for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return request.method == "GET" and is_page and not is_ahead


def is_machine() -> bool:
    """Whether the browser says itself that it is no person's: mail scanners, previews, crawlers."""
    agent = request.user_agent.string
    return not agent or _MACHINES.search(agent) is not None


def _mark(guest: Guest) -> str:
    # Keyed by link and day: the mark tells two visitors of one link apart and nothing else.
    parts = (current_app.config["SECRET_KEY"], guest.public_id, request.remote_addr or "",
             request.user_agent.string, clock.now().date().isoformat())
    return tokens.digest("\n".join(parts))[:16]
