"""Why a file cannot be taken in at all."""

from sales_portal.core.errors import Refusal


class NotReadable(Refusal):
    """The file as a whole is no table of products; nothing of it was taken in."""

    status = 422
    message = "{why} Nothing was imported."


class NoSuchTarget(Refusal):
    """The pricelist or warehouse an import should go to does not exist."""

    status = 422
    message = "There is no {thing} “{slug}”. There is: {known}."
