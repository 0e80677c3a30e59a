"""Signed-in staff: sessions that live in the database, and the permission every staff page declares."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import Table, bindparam, select

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Role, Staff, StaffSession
from sales_portal.accounts.permissions import Permission, Reach
from sales_portal.core import clock, tokens
from sales_portal.core.db import UTCDateTime
from sales_portal.core.errors import Forbidden
from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import know
from sales_portal.sites.models import Site
from sales_portal.web import htmx, typed
from sales_portal.web.extensions import db, login

LIFETIME = timedelta(hours=12)
View = TypeVar("View", bound=Callable[..., Any])
_USER: Any = current_user
_WHO_ASKS = "portal.signed_in"

# Every page of the desk asks this: built once, for building it takes longer than running it. Role and site are read
# from the same row: loading them as relations costs far more.
_SESSIONS, _STAFF, _ROLE, _SITE = cast(Table, StaffSession.__table__), Reading(Staff), Reading(Role), Reading(Site)
_WHO = (
    select(_SESSIONS.c.expires_at, *_STAFF.columns, *_ROLE.columns, *_SITE.columns)
    .join_from(_SESSIONS, _STAFF.table).join(_ROLE.table).join(_SITE.table, _SITE.table.c.id == _STAFF.table.c.site_id)
    .where(_SESSIONS.c.token_sha256 == bindparam("digest"), _SESSIONS.c.ended_at.is_(None),
           _SESSIONS.c.expires_at > bindparam("at", type_=UTCDateTime), _STAFF.table.c.is_active))


class SignedIn(UserMixin):
    """What Flask-Login carries: a member of staff, the token of this browser's session, and when it ends."""

    def __init__(self, staff: Staff, token: str, ends_at: datetime) -> None:
        self.staff = staff
        self.token = token
        self.ends_at = ends_at

    def get_id(self) -> str:
        """The session's token, so that ending the row ends the sign-in."""
        return self.token


def sign_in(staff: Staff) -> None:
    """Open a session for `staff` in this browser; the row is written with the request."""
    token, at = tokens.new_token(), clock.now()
    db.session.add(StaffSession(token_sha256=tokens.digest(token), staff_id=staff.id, created_at=at,
                                expires_at=at + LIFETIME))
    login_user(SignedIn(staff, token, at + LIFETIME))
    typed.this_request().environ.pop(_WHO_ASKS, None)


def stay_signed_in() -> None:
    """Let this browser's session last as long again from now on."""
    signed_in = who()
    if signed_in is not None:
        signed_in.ends_at = clock.now() + LIFETIME
        _session_of(signed_in).expires_at = signed_in.ends_at


def sign_out() -> None:
    """End this browser's session, on the server too."""
    signed_in = who()
    if signed_in is not None:
        _session_of(signed_in).ended_at = clock.now()
    logout_user()
    typed.this_request().environ.pop(_WHO_ASKS, None)


@login.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    row = db.session().execute(_WHO, {"digest": tokens.digest(token), "at": clock.now()}).first()
    if row is None:
        return None
    staff, role, site = read(db.session(), row, _STAFF, _ROLE, _SITE, start=1)
    know(staff, role=role, site=site)
    return SignedIn(staff, token, row.expires_at)


def _session_of(signed_in: SignedIn) -> StaffSession:
    digest = tokens.digest(signed_in.token)
    return db.session.scalars(select(StaffSession).where(StaffSession.token_sha256 == digest)).one()


def current_staff() -> Staff:
    """Who is signed in; only for views behind `permit`."""
    signed_in = who()
    if signed_in is None:
        raise RuntimeError("this view needs `permit`")
    return signed_in.staff


def who() -> SignedIn | None:
    """Who is signed in, or None."""
    # A browser without a session is nobody's: most requests are customers', and looking closer takes a hundred calls.
    if not session:
        return None
    asked = typed.this_request().environ
    found: SignedIn | None = asked.get(_WHO_ASKS)
    if found is None:
        user = _USER._get_current_object()
        asked[_WHO_ASKS] = found = user if isinstance(user, SignedIn) else None
    return found


def read_again() -> None:
    """Forget who was read as signed in: the transaction they were read in is over."""
    typed.this_request().environ.pop(_WHO_ASKS, None)
    g.pop("_login_user", None)


def admins() -> str:
    """Who can give somebody a permission, by name: whom a page tells to ask."""
    names = accounts.list_names_with(db.session(), current_staff().site_id, Permission.SETTINGS_EDIT)
    return " or ".join(names) or "an administrator"


def permit(permission: Permission) -> Callable[[View], View]:
    """Declare what a staff view needs. A staff view without it answers nobody."""
    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view
    return mark


def any_staff(view: View) -> View:
    """Declare that a staff view answers whoever is signed in, whatever their role: their own profile, logging out."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def anyone(view: View) -> View:
    """Declare that a staff view answers people who are not signed in: log-in itself."""
    view.is_open = True  # type: ignore[attr-defined]
    return any_staff(view)


def reach() -> Reach:
    """Whose things the current view's permission covers for who is signed in."""
    found: Reach = g.reach
    return found


def guard() -> Response | None:
    """Deny by default: let a request through only to a view that says whom it serves."""
    view = current_app.view_functions[typed.this_request().endpoint or ""]
    if not hasattr(view, "permission"):
        raise Forbidden(page=request.path, permission="none")
    if getattr(view, "is_open", False):
        return None
    signed_in = who()
    if signed_in is None:
        return _ask_to_sign_in()
    permission: Permission | None = view.permission
    if permission is None:
        return None
    g.reach = signed_in.staff.reach(permission)
    if g.reach is None:
        raise Forbidden(page=_name_of_page(), permission=permission.value)
    return None


def _name_of_page() -> str:
    """What people may call the page: the first part of its address as a word."""
    return request.path.strip("/").partition("/")[0].replace("-", " ").capitalize()


def _ask_to_sign_in() -> Response:
    if htmx.is_htmx():
        return Response("", 401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.referrer
    return Response("", 303, {"Location": redirect(url_for("desk.login.form", next=wanted)).location})
