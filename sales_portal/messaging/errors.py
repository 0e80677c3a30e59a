"""Why a mail or a webhook may be refused."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class TooManyMails(Refusal):
    """One address was written to often enough for a day, whoever asks."""

    status = 429
    message = N_("{recipient} has had enough mails from us for today. Try again tomorrow.")


class EndpointIsOff(Refusal):
    """Nothing is sent to an endpoint that is off."""

    message = "This webhook is off. Turn it on first."


class SecretUnreadable(Refusal):
    """The secret was sealed with another key than the portal has now."""

    message = "Its secret can't be opened with the key this portal has now. Make a new one."


class SecretChangedLately(Refusal):
    """The secret before still signs: changed once more, whoever has not got the new one yet would refuse messages."""

    message = ("The secret was changed less than a day ago, and the one before still signs. If one of them is known to "
               "somebody else, remove this webhook and add it anew.")
