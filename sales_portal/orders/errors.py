"""Why an order may not be placed, paid or undone."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class NotFree(Refusal):
    """A copy that costs something needs a payment."""

    message = N_("This has to be paid first.")


class BalanceNotDue(Refusal):
    """Nothing more is to be paid for an order, or not yet."""

    message = N_("Nothing more can be paid for order {number} now. Reload the page to see how it stands.")


class NoInvoice(Refusal):
    """An order that is not paid by invoice has none to be marked."""

    message = "This order is not paid by invoice, so there is nothing to mark. Look at its payment."


class InvoiceSettled(Refusal):
    """An invoice is paid or voided once."""

    message = "{invoice} is settled already: it was paid or voided before. Reload the page to see it."


class EventRefused(Refusal):
    """What was sent as an event of a provider is none; nothing of it was kept."""

    status = 400
    message = "This is no event of the payment provider."


class Unavailable(Exception):
    """Inside placing: something is no longer to be had, so the payment is given back. Never leaves this rung."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingToRefund(Refusal):
    """No money was taken for the order, or all of it went back."""

    message = "There is nothing left to refund on {number}."


class RefundChanged(Refusal):
    """What is left is no longer what the page said, so somebody else refunded meanwhile."""

    message = "Somebody else refunded {number} meanwhile. Look at what is left and press again if it is still right."


class RefundOpen(Refusal):
    """A refund of the order is asked for or under way, and one comes after the other."""

    message = "A refund of {number} is {state}. Wait until it is finished."


class CancellationOpen(Refusal):
    """Somebody asked for the order to be cancelled, and nobody answered yet."""

    message = "Somebody asked to cancel {number} already. Answer that first."


class CannotCancel(Refusal):
    """The order is fulfilled, or cancelled already."""

    message = "{number} is {status}, so it can't be cancelled."


class AlreadyDecided(Refusal):
    """Somebody answered first."""

    message = "This was answered already."


class OwnRequest(Refusal):
    """Nobody agrees to what they asked for themselves."""

    status = 403
    message = "You asked for this yourself, so somebody else has to agree."
