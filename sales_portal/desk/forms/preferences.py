"""The choice of a theme."""

from wtforms import StringField
from wtforms.validators import AnyOf

from sales_portal.desk.forms.staff_form import StaffForm

THEMES = ("system", "light", "dark")


class PreferencesForm(StaffForm):
    """Light, dark, or what the system says."""

    theme = StringField(validators=[AnyOf(THEMES)])
