"""What is typed when the money of an invoice came."""

from wtforms import StringField

from sales_portal.desk.forms.staff_form import StaffForm


class SettlementForm(StaffForm):
    """The day the money came, and the reference on the bank's statement."""

    paid_on = StringField()
    reference = StringField()
