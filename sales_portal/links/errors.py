"""Why a link verb may refuse."""

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_


class SelectionBlocked(Refusal):
    """The selection has problems that must be fixed before a link may exist; `checks` lists them."""

    status = 422
    message = "{things} to fix before you can create the link"


class ExternalPatternMissing(Refusal):
    """The site names an external storefront but no complete address pattern for it."""

    message = (
        "This site sends customers to its own storefront, but its link address lacks %basket% or %hash%. "
        "An administrator can complete it under Settings, Sites, Storefront."
    )


class BreaksAccountLinks(Refusal):
    """Customers who sign in can't buy on behalf of an account, which `links` of the site are for."""

    message = "{count} would not work any more"


class LinkEnded(Refusal):
    """The link is paid, used up, withdrawn or over, so this can no longer be done to it."""

    message = "{number} is {state} already. Create a new link from the selection instead."


class ReplacedMeanwhile(Refusal):
    """Another link stands in its place already."""

    message = "{number} was replaced by {newer} already. Open {newer} to go on from there."


class OfferMovedOn(Refusal):
    """The offer is not the one that was looked at: somebody updated it meanwhile."""

    message = "{number} was updated meanwhile. Look at it again before you update it once more."


class NothingNew(Refusal):
    """The link shows the selection as it is."""

    message = "{number} shows {selection} as it is already."


class OfferElsewhere(Refusal):
    """The selection is for somebody else by now, or is sold elsewhere: that takes a new link."""

    message = "{selection} {why} by now, so {number} can't show it. Replace the link instead."


class LinkNotOpen(Refusal):
    """A customer cannot go on with this link now; `state` says why."""

    status = 410
    message = N_("This link can't be used any more.")
