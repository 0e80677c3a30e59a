"""Mails from templates: plain values in, title and both bodies out; what a person typed stays text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from sales_portal.core import clock, translation
from sales_portal.core.money import Money
from sales_portal.core.translation import ENGLISH
from sales_portal.messaging import headers
from sales_portal.sites import colors

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"
URL_PLACEHOLDER = "[[secret-address]]"
STOP_PLACEHOLDER = "[[no-more-mails]]"
_APART, _TOGETHER = "\u2068", "\u2069"
"""Between these a text runs in its own direction, whichever that of the text around it is."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it is stored: its title on one line, and the bodies as text and as HTML."""

    title: str
    text: str
    html: str


def render(template: str, context: Mapping[str, object], *, locale: str, time_zone: str,
           language: str = ENGLISH) -> Rendered:
    """The mail `template` with `context` in `language`, amounts and dates as the country of `locale` writes them.

    A name the context lacks is an error. A secret URL belongs in as a placeholder.
    """
    with translation.speaking(language):
        spoken = translation.language()
        values = dict(context) | {"locale": translation.written_in(spoken, locale), "time_zone": time_zone}
        title = headers.title(_part(template, "subject.txt", values))
        values["title"] = title
        return Rendered(title, _part(template, "body.txt", values).strip() + "\n",
                        _part(template, "body.html", values))


def _part(template: str, name: str, values: Mapping[str, object]) -> str:
    # A zero byte can stand in no mail and in no text of PostgreSQL.
    return _environment().get_template(f"{template}/{name}").render(values).replace("\x00", "")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False, autoescape=select_autoescape(["html"], default=False))
    made.filters.update(money=_money, day=_day, moment=_moment, short=headers.one_line, apart=_apart,
                        ink_on=colors.ink_on)
    made.globals.update(_=_text, _n=_counted, language=translation.language, is_mirrored=_is_mirrored)
    return made


@pass_eval_context
def _text(part: EvalContext, said: str, **values: object) -> str:
    return _filled(part, translation._(said), values) if values else translation._(said)


@pass_eval_context
def _counted(part: EvalContext, one: str, many: str, count: int, **values: object) -> str:
    return _filled(part, translation.form_of(one, many, count), {"count": count, **values})


def _filled(part: EvalContext, said: str, values: Mapping[str, object]) -> str:
    """The text with its values: in HTML it is text, and only the values may be markup."""
    filled = {name: _apart(value) for name, value in values.items()}
    return escape(said).format(**filled) if part.autoescape else said.format(**filled)


def _apart(value: object) -> object:
    """A value that may run in another direction than a text around it that is written from right to left."""
    if not _is_mirrored():
        return value
    return escape(_APART) + value + _TOGETHER if isinstance(value, Markup) else f"{_APART}{value}{_TOGETHER}"


def _is_mirrored() -> bool:
    return translation.direction(translation.language()) == "rtl"


@pass_context
def _money(context: Context, amount: Money) -> str:
    return amount.format(context["locale"])


@pass_context
def _day(context: Context, at: datetime | date) -> str:
    zone = ZoneInfo(context["time_zone"])
    local = at.astimezone(zone) if isinstance(at, datetime) else at
    is_this_year = local.year == clock.now().astimezone(zone).year
    return format_skeleton("MMMEd" if is_this_year else "yMMMEd", local, locale=context["locale"])


@pass_context
def _moment(context: Context, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(context["time_zone"]))
    return translation._("{day}, {time}", day=_day(context, at),
                         time=format_time(local, "short", locale=context["locale"]))
