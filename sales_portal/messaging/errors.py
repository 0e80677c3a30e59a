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
