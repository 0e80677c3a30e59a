"""Above how much a refund needs a second person, one amount per currency: typed as text, kept in minor units. Pure."""

from collections.abc import Mapping

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money

FIELD = "refund_limits"
MOST_LINES = 50


def read(text: str, locale: str) -> dict[str, int]:
    """Lines such as `SEK 5000` as minor units by currency; refuses with `Invalid` what is no amount or stands twice."""
    found: dict[str, int] = {}
    lines = [line.split(maxsplit=1) for line in text.replace("\x00", "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid(FIELD, f"Enter at most {MOST_LINES} lines")
    for code, *amount in lines:
        currency = code.upper()
        if not money.is_currency(currency) or not amount:
            raise Invalid(FIELD, f"Write a currency and an amount, like SEK 5000, instead of “{code[:20]}”")
        if currency in found:
            raise Invalid(FIELD, f"{currency} stands here twice")
        found[currency] = money.parse(amount[0], currency, locale, FIELD).minor
        if found[currency] < 0:
            raise Invalid(FIELD, f"Enter an amount from 0 up for {currency}")
    return found


def written(limits: Mapping[str, int] | None, locale: str) -> str:
    """The limits as they are typed."""
    return "\n".join(f"{currency} {Money(minor, currency).format_amount(locale)}"
                     for currency, minor in sorted((limits or {}).items()))
