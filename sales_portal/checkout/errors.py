"""Why a checkout may refuse."""

from sales_portal.core.errors import Refusal


class VisitEnded(Refusal):
    """The private copy can no longer be changed or paid: bought, voided with its link, or too old."""

    status = 409
    message = "This checkout has ended. Open the link again to continue."


class OtherEmail(Refusal):
    """Only one e-mail address may pay for this link, and this is another."""

    status = 422
    field = "email"
    message = "This offer was made for another e-mail address. Enter the one it was sent to"


class Locked(Refusal):
    """The agent fixed what may be bought."""

    status = 409
    message = "This offer is for exactly these items."


class SpecialPriceFixed(Refusal):
    """A line with a special price cannot grow."""

    status = 409
    field = "quantity"
    message = "This price is for {quantity} at most."


class TooMany(Refusal):
    """More than the agent allows per line."""

    status = 422
    field = "quantity"
    message = "Enter a quantity from 1 to {most}"


class NotInPacks(Refusal):
    """The product is sold in whole packs."""

    status = 422
    field = "quantity"
    message = "Sold in packs of {pack}"


class NoDelivery(Refusal):
    """The market has no shipping to the country; `countries` are those it has."""

    status = 422
    field = "country"
    message = "We can't deliver to {country} with this offer."


class NoSuchMethod(Refusal):
    """The chosen way to deliver does not exist for this address and weight."""

    status = 422
    field = "shipping_method"
    message = "Choose how we should deliver"


class CodesNotAllowed(Refusal):
    """The agent made the link without room for discount codes."""

    status = 409
    message = "This offer takes no discount codes."


class CodeRefused(Refusal):
    """A typed discount code takes nothing off this copy; says why."""

    status = 422
    field = "code"
    message = "{why}"


class AmountTooSmall(Refusal):
    """Less than the product may cost; `least` in minor units."""

    status = 422
    field = "amount"
    message = "Enter a larger amount"

    def __init__(self, least: int) -> None:
        super().__init__(least=least)
        self.least = least


class AmountTooLarge(Refusal):
    """More than one payment can carry."""

    status = 422
    field = "amount"
    message = "Enter a smaller amount"
