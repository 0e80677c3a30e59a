"""Letting staff in and out."""

from functools import cache

from sqlalchemy.orm import Session

from sales_portal.accounts import passwords, queries
from sales_portal.accounts.errors import WrongLogIn
from sales_portal.accounts.models import Staff
from sales_portal.core import tokens
from sales_portal.history import service as history
from sales_portal.history.events import EventName


def check_log_in(session: Session, email: str, password: str, *, demo: bool) -> Staff:
    """The active person with this e-mail and password; the fact is recorded.

    Refuses with `WrongLogIn` after the same work whether or not the account exists, and with `Invalid` where the
    demo shop's password is tried outside a `demo`.
    """
    passwords.check_allowed(password, demo)
    person = queries.get_staff_by_email(session, email)
    is_right = passwords.verify(person.password_hash if person is not None else _nobodys_hash(), password)
    if person is None or not is_right:
        raise WrongLogIn
    history.record(session, EventName.STAFF_SIGNED_IN, person, by=person.actor)
    return person


def note_log_out(session: Session, person: Staff) -> None:
    """Record that `person` left."""
    history.record(session, EventName.STAFF_SIGNED_OUT, person, by=person.actor)


@cache
def _nobodys_hash() -> str:
    return passwords.hash_password(tokens.new_token())
