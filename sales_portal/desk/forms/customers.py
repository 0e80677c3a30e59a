"""The form that adds a customer."""

from collections.abc import Sequence

from wtforms import BooleanField, Field, StringField, ValidationError

from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.markets.models import Market


class CustomerForm(StaffForm):
    """Who it is; what a name or a number may look like is the service's to say."""

    email = StringField()
    name = StringField()
    company = StringField()
    phone = StringField()
    market = StringField()
    is_second_anyway = BooleanField()

    def offer_markets(self, found: Sequence[Market]) -> None:
        """Let one of these markets, or none, be chosen."""
        self.markets = [("", "As the agent sells"), *((str(market.id), market.name) for market in found)]

    def validate_market(self, field: Field) -> None:
        """Refuse a market that was not offered."""
        if (field.data or "") not in dict(self.markets):
            raise ValidationError("Choose a market from the list")

    @property
    def market_id(self) -> int | None:
        """The chosen market."""
        return int(self.market.data) if self.market.data else None
