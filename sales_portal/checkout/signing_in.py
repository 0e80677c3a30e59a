"""Showing by a code that an e-mail address is one's own, where the site asks customers to.

A code has six digits, is good for ten minutes and five tries, and a new one ends the one before. What is stored of it
is a digest that needs the portal's key, and the mail holds it sealed.
"""

from datetime import timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sales_portal.checkout import fixed
from sales_portal.checkout.models import CheckoutSession, SignInCode
from sales_portal.core import clock, tokens
from sales_portal.core.writing import change
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import contexts
from sales_portal.messaging import service as messaging

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
_CODES = cast(Table, SignInCode.__table__)


class Tried(StrEnum):
    """What became of a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


def is_needed(visit: CheckoutSession, link: CheckoutLink) -> bool:
    """Whether this copy's customer must still sign in. Needs the link's site."""
    return link.site.requires_sign_in and visit.signed_in_at is None


def get_code(session: Session, visit: CheckoutSession) -> SignInCode | None:
    """The code of a copy that may still be typed, or None."""
    code = session.get(SignInCode, visit.id, populate_existing=True)
    return code if code is not None and code.tries < MOST_TRIES and code.expires_at > clock.now() else None


def send_code(session: Session, visit: CheckoutSession, link: CheckoutLink, email: str) -> None:
    """Mail a new code to `email`, or to the address the agent fixed; the one before is good no more.

    Refuses with `OtherEmail` whoever is not the one who may pay, and with `Invalid` what is no address. Needs the
    link's site and market.
    """
    email = fixed.values_of(link).get("email", email)
    fixed.refuse_other_email(link, email)
    code, at = tokens.new_code(), clock.now()
    _keep(session, {"checkout_session_id": visit.id, "email": email, "code_digest": _digest(visit, code),
                    "expires_at": at + LIFETIME, "tries": 0})
    # The code goes where else the secret address goes: sealed, so that neither the database nor a log tells it.
    messaging.queue_mail(
        session, template="sign-in-code", to=email, to_name="", sender_name=link.site.name, reply_to=link.site.email,
        subject=visit, context=contexts.SignInCode(brand=contexts.brand_of(link.site),
                                                   minutes=int(LIFETIME.total_seconds()) // 60),
        by=history.CUSTOMER, url=code, locale=link.market.locale, time_zone=link.site.time_zone,
        language=language_of(link))


def try_code(session: Session, visit: CheckoutSession, link: CheckoutLink, typed: str) -> Tried:
    """Sign the customer in where `typed` is the code; a wrong one counts, also of several at once."""
    found = session.execute(
        update(_CODES).where(_CODES.c.checkout_session_id == visit.id, _CODES.c.tries < MOST_TRIES,
                             _CODES.c.expires_at > clock.now())
        .values(tries=_CODES.c.tries + 1).returning(_CODES.c.code_digest, _CODES.c.email, _CODES.c.tries)).first()
    if found is None:
        return Tried.OVER
    if not tokens.is_same(_digest(visit, typed), found.code_digest):
        return Tried.WRONG if found.tries < MOST_TRIES else Tried.OVER
    session.execute(delete(_CODES).where(_CODES.c.checkout_session_id == visit.id))
    change(session, (visit, {"email": found.email, "signed_in_at": clock.now()}))
    history.record(session, EventName.VISIT_SIGNED_IN, visit, by=history.CUSTOMER, context=link)
    return Tried.RIGHT


def _keep(session: Session, values: dict[str, object]) -> None:
    """One row for each copy, whoever asks twice at once."""
    engine = session.get_bind().dialect.name
    statement = (postgresql.insert if engine == "postgresql" else sqlite.insert)(_CODES).values(values)
    session.execute(statement.on_conflict_do_update(
        index_elements=["checkout_session_id"],
        set_={name: statement.excluded[name] for name in values if name != "checkout_session_id"}))


def _digest(visit: CheckoutSession, code: str) -> str:
    return tokens.keyed_digest(f"{visit.public_id} {code}")
