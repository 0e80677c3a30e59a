"""Text that goes into a mail's header: one line, no tricks, one recipient."""

import re
import unicodedata

from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _

LONGEST_TITLE = 50
LONGEST_NAME = 100
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\"]+")
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")
_TURNS_TEXT = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def one_line(text: str, longest: int) -> str:
    """`text` on one line, cut with an ellipsis where it is longer than `longest`.

    Without control characters and without those that turn the reading direction.
    """
    straight = text.translate(_TURNS_TEXT)
    plain = "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in straight)
    words = " ".join(plain.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def title(text: str) -> str:
    """`text` as a subject line of at most 50 characters."""
    return one_line(text, LONGEST_TITLE)


def display_name(text: str) -> str:
    """`text` as the name beside an address, which cannot pass for an address itself."""
    return one_line(re.sub(r"[<>@]", " ", text), LONGEST_NAME)


def is_one_address(text: str) -> bool:
    """Whether `text` is exactly one e-mail address."""
    is_seen = not any(unicodedata.category(letter) in _UNSEEN for letter in text)
    return len(text) <= LONGEST_ADDRESS and is_seen and _ADDRESS.fullmatch(text) is not None


def one_address(text: str, field: str) -> str:
    """`text` as exactly one e-mail address; raises `Invalid` naming `field`."""
    address = text.strip()
    if not is_one_address(address):
        raise Invalid(field, _("Enter an e-mail address like name@example.com"))
    return address
