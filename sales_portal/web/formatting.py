"""Texts and values as people read them: in the language that is spoken, money and dates as a country writes them."""

from collections.abc import Mapping
from datetime import date as calendar_date
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_datetime_format,
    get_timezone_location,
    get_timezone_name,
)
from babel.numbers import format_decimal, format_percent, get_currency_symbol
from flask import Flask, g
from markupsafe import Markup, escape

from sales_portal.catalog.queries import Trial
from sales_portal.core import clock, translation
from sales_portal.core.money import Money
from sales_portal.core.translation import _n
from sales_portal.selections import checks
from sales_portal.web import macros

DEFAULT_LOCALE = "en"
DEFAULT_ZONE = "UTC"


# The context's own variables: their stand-in looks for the context again at every attribute.
_CONTEXT: Any = g

# A page shows the same days, times and rates again and again, and each takes about a hundred calls to write.
_day_text = lru_cache(4096)(format_date)
_skeleton_text = lru_cache(4096)(format_skeleton)
_time_text = lru_cache(4096)(format_time)
_decimal_text = lru_cache(4096)(format_decimal)
_percent_text = lru_cache(4096)(format_percent)


def install(app: Flask) -> None:
    """Teach the templates of `app` how to write values."""
    app.jinja_env.filters.update(
        money=money, amount=amount, worth=worth, date=date, day=day, weekday=weekday, time=time, datetime=date_and_time,
        relative=relative, percent=percent, iso=iso, country=checks.country_name,
        currency_sign=currency_sign)
    app.jinja_env.globals.update(_=text, _n=counted, Money=Money, now=clock.now, zone_name=zone_name,
                                 trial_words=trial_words, language=translation.language,
                                 direction=translation.direction)


def speak(locale: str, zone: str, language: str = translation.ENGLISH) -> None:
    """Write this request in `language`, its values as the country of `locale` does, in the time zone `zone`."""
    translation.speak(language)
    own = _CONTEXT._get_current_object()
    own.locale, own.zone = translation.written_in(language, locale), zone


def text(said: str, **values: object) -> str:
    """A text of a template in the language that is spoken; it is text, and only the `values` may be markup."""
    return _filled(translation._(said), values) if values else translation._(said)


def counted(one: str, many: str, count: int, **values: object) -> str:
    """A text of a template in the form `count` takes; see `text`."""
    return _filled(translation.form_of(one, many, count), {"count": count, **values})


def _filled(said: str, values: Mapping[str, object]) -> Markup:
    pieces = _pieces(said)
    if pieces is None:
        return escape(said).format(**values)
    return str.__new__(Markup, "".join([
        piece if name is None else f"{piece}{macros.written(values[name])}" for piece, name in pieces]))


@lru_cache(2048)
def _pieces(said: str) -> tuple[tuple[str, str | None], ...] | None:
    """Each stretch of a text, escaped, with the name of what stands behind it; None where more than names is said."""
    pieces = list(Formatter().parse(str(escape(said))))
    is_plain = all(name is None or (name.isidentifier() and not spec and conversion is None)
                   for _, name, spec, conversion in pieces)
    return tuple((piece, name) for piece, name, _, _ in pieces) if is_plain else None


def locale() -> str:
    """The locale this request writes in."""
    found: str = _CONTEXT._get_current_object().get("locale", DEFAULT_LOCALE)
    return found


def money(minor: int, currency: str) -> str:
    """`minor` units of `currency` with the currency's sign."""
    return Money(minor, currency).format(locale())


def amount(minor: int, currency: str) -> str:
    """`minor` units of `currency` without the sign."""
    return Money(minor, currency).format_amount(locale())


def currency_sign(currency: str) -> str:
    """What stands before or behind an amount of `currency`: kr."""
    return get_currency_symbol(currency, locale())


def worth(value: Money | str, sign: bool = True) -> str:
    """An amount with the currency's sign, or without; text says itself what it is."""
    if isinstance(value, str):
        return value
    return value.format(locale()) if sign else value.format_amount(locale())


def trial_words(trial: Trial, minor: int, currency: str) -> str:
    """What a trial is, and what each period after it costs: 14 days free, then 199,00 kr per month."""
    cost, count = money(minor, currency), trial.interval_count
    if trial.interval == "year":
        price = _n("{amount} per year", "{amount} every {count} years", count, amount=cost)
    else:
        price = _n("{amount} per month", "{amount} every {count} months", count, amount=cost)
    return _n("{count} day free, then {price}", "{count} days free, then {price}", trial.days, price=price)


def date(at: datetime | calendar_date, written_in: str = "") -> str:
    """The day, short: 21 Dec 2026, as this request writes it or as `written_in` does. A date is that day everywhere."""
    there = at.astimezone(_zone()) if isinstance(at, datetime) else at
    return _day_text(calendar_date(there.year, there.month, there.day), format="medium", locale=written_in or locale())


def day(at: datetime) -> str:
    """The day where there is little room: 21 Dec, with the year only where it is another one."""
    there = at.astimezone(_zone()).date()
    skeleton = "MMMd" if there.year == clock.now().astimezone(_zone()).year else "yMMMd"
    return _skeleton_text(skeleton, there, locale=locale())


def weekday(at: datetime) -> str:
    """The day with its weekday: Mon, 21 Dec."""
    return _skeleton_text("MMMEd", at.astimezone(_zone()).date(), locale=locale())


def time(at: datetime) -> str:
    """The time of day: 23:59."""
    return _time_text(at.astimezone(_zone()).time().replace(second=0, microsecond=0), format="short", locale=locale())


def date_and_time(at: datetime) -> str:
    """Day and time: 21 Dec 2026, 23:59."""
    return _joined(locale()).replace("{1}", date(at)).replace("{0}", time(at))


@cache
def _joined(locale: str) -> str:
    """How a day `{1}` and a time of day `{0}` stand together."""
    return str(get_datetime_format("medium", locale=locale))


def relative(at: datetime) -> str:
    """How long ago or how far ahead: 2 hours ago."""
    return format_timedelta(at - clock.now(), add_direction=True, locale=locale())


def percent(thousandths: int) -> str:
    """A rate in thousandths of a percent: 25000 is 25 %."""
    if translation.language() == translation.ENGLISH:
        return _decimal_text(Decimal(thousandths) / 1000, locale=locale()) + "\u00a0%"
    return _percent_text(Decimal(thousandths) / 100_000, locale=locale(), decimal_quantization=False)


def kilograms(grams: int) -> str:
    """A weight: 6500 is 6.5 kg."""
    return _decimal_text(Decimal(grams) / 1000, locale=locale()) + "\u00a0kg"


def iso(at: datetime) -> str:
    """The instant for a `datetime` attribute."""
    return at.isoformat(timespec="seconds")


def zone_name() -> str:
    """The city people know the current time zone by: Stockholm."""
    if _zone_key() == "UTC":
        return get_timezone_name(_zone(), width="long", locale=locale())
    if translation.language() == translation.ENGLISH:
        return _zone_key().rsplit("/", 1)[-1].replace("_", " ")
    return get_timezone_location(_zone(), locale=locale(), return_city=True)


def _zone_key() -> str:
    return str(_CONTEXT._get_current_object().get("zone", DEFAULT_ZONE))


def _zone() -> ZoneInfo:
    return ZoneInfo(_zone_key())
