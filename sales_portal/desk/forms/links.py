"""The forms of the links pages: what a list is filtered by, and what the acts on a link ask."""

from typing import Any

from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.links.service import PROGRESS
from sales_portal.links.state import LinkState
from sales_portal.reports.link_list import LinkFilter

PROGRESSES = (*PROGRESS, "bounced")
STATES = {state.value: state for state in LinkState}


class LinkFilters(Form):
    """The filters of the list as they stand in the address; what means nothing filters nothing."""

    q = StringField()
    status = StringField()
    progress = StringField()
    agent = StringField()

    def wanted(self) -> LinkFilter:
        """What the address asks for."""
        status, progress, agent = (field.data or "" for field in (self.status, self.progress, self.agent))
        return LinkFilter(
            text=self.q.data or "",
            state=STATES.get(status),
            progress=progress if progress in PROGRESSES else None,
            agent_id=int(agent) if agent.isascii() and agent.isdecimal() and len(agent) < 16 else None)

    def kept(self) -> dict[str, Any]:
        """The filters that are set, for addresses of the same view."""
        return {field.name: field.data for field in (self.q, self.status, self.progress, self.agent) if field.data}


class SendingForm(StaffForm):
    """A mail with the link: to whom, and what the agent adds."""

    to = StringField(validators=[DataRequired("Enter the customer's e-mail address")])
    to_name = StringField(validators=[Length(max=200, message="Use at most 200 characters")])
    message = TextAreaField(validators=[Length(max=2000, message="Use at most 2000 characters")])


class RevocationForm(StaffForm):
    """Why a link is withdrawn, and whether the customer may read that."""

    reason = StringField(validators=[Length(max=300, message="Use at most 300 characters")])
    shows_reason = BooleanField()


class ExtensionForm(StaffForm):
    """By how much a link lasts longer."""

    days = IntegerField(validators=[AnyOf((7, 30), message="Choose 7 or 30 days")])
