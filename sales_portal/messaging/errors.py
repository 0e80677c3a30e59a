"""Why a mail may be refused."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class TooManyMails(Refusal):
    """One address was written to often enough for a day, whoever asks."""

    status = 429
    message = N_("{recipient} has had enough mails from us for today. Try again tomorrow.")
