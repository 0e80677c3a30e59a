"""Exchange rates out of a table: the newest day, the currencies we know, and a reason where there is none."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sales_portal.imports import rates
from sales_portal.imports.errors import NotReadable

ONE_DAY = "Date, USD, JPY, SEK, \n27 November 2026, 1.0835, 163.10, 11.4200, \n"
ALL_DAYS = ("\ufeffDate,USD,JPY,CYP,SEK,\n2026-11-26,1.08,162,0.5,11.4,\n2026-11-27,1.0835,163.10,N/A,11.42,\n"
            "1999-01-04,1.1789,133.73,0.58231,9.4696,\n")


@pytest.mark.parametrize("text", [ONE_DAY, ALL_DAYS, ALL_DAYS.replace("\n", "\r\n")])
def test_the_newest_day_is_taken_whichever_file_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(text, encoding="utf-8", newline="")
    assert rates.read_newest(file) == (
        date(2026, 11, 27), {"USD": Decimal("1.0835"), "JPY": Decimal("163.10"), "SEK": Decimal("11.4200")})


@pytest.mark.parametrize(("content", "why"), [
    (b"", "The file is no table in UTF-8."),
    (b"\xff\xfe\x00", "The file is no table in UTF-8."),
    (b"Handle,Title\nchair,Oak chair\n", "The first column must be called Date"),
    (b"\nDate,USD\n2026-11-27,1.08\n", "The first column must be called Date"),
    (b"Date,USD\nyesterday,1.08\n", "No row begins with a date such as 2026-11-27."),
    (b"Date,USD,XXQ\n2026-11-27,N/A,2\n", "The row of 2026-11-27 holds no rate."),
    (b"Date,USD\n2026-11-27,-1\n", "The row of 2026-11-27 holds no rate."),
    (b"Date,USD\n2026-11-27,NaN\n", "The row of 2026-11-27 holds no rate."),
])
def test_what_is_no_table_of_rates_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(content)
    with pytest.raises(NotReadable) as refused:
        rates.read_newest(file)
    assert refused.value.text.startswith(why)
    assert refused.value.text.endswith("Nothing was imported.")
