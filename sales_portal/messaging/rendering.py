"""Mails from templates: plain values in, title and both bodies out; what a person typed stays text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from sales_portal.core import clock
from sales_portal.core.money import Money
from sales_portal.messaging import headers
from sales_portal.sites import colors

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"
URL_PLACEHOLDER = "[[secret-address]]"
STOP_PLACEHOLDER = "[[no-more-mails]]"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it is stored: its title on one line, and the bodies as text and as HTML."""

    title: str
    text: str
    html: str


def render(template: str, context: Mapping[str, object], *, locale: str, time_zone: str) -> Rendered:
    """The mail `template` with `context`, amounts and dates written for `locale` and `time_zone`.

    A name the context lacks is an error. A secret URL belongs in as a placeholder.
    """
    values = dict(context) | {"locale": locale.replace("-", "_"), "time_zone": time_zone}
    title = headers.title(_part(template, "subject.txt", values))
    values["title"] = title
    return Rendered(title, _part(template, "body.txt", values).strip() + "\n", _part(template, "body.html", values))


def _part(template: str, name: str, values: Mapping[str, object]) -> str:
    # A zero byte can stand in no mail and in no text of PostgreSQL.
    return _environment().get_template(f"{template}/{name}").render(values).replace("\x00", "")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False, autoescape=select_autoescape(["html"], default=False))
    made.filters.update(money=_money, day=_day, moment=_moment, short=headers.one_line, ink_on=colors.ink_on)
    return made


@pass_context
def _money(context: Context, amount: Money) -> str:
    return amount.format(context["locale"])


@pass_context
def _day(context: Context, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(context["time_zone"]))
    is_this_year = local.year == clock.now().astimezone(local.tzinfo).year
    return format_skeleton("MMMEd" if is_this_year else "yMMMEd", local, locale=_english_of(context["locale"]))


@pass_context
def _moment(context: Context, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(context["time_zone"]))
    return f"{_day(context, at)}, {format_time(local, 'short', locale=_english_of(context['locale']))}"


@cache
def _english_of(locale: str) -> Locale:
    # The words around a date are English, so its names of days and months are too, in the order of the country.
    territory = Locale.parse(locale).territory
    try:
        return Locale("en", territory)
    except UnknownLocaleError:
        return Locale("en")
