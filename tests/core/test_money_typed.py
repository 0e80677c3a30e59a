"""Amounts typed by people: read by their locale, or refused with the field named; never a silently different number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.core.money import LARGEST, Money

LOCALES = ("sv", "de", "en", "ja", "en_SE", "en_CH")
CURRENCIES = ("SEK", "EUR", "USD", "JPY", "KWD")


@pytest.mark.parametrize(("locale", "currency", "typed", "minor"), [
    ("sv", "SEK", "1080", 108000),
    ("sv", "SEK", "1 080,00", 108000),
    ("sv", "SEK", "1\u00a0080,5", 108050),
    ("sv", "SEK", "1\u202f080", 108000),
    ("sv", "SEK", "1.080,00", 108000),
    ("sv", "SEK", "1080.00", 108000),
    ("sv", "SEK", "1,080.00", 108000),
    ("sv", "SEK", "1 080.5", 108050),
    ("sv", "SEK", ".5", 50),
    ("sv", "SEK", "1,080,000.50 kr", 108000050),
    ("sv", "SEK", "12 kr", 1200),
    ("en_SE", "SEK", "3\u00a0308,00\u00a0kr", 330800),
    ("en_SE", "SEK", "3 308,00", 330800),
    ("en_SE", "SEK", "3308.00", 330800),
    ("en_SE", "SEK", "3,308.00", 330800),
    ("sv", "KWD", "1,080.500", 1080500),
    ("sv", "SEK", "−12,50 kr", -1250),
    ("de", "EUR", "1.080", 108000),
    ("de", "EUR", "1.080,00 €", 108000),
    ("de", "EUR", "1 080,00", 108000),
    ("de_CH", "CHF", "1’080.50", 108050),
    ("en", "USD", "1,080.00", 108000),
    ("en", "USD", "1 080.00", 108000),
    ("en", "USD", "$1,234,567.89", 123456789),
    ("en", "USD", "-$5", -500),
    ("en", "USD", "$-5", -500),
    ("en", "USD", "USD 5", 500),
    ("en", "USD", ".5", 50),
    ("en", "USD", " 12 ", 1200),
    ("en", "USD", "１２", 1200),
    ("en", "USD", "0", 0),
    ("en_IN", "INR", "₹1,23,456.78", 12345678),
    ("ja", "JPY", "￥1,080", 1080),
    ("sv", "KWD", "1,080", 1080),
    ("en", "KWD", "1,080", 1080000),
    ("en", "USD", "90,071,992,547,409.91", LARGEST),
    ("en", "USD", "\u200e1,2\u061c34.50\u200f", 123450),
    ("en", "USD", "5".rjust(60, "0"), 500),
])
def test_an_amount_is_read_as_people_of_the_locale_write_it(locale: str, currency: str, typed: str, minor: int) -> None:
    """V139 and issue 3, Bad input: the rule of currency and locale decides."""
    assert money.parse(typed, currency, locale) == Money(minor, currency)


@pytest.mark.parametrize(("locale", "currency", "typed"), [
    ("sv", "SEK", "1.080"),
    ("sv", "SEK", "1,080.000,00"),
    ("sv", "SEK", "1,08.00"),
    ("sv", "SEK", "1,080 000.00"),
    ("sv", "SEK", "1080."),
    ("sv", "SEK", "1080.500"),
    ("de", "EUR", "1.08.00"),
    ("en", "USD", "1.080,00"),
    ("en", "USD", "1 080,00"),
    ("en", "USD", "10 80"),
    ("en", "USD", "1,08"),
    ("en", "USD", "1080,000"),
    ("en", "USD", "1,234 567"),
    ("en", "USD", "12,"),
    ("en", "USD", "5."),
    ("en", "USD", ""),
    ("en", "USD", "."),
    ("en", "USD", "-"),
    ("en", "USD", "--5"),
    ("en", "USD", "-10%"),
    ("en", "USD", "1e5"),
    ("en", "USD", "1_000"),
    ("en", "USD", "nan"),
    ("en", "USD", "sNaN"),
    ("en", "USD", "Infinity"),
    ("en", "USD", "5²"),
    ("en", "USD", "½"),
    ("en", "USD", "0x10"),
    ("en", "USD", "€5"),
    ("en", "USD", "5\x00"),
    ("en", "USD", "twelve"),
    ("en", "USD", "5".rjust(61, "0")),
    ("en", "USD", "<script>"),
])
def test_what_is_no_amount_or_could_be_two_is_refused_with_an_example(locale: str, currency: str, typed: str) -> None:
    """V139: what could be two amounts is never guessed."""
    with pytest.raises(Invalid, match=r"^Enter an amount like 1080[.,]50$") as refused:
        money.parse(typed, currency, locale, field="price")
    assert refused.value.field == "price"


@pytest.mark.parametrize(("currency", "typed", "text"), [
    ("EUR", "1.999", "Enter an amount with at most 2 decimals"),
    ("EUR", "1.000", "Enter an amount with at most 2 decimals"),
    ("KWD", "1.2345", "Enter an amount with at most 3 decimals"),
    ("JPY", "1080.00", "Enter an amount without decimals"),
    ("EUR", "90071992547409.92", "Enter a smaller amount"),
    ("JPY", "1" * 17, "Enter a smaller amount"),
    ("JPY", "x", "Enter an amount like 1080"),
    ("KWD", "x", "Enter an amount like 1080.500"),
    ("CLF", "x", "Enter an amount like 1080.5000"),
    pytest.param("EUR", "1" * 5_000_000, "Enter an amount like 1080.50", id="5 MB"),
])
def test_too_many_decimals_and_too_large_amounts_say_what_to_type(currency: str, typed: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.parse(typed, currency, "en")
    assert refused.value.text == text
    assert refused.value.field == "amount"


def test_the_example_is_written_as_the_locale_writes_it() -> None:
    with pytest.raises(Invalid, match=r"^Enter an amount like 1080,50$"):
        money.parse("x", "SEK", "sv")


def test_english_is_read_and_written_where_no_locale_is_named() -> None:
    assert money.parse("1,080.50", "EUR") == Money(108050, "EUR")
    assert (Money(108050, "EUR").format(), Money(108050, "EUR").format_amount()) == ("€1,080.50", "1,080.50")


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_what_is_shown_can_be_typed_back(minor: int, currency: str, locale: str) -> None:
    """M170: reading what is displayed gives the amount itself."""
    step = money.increment(currency)
    amount = Money(abs(minor) // step * step * (1 if minor > 0 else -1), currency)
    assert money.parse(amount.format(locale), currency, locale) == amount
    assert money.parse(amount.format_amount(locale), currency, locale) == amount


@given(st.text(max_size=80), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_any_text_is_an_amount_or_a_refusal_and_nothing_else(typed: str, currency: str, locale: str) -> None:
    try:
        amount = money.parse(typed, currency, locale)
    except Invalid:
        return
    assert amount.currency == currency
    assert abs(amount.minor) <= LARGEST
    assert any(letter.isdecimal() for letter in typed)
