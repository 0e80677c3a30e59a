"""Why a checkout may refuse."""

from sales_portal.core.errors import Refusal


class VisitEnded(Refusal):
    """The private copy can no longer be changed or paid: bought, voided with its link, or too old."""

    status = 409
    message = "This checkout has ended. Open the link again to continue."


class OfferUpdated(Refusal):
    """The link offers something newer than this copy, which its customer has not accepted yet."""

    status = 409
    message = "This offer was updated. Look at what changed before you pay."


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
