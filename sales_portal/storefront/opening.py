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


def note(guest: Guest, *, goes_on: bool = False) -> bool:
    """Record that this visitor looked at the link, unless it is a machine or one of the house; True where new.

    `goes_on`: the same press makes the private copy, which is further than opening.
    """
    if is_machine() or staff_sessions.who() is not None:
        return False
    return opening.note_opened(db.session(), guest.link, _mark(guest), moves_progress=not goes_on)


def is_machine() -> bool:
    """Whether the browser says itself that it is no person's: mail scanners, previews, crawlers."""
    agent = request.user_agent.string
    return not agent or _MACHINES.search(agent) is not None


def _mark(guest: Guest) -> str:
    # Keyed by link and day: the mark tells two visitors of one link apart and nothing else.
    parts = (current_app.config["SECRET_KEY"], guest.address.public_id, request.remote_addr or "",
             request.user_agent.string, clock.now().date().isoformat())
    return tokens.digest("\n".join(parts))[:16]
