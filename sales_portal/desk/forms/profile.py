"""How a person likes the portal drawn."""

from wtforms import BooleanField, StringField
from wtforms.validators import AnyOf

from sales_portal.desk.forms.preferences import THEMES
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.desk.shell import DENSITIES


class ProfileForm(StaffForm):
    """Theme, density, whether single keys do things, whether anything may be heard, and what mails tell."""

    theme = StringField(validators=[AnyOf(THEMES)])
    density = StringField(validators=[AnyOf(DENSITIES)])
    shortcuts = BooleanField()
    sounds = BooleanField()
    tells_opened = BooleanField()
