"""Reading the cells of one row, and saying in words what is wrong with them."""

import re
import unicodedata
from decimal import Decimal

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.imports.shopify import Row
from sales_portal.inventory.ledger import MOST as MOST_IN_STOCK
from sales_portal.pricing.service import HIGHEST

HEAVIEST_GRAMS = 10_000_000
_TWO_ZEROS = re.compile(r"[.,]00$")
_WHOLE = re.compile(r"-?\d{1,12}")
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,6})?")
_QUOTED_NUMBER = re.compile(r"'(?=\d)")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_SHOWN = 40


class Cells:
    """The cells of one row; what is wrong with those that were read gathers in `problems`."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[str] = []

    def line(self, column: str, longest: int, *, is_needed: bool = False) -> str:
        """A cell as one line with single spaces."""
        if is_needed and not self.row.get(column).strip():
            self.problems.append(f"{column} is missing")
        return " ".join(self.text(column, longest).split())

    def text(self, column: str, longest: int) -> str:
        """A cell with its line breaks; empty where it is too long or holds control characters."""
        text = self.row.get(column).strip()
        if len(text) > longest:
            return self._bad(f"{column} is longer than {longest} characters")
        if any(unicodedata.category(letter) == "Cc" and letter not in "\n\r\t" for letter in text):
            return self._bad(f"{column} holds a control character")
        return text

    def code(self, column: str, longest: int, *, is_needed: bool = False) -> str:
        """A SKU or barcode, without the apostrophe that keeps a spreadsheet from reading it as a number."""
        return _QUOTED_NUMBER.sub("", self.line(column, longest, is_needed=is_needed), count=1)

    def amount(self, column: str, currency: str, has_decimal_commas: bool) -> int:
        """A price in minor units; 0 where it is none. A comma is decimal where the file may have such."""
        text = self.line(column, 1000, is_needed=True)
        if not text:
            return 0
        # Exports write two decimals even where the currency has none; more zeros than these could be thousands.
        plain = _TWO_ZEROS.sub("", text) if money.exponent(currency) == 0 else text
        try:
            minor = money.parse(plain, currency, "de" if has_decimal_commas and "," in plain else "en").minor
        except Invalid as refusal:
            return self._wrong(column, text, refusal.text)
        if not 0 <= minor <= HIGHEST:
            return self._wrong(column, text, "Enter an amount from 0 up" if minor < 0 else "Enter a smaller amount")
        return minor

    def quantity(self, column: str) -> int | None:
        """How many are in stock; None where the file does not say."""
        text = self.line(column, 1000)
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or not 0 <= int(text) <= MOST_IN_STOCK:
            return self._wrong(column, text, f"Enter a whole number from 0 to {MOST_IN_STOCK}")
        return int(text)

    def grams(self, column: str) -> int | None:
        """A weight in whole grams; None where the file does not say."""
        text = self.line(column, 1000)
        if not text:
            return None
        if not _DECIMAL.fullmatch(text) or Decimal(text) > HEAVIEST_GRAMS:
            return self._wrong(column, text, f"Enter grams from 0 to {HEAVIEST_GRAMS}")
        return money.half_up(Decimal(text))

    def flag(self, column: str) -> bool | None:
        """A yes or no; None where the file does not say."""
        text = self.line(column, 1000)
        if not text:
            return None
        if text.lower() not in _YES | _NO:
            self._wrong(column, text, "Enter TRUE or FALSE")
        return text.lower() in _YES

    def choice(self, column: str, options: tuple[str, ...]) -> str | None:
        """One of some words; None where the file does not say."""
        text = self.line(column, 1000).lower()
        if text and text not in options:
            self._wrong(column, text, f"Enter {', '.join(options[:-1])} or {options[-1]}")
        return text or None

    def _wrong(self, column: str, text: str, fix: str) -> int:
        self._bad(f"{column} “{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}”: {fix}")
        return 0

    def _bad(self, problem: str) -> str:
        self.problems.append(problem)
        return ""
