"""What stands under the product of each line, beside its checks: price, dates, terms, warehouse, people, notes."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from sales_portal.accounts.models import Staff
from sales_portal.catalog import questions
from sales_portal.desk import price_panel
from sales_portal.links.models import CheckoutLinkLine
from sales_portal.orders.models import OrderLine
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.web import formatting

Note = tuple[str, str]
_DAY = timedelta(days=1)
_NAMED = 5
"""So many learners are named under a line; the rest are counted."""


def of_basket(basket: Basket, person: Staff, unapproved: Collection[int]) -> dict[int, list[Note]]:
    """By line, (text, tone) of each note in the order they are read; `unapproved` lines still need somebody's yes."""
    prices = price_panel.notes_of(basket, person, unapproved)
    return {row.line_id: [*prices.get(row.line_id, ()), *_of_row(row, basket.quote.currency)] for row in basket.rows}


def of_bought(line: OrderLine) -> list[Note]:
    """What was answered for a line that was bought, and who sits on its seats, one note each with the e-mail."""
    people = (", ".join(filter(None, (learner["name"], learner["email"]))) for learner in line.learners)
    return [*of_answers(line), *((person, "") for person in people if person)]


def of_answers(line: BasketRow | CheckoutLinkLine | OrderLine) -> list[Note]:
    """What was answered to the custom fields of a line, one note each."""
    return [(f"{label}: {answer}", "") for label, answer in questions.said(line.answers, line.quantity)]


def _of_row(row: BasketRow, currency: str) -> Iterator[Note]:
    if row.is_ad_hoc:
        yield "Not from the catalogue", ""
    if row.kind == "training" and not row.is_ad_hoc:
        yield _when(row), ""
        yield _learners(row), ""
    if row.plan is not None:
        yield f"Version {row.plan.number}, charged {_every(row.plan.interval, row.plan.interval_count)}", ""
    if row.is_pay_what_you_want:
        yield _open_price(row, currency), ""
    yield from of_answers(row)
    if row.has_fields and not row.answers:
        yield "Custom fields: asked at the checkout", ""
    if row.warehouse_name:
        yield f"Taken from {row.warehouse_name}, this once", "accent"
    if row.customer_note:
        yield f"To the customer: {row.customer_note}", ""
    if row.internal_note:
        yield f"Internal: {row.internal_note}", ""


def _when(row: BasketRow) -> str:
    if row.dates is None:
        return "No fixed date"
    starts, ends = row.dates.starts_at, row.dates.ends_at
    until = formatting.time(ends) if ends - starts < _DAY else formatting.date_and_time(ends)
    left = f" · {row.available} of {row.dates.seats} seats left" if row.available is not None else ""
    return f"{formatting.weekday(starts)}, {formatting.time(starts)}–{until}, {row.dates.place}{left}"


def _learners(row: BasketRow) -> str:
    named = [learner["name"] or learner["email"] for learner in row.learners if any(learner.values())]
    seats = "1 seat" if row.quantity == 1 else f"{row.quantity} seats"
    if not named:
        return f"{seats}, no learners named yet"
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"{', '.join(named[:_NAMED])}{more} ({len(named)} of {seats})"


def _every(interval: str, count: int) -> str:
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"


def _open_price(row: BasketRow, currency: str) -> str:
    least = formatting.amount(row.minimum_amount or 0, currency)
    suggested = f", suggested {formatting.amount(row.list_amount, currency)}" if row.list_amount is not None else ""
    return f"Pay what you want: at least {least}{suggested}"
