"""How the public pages write: English words, with the amounts and dates of the market's own country."""

from functools import cache

from babel import Locale, UnknownLocaleError

from sales_portal.links.models import CheckoutLink
from sales_portal.web import formatting

_SALES_TAX = frozenset({"US", "JP", "CA"})


def speak_for(link: CheckoutLink) -> None:
    """Write the values of this request as customers of `link` read them."""
    formatting.speak(locale_for(territory(link)), link.site.time_zone)


def territory(link: CheckoutLink) -> str:
    """The country whose habits the link's market follows."""
    return link.market.locale.replace("-", "_").rpartition("_")[2].upper()


def tax_word(link: CheckoutLink) -> str:
    """What people of the market call the tax on a sale."""
    return "tax" if territory(link) in _SALES_TAX else "VAT"


@cache
def locale_for(country: str) -> str:
    """English as it is written in `country`, or plain English where the CLDR knows none."""
    try:
        Locale.parse(f"en_{country}")
    except (UnknownLocaleError, ValueError):
        return "en"
    return f"en_{country}"
