"""Telling people from machines, and one visitor from another, without storing who they are."""

import re
from functools import lru_cache

from flask import current_app, request

from sales_portal.core import clock, tokens
from sales_portal.links import opening
from sales_portal.links.opening import Opener
from sales_portal.storefront.guests import Guest
from sales_portal.web import staff as staff_sessions
from sales_portal.web.extensions import db

AGENTS = 256
"""So many names of browsers are told apart by looking once; most people have one of few."""
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|facebookexternalhit|whatsapp|telegram|skype|slack|discord|embedly|"
    r"safelinks|proofpoint|mimecast|barracuda|curl/|wget/|python-requests|python-urllib|httpx|go-http-client|libwww|"
    r"java/|okhttp", re.IGNORECASE)
_TABLETS = re.compile(r"ipad|tablet|kindle|silk/|android(?!.*mobile)", re.IGNORECASE)
_PHONES = re.compile(r"iphone|ipod|mobile|windows phone", re.IGNORECASE)
_BROWSERS = (("Edge", re.compile(r"\bEdg(e|A|iOS)?/")), ("Opera", re.compile(r"\bOPR/|\bOpera")),
             ("Samsung Internet", re.compile(r"\bSamsungBrowser/")), ("Firefox", re.compile(r"\b(Firefox|FxiOS)/")),
             ("Chrome", re.compile(r"\b(Chrome|CriOS)/")), ("Safari", re.compile(r"\bSafari/")))


def note(guest: Guest) -> bool:
    """Record that this visitor looked at the link, unless it is a machine or one of the house; True where new."""
    if is_machine():
        opening.note_machine(db.session(), guest.link)
        return False
    opener = mark(guest)
    return opener is not None and opening.note_opened(db.session(), guest.link, opener)


def mark(guest: Guest) -> Opener | None:
    """What tells this visitor of the link from others; None for a machine and for one of the house."""
    return None if is_machine() or staff_sessions.who() is not None else _opener(guest)


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
    return _names_a_machine(request.user_agent.string)


@lru_cache(AGENTS)
def _names_a_machine(agent: str) -> bool:
    return not agent or _MACHINES.search(agent) is not None


@lru_cache(AGENTS)
def device_of(agent: str) -> str:
    """What somebody holds, as a browser names itself: phone, tablet or computer."""
    if _TABLETS.search(agent):
        return "tablet"
    return "phone" if _PHONES.search(agent) else "computer"


@lru_cache(AGENTS)
def browser_of(agent: str) -> str:
    """The family of a browser; empty for one that few people use."""
    return next((name for name, pattern in _BROWSERS if pattern.search(agent)), "")


def _opener(guest: Guest) -> Opener:
    # Keyed by address and day: the mark tells two visitors of one link apart and nothing else.
    agent = request.user_agent.string
    parts = (current_app.config["SECRET_KEY"], guest.public_id, request.remote_addr or "", agent,
             clock.now().date().isoformat())
    return Opener(tokens.digest("\n".join(parts))[:16], guest.public_id, device_of(agent), browser_of(agent))
