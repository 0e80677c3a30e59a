"""The forms around an approval: asking for one, and answering it."""

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from sales_portal.desk.forms.staff_form import StaffForm


class AskForm(StaffForm):
    """What the Link dialog holds beside the link's own terms once something needs a yes."""

    asks = HiddenField()
    approval_message = TextAreaField()
    wants_link = BooleanField()
    wants_mail = BooleanField()

    @property
    def makes_link(self) -> bool:
        """Whether the link shall be made by itself; it is until the dialog with the choice was sent."""
        return self.wants_link.data or not self.asks.data


class AnswerForm(StaffForm):
    """What whoever decides says with a yes or a no."""

    comment = StringField()
