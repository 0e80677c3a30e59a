"""The choice of a theme."""

from flask_wtf import FlaskForm
from wtforms import SelectField

THEMES = ("system", "light", "dark")


class PreferencesForm(FlaskForm):
    """Light, dark, or what the system says."""

    theme = SelectField(choices=[(theme, theme) for theme in THEMES])
