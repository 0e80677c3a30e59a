"""How the public pages write: English words, with the amounts and dates of the market's own country."""

from sales_portal.links.models import CheckoutLink
from sales_portal.web import formatting

_SALES_TAX = frozenset({"US", "JP", "CA"})


def speak_for(link: CheckoutLink) -> None:
    """Write the values of this request as customers of `link` read them."""
    formatting.speak(link.language or link.market.locale, link.site.time_zone)


def tax_word(link: CheckoutLink) -> str:
    """What people of the market call the tax on a sale."""
    return "tax" if formatting.territory(link.market.locale) in _SALES_TAX else "VAT"
