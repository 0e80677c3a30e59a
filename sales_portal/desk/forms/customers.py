"""The form that adds a customer."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired

from sales_portal.markets.models import Market


class CustomerForm(FlaskForm):
    """Who it is; what a name or a number may look like is the service's to say."""

    email = StringField(validators=[DataRequired("Enter the customer's e-mail address")])
    name = StringField()
    company = StringField()
    phone = StringField()
    market = SelectField(coerce=int)
    is_second_anyway = BooleanField()

    def offer_markets(self, found: Sequence[Market]) -> None:
        """Let one of these markets, or none, be chosen."""
        self.market.choices = [(0, "As the agent sells"), *((market.id, market.name) for market in found)]
