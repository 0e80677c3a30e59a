"""The log-in form."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired


class LogInForm(FlaskForm):
    """Who wants in, and where they were going."""

    email = StringField(validators=[InputRequired("Enter your e-mail address")])
    password = PasswordField(validators=[InputRequired("Enter your password")])
    next = HiddenField()
