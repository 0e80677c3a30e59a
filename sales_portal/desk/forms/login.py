"""The log-in form."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from sales_portal.desk.forms.staff_form import StaffForm


class LogInForm(StaffForm):
    """Who wants in, and where they were going."""

    email = StringField(validators=[InputRequired("Enter your e-mail address")])
    password = PasswordField(validators=[InputRequired("Enter your password")])
    next = HiddenField()
