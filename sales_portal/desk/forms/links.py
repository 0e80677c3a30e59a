"""The forms of the links pages: what a list is filtered by, and what the acts on a link ask."""

import re
from typing import Any

from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.links.service import PROGRESS
from sales_portal.links.state import LinkState
from sales_portal.messaging import headers
from sales_portal.messaging.models import BY_PEOPLE, READY
from sales_portal.reports.link_list import LinkFilter

PROGRESSES = (*PROGRESS, "bounced")
VIEWS = ("desktop", "phone", "text")
MOST_CC = 10
_BETWEEN = re.compile(r"[\s,;]+")
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
    """A mail with the link: to whom, which of the templates, and what the agent adds; `view` is how it is looked at."""

    to = StringField(validators=[DataRequired("Enter the customer's e-mail address")])
    to_name = StringField(validators=[Length(max=200, message="Use at most 200 characters")])
    cc = StringField()
    template = StringField(default=READY, validators=[AnyOf(BY_PEOPLE, message="Choose a template")])
    message = TextAreaField(validators=[Length(max=2000, message="Use at most 2000 characters")])
    view = StringField(default=VIEWS[0])

    def further(self) -> list[str]:
        """The addresses under Cc, each once and without that under To."""
        found: dict[str, str] = {}
        for part in filter(None, _BETWEEN.split(self.cc.data or "")):
            found.setdefault(part.lower(), part)
        found.pop((self.to.data or "").strip().lower(), None)
        return list(found.values())

    def validate_cc(self, field: StringField) -> None:
        """Every part is an address, and there are few."""
        wrong = next((part for part in self.further() if not headers.is_one_address(part)), None)
        if wrong is not None:
            raise ValidationError(f"{wrong[:80]} is not an e-mail address like name@example.com")
        if len(self.further()) > MOST_CC:
            raise ValidationError(f"Enter at most {MOST_CC} addresses")

    def chosen(self) -> str:
        """The template, or the first where the form names none there is."""
        return self.template.data if self.template.data in BY_PEOPLE else READY

    def shown_as(self) -> str:
        """How the mail is looked at."""
        return self.view.data if self.view.data in VIEWS else VIEWS[0]


class RevocationForm(StaffForm):
    """Why a link is withdrawn, and whether the customer may read that."""

    reason = StringField(validators=[Length(max=300, message="Use at most 300 characters")])
    shows_reason = BooleanField()


class ExtensionForm(StaffForm):
    """By how much a link lasts longer."""

    days = IntegerField(validators=[AnyOf((7, 30), message="Choose 7 or 30 days")])
