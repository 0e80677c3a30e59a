"""What the house asks of a line, such as an engraving: asked of the customer wherever the agent left it open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.catalog.questions import ByUnit, Kept
from sales_portal.checkout import pricing, queries
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core.translation import _
from sales_portal.core.writing import change
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """One unit of a line, of so many that are asked: the questions left `open`, and what is `known` of them."""

    line_no: int
    unit: int
    units: int
    product: str
    open: tuple[CustomField, ...]
    known: Mapping[str, str]

    @property
    def title(self) -> str:
        """What it is called: its product, and which one of several."""
        if self.units == 1:
            return self.product
        return _("{product} ({number} of {count})", product=self.product, number=self.unit, count=self.units)


def list_asked(session: Session, visit: CheckoutSession, link: CheckoutLink) -> list[AskedUnit]:
    """The units of the copy something is left open of; where nothing is, no more is read than the lines and that."""
    queries.load_lines(session, visit)
    items = pricing.items_of(visit)
    asked = catalog.list_line_fields(session, (line.product_id for line in items))
    given = _given(session, link) if asked else {}
    return [unit for line in items for unit in _units(line, asked.get(line.product_id or 0, ()),
                                                      questions.by_unit(given.get(line.line_no)))]


def answer_lines(session: Session, visit: CheckoutSession, link: CheckoutLink, asked: Sequence[AskedUnit],
                 answers: Mapping[int, ByUnit]) -> None:
    """Keep what was answered, by line; what the agent answered stays, whatever `answers` says.

    The answers were read as `catalog.questions` does.
    """
    lines = {line.line_no: line for line in pricing.items_of(visit)}
    given = _given(session, link) if asked else {}
    for line_no in {one.line_no for one in asked}:
        fields = list(dict.fromkeys(field for one in asked if one.line_no == line_no for field in one.open))
        kept = questions.keep(fields, answers.get(line_no, {}))
        change(session, (lines[line_no], {"answers": merged(given.get(line_no), kept)}))
    if asked:
        # An order takes lines that were read before its locks only where the copy's version is still the same.
        change(session, (visit, {}), counting="version")


def ask_again(session: Session, visit: CheckoutSession) -> None:
    """After a change of the lines: the details are asked again where one lacks an answer that is required."""
    if visit.details_at is None:
        return
    items = pricing.items_of(visit)
    asked = catalog.list_line_fields(session, (line.product_id for line in items))
    if any(_lacks(line, asked.get(line.product_id or 0, ())) for line in items):
        visit.details_at = None


def merged(given: Sequence[Kept] | None, kept: Sequence[Kept] | None) -> list[dict[str, object]] | None:
    """What the agent answered, and beside it what was kept of the customer's; unit by unit."""
    own = {(one["unit"], one["slug"]) for one in given or ()}
    both = [*(given or ()), *(one for one in kept or () if (one["unit"], one["slug"]) not in own)]
    return [dict(one) for one in sorted(both, key=lambda one: int(one["unit"]))] or None


def _given(session: Session, link: CheckoutLink) -> dict[int, Sequence[Kept] | None]:
    """What the agent answered, by line."""
    return {line.line_no: line.answers for line in links.list_lines(session, link.id)}


def _units(line: CheckoutSessionLine, fields: Sequence[CustomField], given: ByUnit) -> Iterator[AskedUnit]:
    known, units = questions.by_unit(line.answers), questions.units_of(line.quantity)
    for unit in units:
        left = tuple(field for field in fields if field.slug not in given.get(unit, {}))
        if left:
            yield AskedUnit(line.line_no, unit, len(units), line.title, left, known.get(unit, {}))


def _lacks(line: CheckoutSessionLine, fields: Sequence[CustomField]) -> bool:
    answers = questions.by_unit(line.answers)
    return any(field.is_required and field.slug not in answers.get(unit, {})
               for unit in questions.units_of(line.quantity) for field in fields)
