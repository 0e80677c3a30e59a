"""Why an order may not be placed."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class NotFree(Refusal):
    """A copy that costs something needs a payment."""

    message = N_("This has to be paid first.")


class NoInvoice(Refusal):
    """An order that is not paid by invoice has none to be marked."""

    message = "This order is not paid by invoice, so there is nothing to mark. Look at its payment."


class InvoiceSettled(Refusal):
    """An invoice is paid or voided once."""

    message = "{invoice} is settled already: it was paid or voided before. Reload the page to see it."


class Unavailable(Exception):
    """Inside placing: something is no longer to be had, so the payment is given back. Never leaves this rung."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
