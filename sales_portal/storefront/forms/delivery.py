"""How it is delivered, the driver's phone number, how it is paid, and the total the customer saw."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sales_portal.storefront.forms.texts import one_line

_LONGEST_PHONE = 40
_LONGEST_SLUG = 40
_FEWEST_DIGITS, _MOST_DIGITS = 6, 15
_PHONE_SIGNS = re.compile(r"[\d\s+()./\-–]+")


@dataclass(frozen=True, slots=True)
class DeliveryForm:
    """What was posted from the delivery and payment page; None where a field is missing or is no number."""

    method_id: int | None
    phone: str
    shown_total: int | None
    payment_method: str = ""


def read_delivery(typed: Mapping[str, str]) -> DeliveryForm:
    """The form as posted."""
    method_id = _number(typed.get("method", ""))
    phone = one_line(typed.get(f"phone-{method_id}", ""))[:_LONGEST_PHONE]
    return DeliveryForm(method_id, phone, _number(typed.get("shown_total", "")),
                        one_line(typed.get("payment_method", ""))[:_LONGEST_SLUG])


def is_phone(text: str) -> bool:
    """Whether a driver could call `text`: the signs of a phone number, and as many digits as one has."""
    digits = sum(sign.isdecimal() for sign in text)
    return _FEWEST_DIGITS <= digits <= _MOST_DIGITS and _PHONE_SIGNS.fullmatch(text) is not None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 17 else None
