"""Why an order may not be placed."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class NotFree(Refusal):
    """A copy that costs something needs a payment."""

    message = N_("This has to be paid first.")


class EventRefused(Refusal):
    """What was sent as an event of a provider is none; nothing of it was kept."""

    status = 400
    message = "This is no event of the payment provider."


class Unavailable(Exception):
    """Inside placing: something is no longer to be had, so the payment is given back. Never leaves this rung."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
