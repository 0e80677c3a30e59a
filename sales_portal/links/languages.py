"""In which language a link is read."""

from sales_portal.core import translation
from sales_portal.links.models import CheckoutLink


def language_of(link: CheckoutLink) -> str:
    """The language of a link's pages and mails, of those its site speaks: the agent's choice, else the market's, else
    the site's first. Site and market are loaded."""
    offered = link.site.spoken
    wanted = map(translation.of_locale, (link.language, link.market.locale))
    return next((language for language in wanted if language in offered), offered[0])


def written_as(link: CheckoutLink) -> str:
    """The locale whose country writes the amounts and days of a link: the agent's choice, else the market's."""
    return link.language if translation.territory(link.language) else link.market.locale
