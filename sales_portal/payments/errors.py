"""Why a payment may not start."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class TotalChanged(Refusal):
    """The amount on the customer's page is no longer what the copy costs; the page is shown again."""

    message = N_("The total has changed. Look at it once more before you pay.")


class SoldOut(Refusal):
    """Some lines are not there in the wanted quantity; `lines` maps line number to what is left."""

    message = N_("Sold out just now")


class AmountNotTaken(Refusal):
    """The way to pay takes no sum so small, or so large: from `least` to `most` minor units."""

    status = 422
    message = N_("This amount can't be paid that way. Choose another way, or ask the person who sent you this link.")


class PaymentRunning(Refusal):
    """A payment of this copy is already with the bank."""

    message = N_("A payment for this link is in progress.")


class TooManyAttempts(Refusal):
    """This copy has seen as many payment attempts as it may."""

    status = 429
    message = N_("You have tried to pay many times. Wait a while, or ask the person who sent you this link.")


class ProviderDown(Refusal):
    """The provider did not answer; nothing was charged."""

    status = 503
    message = N_("The payment service isn't answering. You haven't been charged. Try again in a few minutes.")


class PaymentElsewhere(Refusal):
    """Somebody else is paying for a link that can be paid once; `until` is when it is worth another try."""

    message = N_("A payment for this link is in progress.")


class MethodNotOffered(Refusal):
    """This link can't be paid that way."""

    status = 422
    message = N_("Choose one of the ways to pay on this page.")


class NothingToPayWith(Refusal):
    """The portal has no provider at all."""

    status = 503
    message = N_("Nothing can be paid here yet. You haven't been charged. Ask the person who sent you this link.")


class NoMoreTime(Refusal):
    """What was held for a payment cannot be held longer: it was extended before, or is over."""

    message = N_("We can't keep it longer. Nothing is lost: we look again when you pay.")
