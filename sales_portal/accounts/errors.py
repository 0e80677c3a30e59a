"""Why a log-in may be refused."""

from sales_portal.core.errors import Refusal


class WrongLogIn(Refusal):
    """No active person has this e-mail and password; does not say which of the two is wrong."""

    status = 422
    message = "That e-mail and password don't match."
    field = "email"
