"""Where a customer goes once they have paid: a message of the agent's, or a page of another site."""

import re
from urllib.parse import quote, urlsplit

from sales_portal.core.errors import Invalid

LONGEST_MESSAGE = 500
LONGEST_URL = 2000
ORDER, CHECKOUT = "{order}", "{CHECKOUT_ID}"
NO_ADDRESS = "Enter an address that starts with https://"
_FORBIDDEN = re.compile(r"[\s\\<>\"'`\x00-\x1f\x7f]")


def check(message: str, url: str) -> None:
    """Refuse a message that is too long and an address that is not a safe one of the web."""
    if len(message) > LONGEST_MESSAGE:
        raise Invalid("after_message", f"Enter a message with at most {LONGEST_MESSAGE} characters")
    if url:
        _check_url(url)


def filled(url: str, order: str, checkout_id: str) -> str:
    """`url` with its placeholders filled."""
    return url.replace(ORDER, quote(order, safe="")).replace(CHECKOUT, quote(checkout_id, safe=""))


def _check_url(url: str) -> None:
    if len(url) > LONGEST_URL:
        raise Invalid("after_url", f"Enter an address with at most {LONGEST_URL} characters")
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError:
        raise Invalid("after_url", NO_ADDRESS) from None
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or parts.username is not None or _FORBIDDEN.search(url):
        raise Invalid("after_url", NO_ADDRESS)
    if "{" in parts.netloc or (has_port and not parts.port):
        raise Invalid("after_url", NO_ADDRESS)
    rest = url.replace(ORDER, "").replace(CHECKOUT, "")
    if "{" in rest or "}" in rest:
        raise Invalid("after_url", f"Use only {ORDER} and {CHECKOUT} between braces")
