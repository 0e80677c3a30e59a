"""Why a mail may be refused."""

from sales_portal.core.errors import Refusal


class TooManyMails(Refusal):
    """One address was written to often enough for a day, whoever asks."""

    status = 429
    message = "{recipient} has had enough mails from us for today. Try again tomorrow."
