"""How a person likes the portal drawn."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from sales_portal.desk.forms.preferences import THEMES
from sales_portal.desk.shell import DENSITIES


class ProfileForm(FlaskForm):
    """Theme, density, and whether single keys do things."""

    theme = SelectField(choices=[(theme, theme) for theme in THEMES])
    density = SelectField(choices=[(density, density) for density in DENSITIES])
    shortcuts = BooleanField()
