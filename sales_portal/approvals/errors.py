"""Why an approval verb may refuse."""

from sales_portal.core.errors import Refusal


class NeedsApproval(Refusal):
    """Parts of the offer need a yes nobody has given yet; `needs` lists them."""

    status = 422
    message = "{things} to be approved before the link may exist"


class NothingToAsk(Refusal):
    """Nothing of the offer needs a yes any more."""

    message = "Nothing needs an approval any more. Create the link."


class AlreadyAnswered(Refusal):
    """Somebody answered first, or it was withdrawn."""

    message = "{number} is {status} already."


class OwnApproval(Refusal):
    """Nobody says yes to what they asked for themselves."""

    status = 403
    message = "You asked for {number} yourself, so somebody else has to answer it."


class BeyondYourLimit(Refusal):
    """The offer goes further than the person who decides may go."""

    status = 403
    message = "{number} goes further than you may decide: {why}. {who} can approve it."
