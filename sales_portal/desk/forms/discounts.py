"""What giving a discount takes."""

from wtforms import StringField

from sales_portal.desk.forms.builder import Act, WholeField


class DiscountForm(Act):
    """A code as typed, or the id of a discount that was picked."""

    code = StringField()
    discount = WholeField()
