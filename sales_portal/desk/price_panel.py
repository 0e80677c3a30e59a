"""What the panel of a line's price shows: the fields, and what the price would mean, before anything is saved."""

from collections.abc import Collection
from dataclasses import dataclass

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import offers
from sales_portal.approvals import queries as approvals
from sales_portal.approvals.rules import Limits, Offered
from sales_portal.pricing import queries as pricing
from sales_portal.pricing import special
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.web import formatting
from sales_portal.web.extensions import db

THIN = 10_000
"""A margin less than so much above the least one is thin."""
_SHOWN = 10
_SHORT = 100


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a price would do to a line. Margins are None without the permission to see them; `grade` is their word."""

    amount: int
    list_amount: int | None
    percent: int | None
    saving: int
    margin: int | None = None
    list_margin: int | None = None
    grade: str = ""
    grade_tone: str = ""
    limit: int | None = None
    over: str = ""

    @property
    def bar(self) -> dict[str, int] | None:
        """The discount beside the limit, for a meter that is full at twice the limit."""
        if self.limit is None or self.percent is None:
            return None
        return {"value": max(self.percent, 0), "high": self.limit, "max": max(2 * self.limit, self.percent, 1)}


def limits_of(person: Staff) -> Limits:
    """How far `person` may go without asking."""
    return Limits(*person.price_limits)


def notes_of(basket: Basket, person: Staff, unapproved: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """By line with a special price, what stands under its product: how far off, and whether it needs another's yes
    (`unapproved` lines) or has it."""
    limits = limits_of(person)
    return {line.line_id: _notes(line, limits, line.line_id in unapproved)
            for line in offers.lines_of(basket) if line.variant_id is not None}


def meaning_of(basket: Basket, row: BasketRow, amount: int, person: Staff) -> Meaning:
    """What it would mean if one piece of `row` cost `amount`."""
    line, limits = offers.offered_at(row, amount, basket), limits_of(person)
    sees, is_over = person.may(Permission.COST_AND_MARGIN), line.is_over(limits.discount)
    grade, tone = _grade(line, limits)
    return Meaning(
        amount=amount, list_amount=row.list_amount, percent=line.percent,
        saving=((row.list_amount or amount) - amount) * row.quantity, margin=line.margin if sees else None,
        list_margin=line.list_margin if sees else None, grade="" if sees and tone != "danger" else grade,
        grade_tone=tone, limit=limits.discount, over=_over(line, limits, person) if is_over else "")


def fields_of(row: BasketRow, amount: int | None, currency: str, applies: str = "each") -> dict[str, str]:
    """A price as the fields write it, for one piece or for the whole line."""
    if amount is None:
        return {"amount": "", "percent": "", "applies": applies}
    percent = special.percent_off(row.list_amount, amount) if row.list_amount else None
    shown = formatting.amount(amount * row.quantity if applies == "line" else amount, currency)
    return {"amount": shown, "percent": _field_percent(percent) if percent else "", "applies": applies}


def short_percent(percent: int) -> str:
    """A percentage with two decimals at most: 16,67 %."""
    rounded = _rounded(abs(percent), _SHOWN) or abs(percent)
    return formatting.percent(-rounded if percent < 0 else rounded)


def _field_percent(percent: int) -> str:
    """A reduction as its field writes it, before the sign of percent: 16,67; a surcharge with its plus."""
    return ("+" if percent < 0 else "") + short_percent(abs(percent)).rstrip("%\u00a0")


def reasons(person: Staff) -> tuple[list[tuple[str, str]], str]:
    """The reasons to choose from, and the one this person gave last."""
    last = str(person.preferences.get("price_reason", ""))
    known = list(pricing.list_price_reasons(db.session()))
    if last and last not in known:
        known.append(last)
    return [("", "Choose a reason"), *((text, text) for text in known)], last


def _notes(line: Offered, limits: Limits, needs_yes: bool) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    percent = line.percent
    off = f" {'−' if percent > 0 else '+'}{_whole(percent)} %" if percent else ""
    notes.append((f"Special price{off}" + (f" · “{line.reason}”" if line.reason else ""), "accent"))
    if line.is_over(limits.discount) and limits.discount is not None and percent is not None:
        over, limit = _above(percent, limits.discount), formatting.percent(limits.discount)
        notes.append((f"{over} — over your {limit} limit, {_answer(needs_yes)}", "warning" if needs_yes else "success"))
    if line.is_below(limits.margin):
        notes.append((f"Below minimum margin, {_answer(needs_yes)}", "danger" if needs_yes else "success"))
    return notes


def _answer(needs_yes: bool) -> str:
    return "needs approval" if needs_yes else "approved"


def _over(line: Offered, limits: Limits, person: Staff) -> str:
    deciders = [decider.name for decider in approvals.list_deciders(db.session(), person)]
    who = " or ".join(deciders[:3]) or "A manager"
    over = _above(line.percent or 0, limits.discount or 0)
    return f"{over} is over your {formatting.percent(limits.discount or 0)} limit. {who} can approve it."


def _grade(line: Offered, limits: Limits) -> tuple[str, str]:
    if line.margin is None:
        return "", ""
    least = limits.margin or 0
    if line.margin < least:
        return "Below minimum", "danger"
    return ("Thin margin", "warning") if line.margin < least + THIN else ("Good margin", "success")


def _above(percent: int, limit: int) -> str:
    """`percent` in a few digits that never look like the limit itself."""
    short = _rounded(percent, _SHORT)
    return formatting.percent(short if short > limit else percent)


def _whole(percent: int) -> int:
    return _rounded(abs(percent), 1000) // 1000


def _rounded(percent: int, unit: int) -> int:
    return (percent + unit // 2) // unit * unit
