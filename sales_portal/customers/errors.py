"""Why a customer may not be saved."""

from sales_portal.core.errors import Refusal


class EmailTaken(Refusal):
    """Another customer has this e-mail; `customer_id` says who, so that a door can offer them instead."""

    message = "Looks like {name} ({number}), same e-mail."
    field = "email"


class PhoneTaken(Refusal):
    """Another customer has this phone number; `customer_id` says who."""

    message = "Looks like {name} ({number}), same phone number."
    field = "phone"
