"""Lines for what no product is: a title, a price, a tax class, and whether a parcel carries it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import LARGEST
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.selections import acts, entry, lines, queries
from sales_portal.selections.errors import LineGone
from sales_portal.selections.lines import Added
from sales_portal.selections.models import Selection, SelectionLine

LONGEST_TITLE = 300
TAX_CLASSES = ("standard", "reduced", "zero")


@dataclass(frozen=True, slots=True)
class AdHoc:
    """What an ad-hoc line is: `amount` is the price of one, in the selection's currency."""

    title: str
    amount: int
    tax_class: str = "standard"
    ships: bool = False


def add_ad_hoc(session: Session, selection: Selection, wanted: AdHoc, quantity: int = 1, *, by: Actor) -> Added:
    """Put something into `selection` that is not in the catalogue; whether one may is the caller's to ask."""
    entry.check_quantity(quantity)
    values = _checked(wanted)
    acts.begin(session, selection)
    line = lines.append(session, selection, queries.list_lines(session, selection.id), variant_id=None,
                        quantity=quantity, **values)
    acts.finish(session, selection, EventName.SELECTION_LINE_ADDED, ["line"], by=by, line=line, title=line.title,
                quantity=quantity)
    return Added(line, line.title, 0, quantity)


def change_ad_hoc(session: Session, selection: Selection, line_id: int, wanted: AdHoc, *, by: Actor,
                  version: int | None = None) -> SelectionLine:
    """Make an ad-hoc line what is wanted now."""
    values = _checked(wanted)
    acts.begin(session, selection)
    line = queries.get_line(session, selection.id, line_id)
    if line is None:
        raise LineGone(line_id=line_id)
    if line.variant_id is not None:
        raise NotFound(thing="this line")
    changed = [field for field, value in values.items() if getattr(line, field) != value]
    for field in changed:
        acts.refuse_conflict(session, selection, version, field, theirs=getattr(line, field), yours=values[field],
                             line_id=line_id, thing=line.title)
        setattr(line, field, values[field])
    if changed:
        acts.finish(session, selection, EventName.SELECTION_LINE_CHANGED, changed, by=by, line=line, title=line.title)
    return line


def _checked(wanted: AdHoc) -> dict[str, Any]:
    title = " ".join(wanted.title.split())
    if not title:
        raise Invalid("title", "Say what it is")
    if len(title) > LONGEST_TITLE:
        raise Invalid("title", f"Use at most {LONGEST_TITLE} characters")
    if not 0 <= wanted.amount <= LARGEST:
        raise Invalid("amount", "Enter an amount from 0 up" if wanted.amount < 0 else "Enter a smaller amount")
    if wanted.tax_class not in TAX_CLASSES:
        raise Invalid("tax_class", "Choose how it is taxed")
    return {"title": title, "special_price_amount": wanted.amount, "tax_class": wanted.tax_class,
            "ships": wanted.ships}
