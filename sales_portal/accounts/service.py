"""Letting staff in and out, and what customers see of them."""

from functools import cache

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.accounts import passwords, photos, queries
from sales_portal.accounts.errors import WrongLogIn
from sales_portal.accounts.models import Staff, StaffPhoto, StaffSession
from sales_portal.core import clock, tokens
from sales_portal.core.errors import Invalid
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor


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


def set_photo(session: Session, person: Staff, data: bytes) -> None:
    """Show customers the picture `data` beside the name of `person`; refuses with `Invalid` naming `photo`."""
    small = photos.square("photo", data)
    kept = session.get(StaffPhoto, person.id)
    if kept is None:
        kept = StaffPhoto(staff_id=person.id)
        session.add(kept)
    kept.data, kept.digest = small, tokens.name_of(small)
    person.photo = kept.digest
    history.record(session, EventName.STAFF_PHOTO_CHANGED, person, by=person.actor)


def remove_photo(session: Session, person: Staff) -> None:
    """Show the initials of `person` again."""
    kept = session.get(StaffPhoto, person.id)
    if kept is not None:
        session.delete(kept)
        history.record(session, EventName.STAFF_PHOTO_CHANGED, person, by=person.actor)
    person.photo = None


def leave(session: Session, person: Staff, successor: Staff | None, *, by: Actor) -> None:
    """Let `person` sign in no more; `successor`, where there is one, answers their customers from now on.

    Refuses with `Invalid` naming `successor` one who has left, and whoever leaves themselves.
    """
    if successor is not None and (successor.id == person.id or not successor.is_active):
        raise Invalid("successor", "Choose somebody else who is still here")
    person.is_active, person.successor = False, successor
    session.execute(update(StaffSession).where(StaffSession.staff_id == person.id, StaffSession.ended_at.is_(None))
                    .values(ended_at=clock.now()).execution_options(synchronize_session=False))
    history.record(session, EventName.STAFF_LEFT, person, by=by, successor=successor.name if successor else None)


@cache
def _nobodys_hash() -> str:
    return passwords.hash_password(tokens.new_token())
