"""Why a checkout may refuse."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class VisitEnded(Refusal):
    """The private copy can no longer be changed or paid: bought, voided with its link, or too old."""

    status = 409
    message = N_("This checkout has ended. Open the link again to continue.")


class OfferUpdated(Refusal):
    """The link offers something newer than this copy, which its customer has not accepted yet."""

    status = 409
    message = N_("This offer was updated. Look at what changed before you pay.")


class OtherEmail(Refusal):
    """Only one e-mail address may pay for this link, and this is another."""

    status = 422
    field = "email"
    message = N_("This offer was made for another e-mail address. Enter the one it was sent to")


class SignInNeeded(Refusal):
    """The site's customers sign in, and this one has not."""

    status = 409
    message = N_("Sign in first: we send a code to your e-mail address.")


class NotOnBehalf(Refusal):
    """The link is an account's, and this copy has no leave to buy for it, or none any more."""

    status = 409
    message = N_("This checkout has ended. Open the link again to continue.")


class Locked(Refusal):
    """The agent fixed what may be bought."""

    status = 409
    message = N_("This offer is for exactly these items.")


class SpecialPriceFixed(Refusal):
    """A line with a special price cannot grow."""

    status = 409
    field = "quantity"
    message = N_("This price is for {quantity} at most.")


class TooMany(Refusal):
    """More than the agent allows per line."""

    status = 422
    field = "quantity"
    message = N_("Enter a quantity from 1 to {most}")


class NotInPacks(Refusal):
    """The product is sold in whole packs."""

    status = 422
    field = "quantity"
    message = N_("Sold in packs of {pack}")


class NoDelivery(Refusal):
    """The market has no shipping to the country; `countries` are those it has."""

    status = 422
    field = "country"
    message = N_("We can't deliver to {country} with this offer.")


class NoSuchMethod(Refusal):
    """The chosen way to deliver does not exist for this address and weight."""

    status = 422
    field = "shipping_method"
    message = N_("Choose how we should deliver")


class CodesNotAllowed(Refusal):
    """The agent made the link without room for discount codes."""

    status = 409
    message = N_("This offer takes no discount codes.")


class CodeRefused(Refusal):
    """A typed discount code takes nothing off this copy; says why."""

    status = 422
    field = "code"
    message = "{why}"


class AmountTooSmall(Refusal):
    """Less than the product may cost; `least` in minor units."""

    status = 422
    field = "amount"
    message = N_("Enter a larger amount")

    def __init__(self, least: int) -> None:
        super().__init__(least=least)
        self.least = least


class AmountTooLarge(Refusal):
    """More than one payment can carry."""

    status = 422
    field = "amount"
    message = N_("Enter a smaller amount")


class NotSold(Refusal):
    """What a customer wants to add is not sold with the offer: unknown, unpublished, or without a price there."""

    status = 422
    field = "variant"
    message = N_("This is not sold with this offer. Choose another product")


class NoMore(Refusal):
    """What a customer wants to add is sold out, or the copy holds all there is of it."""

    status = 422
    field = "variant"
    message = N_("{title} just sold out. Choose another product")


class AllTaken(NoMore):
    """The copy holds as many of a product as the customer may have."""

    message = N_("You have {held} × {title}, which is the most you can add. Choose another product")


class TooFewLeft(Refusal):
    """More than is left of a product."""

    status = 422
    field = "quantity"
    message = N_("Only {left} left. Enter {left} or fewer")


class NoneLeft(Refusal):
    """None is left of a product that the customer added."""

    status = 422
    field = "quantity"
    message = N_("Sold out just now. Remove it to go on")


class TooManyAdded(Refusal):
    """The copy holds as many products of the customer's own choice as it can."""

    status = 422
    field = "variant"
    message = N_("You can add up to {most} products. Remove one of them first")


class NotAdded(Refusal):
    """The product is none of those the customer added; they may have removed it in another window."""

    status = 409
    field = "form"
    message = N_("You removed a product in another window. Look at your selection once more.")
