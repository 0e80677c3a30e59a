"""Taking in exchange rates: the newest row of a table whose columns are currencies, as the European Central Bank
publishes them, in the file of one day or in that of all days."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sqlalchemy.orm import Session

from sales_portal.core.money import is_currency
from sales_portal.imports.errors import NotReadable
from sales_portal.pricing import exchange

_DATES = ("%Y-%m-%d", "%d %B %Y")
_LONGEST_ROW = 10_000


def import_rates(session: Session, file: Path) -> tuple[date, int]:
    """Put the newest rates of `file` in the place of those there are; the day they are of, and how many they are."""
    as_of, per_euro = read_newest(file)
    return as_of, exchange.save_rates(session, as_of, per_euro)


def read_newest(file: Path) -> tuple[date, Mapping[str, Decimal]]:
    """The newest day of a table and its rates, currency → how much of it one euro is worth; raises `NotReadable`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            header, *rows = csv.reader(line[:_LONGEST_ROW] for line in opened)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise NotReadable(why="The file is no table in UTF-8.") from None
    if not header or header[0].strip().lower() != "date":
        raise NotReadable(why="The first column must be called Date, and the others by their currency.")
    days = [(day, row) for row in rows if row and (day := _day(row[0])) is not None]
    if not days:
        raise NotReadable(why="No row begins with a date such as 2026-11-27.")
    as_of, newest = max(days, key=lambda found: found[0])
    rates = {code: rate for code, text in zip((name.strip() for name in header[1:]), newest[1:], strict=False)
             if is_currency(code) and (rate := _rate(text)) is not None}
    if not rates:
        raise NotReadable(why=f"The row of {as_of} holds no rate.")
    return as_of, rates


def _day(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _rate(text: str) -> Decimal | None:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and 0 < rate < 10**9 else None
