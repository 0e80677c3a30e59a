"""What the address of a link may bring along, by the names of the fourth of the systems this portal follows (P-17)."""

from collections.abc import Mapping
from urllib.parse import urlencode

EMAIL, NAME, CODE, AMOUNT, PRODUCT = "customer_email", "customer_name", "discount_code", "amount", "product_id"
ANSWER = "custom_field_data."
"""Before the slug of one of the house's own questions."""
REFERENCE = "reference_id"
METADATA = (REFERENCE, "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_CODE = 60
_PERSONAL = (EMAIL, NAME, ANSWER)


def address_with(url: str, values: Mapping[str, str]) -> str:
    """`url` with these values behind it; an address that has some of its own keeps them."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}" if values else url


def is_personal(values: Mapping[str, str]) -> bool:
    """Whether anyone who reads an address with these values learns something of a person."""
    return any(name.startswith(_PERSONAL) for name in values)
