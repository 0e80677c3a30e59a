"""The choice of a theme."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf

THEMES = ("system", "light", "dark")


class PreferencesForm(FlaskForm):
    """Light, dark, or what the system says."""

    theme = StringField(validators=[AnyOf(THEMES)])
