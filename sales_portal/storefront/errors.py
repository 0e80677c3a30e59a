"""Why the public door may not know what it was asked for."""

from sales_portal.core.errors import NotFound, Refusal
from sales_portal.core.translation import N_


class InMaintenance(Refusal):
    """The site of `link` is being worked on: nothing is sold for some minutes, and everything stays as it is."""

    status = 503
    message = N_("Back in a few minutes. Your link stays valid.")


class UnknownLink(Refusal):
    """No link has this address: an unknown id, a wrong token and a wrong receipt are all answered alike."""

    status = 404
    message = N_("We can't find this link.")


class UnknownPage(NotFound):
    """A site has no page under this address."""

    message = N_("We can't find this page. It may have been deleted or the number is mistyped.")
