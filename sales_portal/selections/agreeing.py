"""What else is agreed on one line: an amount, notes, who learns, its custom fields, the warehouse it is taken from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.catalog.questions import ByUnit
from sales_portal.core.errors import Invalid
from sales_portal.core.money import LARGEST, Money
from sales_portal.customers import service as customers
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.inventory import queries as inventory
from sales_portal.pricing import queries as pricing
from sales_portal.selections import acts, queries
from sales_portal.selections.errors import LineGone
from sales_portal.selections.lines import Changed
from sales_portal.selections.models import Selection, SelectionLine
from sales_portal.sites.models import Site

LONGEST_NOTE = 300
LONGEST_NAME = 120
LONGEST_EMAIL = 254
ANSWER = "answer_"
"""A refused answer is named by this, its unit and the question's slug: `answer_2_engraving`."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Who sits on a seat of a training; both may be empty until they are known."""

    name: str = ""
    email: str = ""


def read_learners(text: str) -> tuple[Learner, ...]:
    """Learners from a list, one a line: `Ada Lind, ada@example.com`, either alone, `Ada Lind <ada@example.com>`.

    A comma, semicolon or tab stands between the two; an empty line is a seat nobody is named for yet.
    """
    return tuple(map(_read_learner, text.rstrip().splitlines()))


def list_learners(learners: Sequence[Learner]) -> str:
    """The list `read_learners` reads them from."""
    return "\n".join(", ".join(filter(None, (learner.name, learner.email))) for learner in learners)


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of one line. `answers` to the questions of its product may be left to the customer.

    `learners` stand in the order of their seats; `warehouse_id` None: the market's own.
    """

    customer_note: str = ""
    internal_note: str = ""
    learners: tuple[Learner, ...] = ()
    warehouse_id: int | None = None
    answers: ByUnit = field(default_factory=dict)


def set_chosen_amount(session: Session, selection: Selection, line_id: int, amount: int, *, by: Actor,
                      version: int | None = None) -> Changed:
    """Agree on what a pay-what-you-want product costs on this line, from its minimum up."""
    acts.begin(session, selection)
    line = _get(session, selection, line_id)
    _refuse_amount(session, selection, line, amount)
    before, title = line.chosen_amount, line.full_title
    acts.refuse_conflict(session, selection, version, "chosen_amount", theirs=before, yours=amount, line_id=line_id,
                         thing=title)
    if before != amount:
        line.chosen_amount = amount
        acts.finish(session, selection, EventName.SELECTION_LINE_CHANGED, ["chosen_amount"], by=by, line=line,
                    title=title, before=before, after=amount)
    return Changed(line, title, before, amount)


def set_details(session: Session, selection: Selection, line_id: int, details: Details, *, by: Actor,
                version: int | None = None) -> list[str]:
    """Keep what is said of a line; returns the names of the fields that changed.

    Raises `Invalid` for notes that are too long, learners without a seat or with no e-mail, unknown warehouses,
    answers that are none.
    """
    acts.begin(session, selection)
    line = _get(session, selection, line_id)
    values = {
        "customer_note": _short(details.customer_note, "customer_note", LONGEST_NOTE),
        "internal_note": _short(details.internal_note, "internal_note", LONGEST_NOTE),
        "learners": _learners(details.learners, line.quantity),
        "answers": _answers(session, line, details.answers),
        "warehouse_id": _warehouse(session, line, details.warehouse_id)}
    changed = [name for name, value in values.items() if getattr(line, name) != value]
    for name in changed:
        acts.refuse_conflict(session, selection, version, name, theirs=getattr(line, name), yours=values[name],
                             line_id=line_id, thing=line.full_title)
        setattr(line, name, values[name])
    if changed:
        acts.finish(session, selection, EventName.SELECTION_LINE_CHANGED, changed, by=by, line=line,
                    title=line.full_title)
    return changed


def _get(session: Session, selection: Selection, line_id: int) -> SelectionLine:
    line = queries.get_line(session, selection.id, line_id)
    if line is None:
        raise LineGone(line_id=line_id)
    return line


def _refuse_amount(session: Session, selection: Selection, line: SelectionLine, amount: int) -> None:
    if line.variant is None or not line.variant.product.is_pay_what_you_want:
        raise Invalid("amount", f"The price of {line.full_title} is fixed")
    price = pricing.get_price(session, selection.pricelist_id, line.variant.id)
    least = (price.minimum_amount or 0) if price is not None else 0
    if amount < least:
        locale = session.get_one(Site, selection.site_id).locale.replace("-", "_")
        raise Invalid("amount", f"Enter at least {Money(least, selection.currency).format_amount(locale)}")
    if amount > LARGEST:
        raise Invalid("amount", "Enter a smaller amount")


def _short(text: str, field: str, most: int) -> str:
    kept = text.replace("\r\n", "\n").strip()
    if len(kept) > most:
        raise Invalid(field, f"Use at most {most} characters")
    return kept


def _learners(learners: Sequence[Learner], seats: int) -> list[dict[str, str]]:
    """As the line stores them; seats nobody is named for at the end are left out."""
    kept = [_learner(learner, seat) for seat, learner in enumerate(learners, 1)]
    while kept and not any(kept[-1].values()):
        kept.pop()
    if len(kept) > seats:
        raise Invalid("learners", f"{len(kept)} learners can't take {seats} seats. Raise the quantity first.")
    return kept


def _answers(session: Session, line: SelectionLine, typed: ByUnit) -> list[dict[str, Any]] | None:
    """As the line stores them; what is left open the customer is asked."""
    if line.variant is None:
        return None
    product_id = line.variant.product_id
    asked = catalog.list_line_fields(session, [product_id]).get(product_id, ())
    return questions.keep(asked, {unit: _of_unit(asked, unit, typed.get(unit, {}))
                                  for unit in questions.units_of(line.quantity)})


def _of_unit(asked: Sequence[CustomField], unit: int, typed: Mapping[str, str]) -> dict[str, str]:
    try:
        return questions.read_answers(asked, typed)
    except Invalid as refusal:
        raise Invalid(f"{ANSWER}{unit}_{refusal.field}", refusal.text) from None


def _read_learner(line: str) -> Learner:
    whole = line.strip()
    if whole.endswith(">") and "<" in whole:
        name, _, email = whole[:-1].rpartition("<")
        return Learner(name.strip(" ,;\t"), email.strip())
    name, _, email = whole.rpartition(max(",;\t", key=whole.rfind))
    if "@" in email and "@" not in name:
        return Learner(name.strip(), email.strip())
    whole = whole.rstrip(",;\t ")
    return Learner("", whole) if "@" in whole else Learner(whole)


def _learner(learner: Learner, seat: int) -> dict[str, str]:
    name = _short(learner.name, f"learner_name_{seat}", LONGEST_NAME)
    email = _short(learner.email, f"learner_email_{seat}", LONGEST_EMAIL)
    return {"name": name, "email": _email(email, f"learner_email_{seat}") if email else ""}


def _email(typed: str, field: str) -> str:
    try:
        return customers.clean_email(typed)
    except Invalid as refusal:
        raise Invalid(field, refusal.text) from None


def _warehouse(session: Session, line: SelectionLine, warehouse_id: int | None) -> int | None:
    if warehouse_id is None:
        return None
    if line.variant_id is None or inventory.get_stock(session, line.variant_id, warehouse_id) is None:
        raise Invalid("warehouse_id", f"{line.full_title} is not kept there. Choose another warehouse.")
    return warehouse_id
