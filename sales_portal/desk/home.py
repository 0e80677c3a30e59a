"""Where an agent begins: one search that starts a selection, the drafts to go on with, and how today went."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, url_for
from sqlalchemy import select

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import queries as approvals
from sales_portal.approvals.models import Approval
from sales_portal.core import clock
from sales_portal.desk import link_acts, scope, shell
from sales_portal.reports import queries as reports
from sales_portal.reports import selection_list
from sales_portal.selections import queries as selections
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("home", __name__)

DRAFTS = 5
NEWS = timedelta(days=7)
NEEDING = 8


@blueprint.get("/")
@staff.anyone
def door() -> Response:
    """The portal's own address leads to Home, or to the log-in before it."""
    signed_in = staff.who()
    return htmx.go(shell.home_of(signed_in.staff) if signed_in is not None else url_for("desk.login.form"))


@blueprint.get("/home")
@staff.permit(Permission.SELECTIONS)
def index() -> Response:
    """Home."""
    return page()


def page(status: int = 200, **typed: Any) -> Response:
    """Home, with what was `typed` and what is wrong with it where no selection could be started."""
    session, person, at = db.session(), staff.current_staff(), clock.now()
    colleagues = scope.narrow(select(Staff.id), Staff.id, person, person.reach(Permission.SELECTIONS) or staff.reach())
    drafts = session.scalars(
        selections.list_selections(status="draft", agent_id=person.id)
        .order_by(Selection.changed_at.desc(), Selection.id.desc()).limit(DRAFTS)).all()
    return make_response(render_template(
        "desk/home/index.html", drafts=drafts, may_start=person.may(Permission.SELECTIONS_EDIT),
        glances=selection_list.glances(session, [draft.id for draft in drafts]), at=at,
        today=reports.today(session, _this_morning(at, person), colleagues),
        needing=(needing := reports.list_needing_attention(session, at, colleagues, NEEDING)),
        acts={link.id: link_acts.acts_on(link, person, at) for link in needing},
        to_decide=_to_decide(person), answers=approvals.list_news(session, person.id, at - NEWS, NEEDING), **typed),
        status)


def _to_decide(person: Staff) -> Sequence[Approval]:
    if not person.may(Permission.APPROVALS_DECIDE):
        return ()
    return db.session().scalars(approvals.list_waiting(person).order_by(Approval.id).limit(NEEDING)).all()


def _this_morning(at: datetime, person: Staff) -> datetime:
    return at.astimezone(ZoneInfo(person.site.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
