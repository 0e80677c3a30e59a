"""What the house asks of a line, such as an engraving: asked of the customer wherever the agent left it open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.catalog.questions import Kept
from sales_portal.checkout import pricing, queries
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core.writing import change
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line with what is asked of it: the questions left `open`, what is `known` of them, what the agent `gave`."""

    line_no: int
    title: str
    open: tuple[CustomField, ...]
    known: Mapping[str, str]
    given: tuple[Kept, ...]


def list_asked(session: Session, visit: CheckoutSession, link: CheckoutLink) -> list[AskedLine]:
    """The lines of the copy something is asked of; where nothing is, no more is read than the lines and that."""
    queries.load_lines(session, visit)
    items = pricing.items_of(visit)
    asked = catalog.list_line_fields(session, (line.product_id for line in items))
    offered = {line.line_no: line.answers or () for line in links.list_lines(session, link.id)} if asked else {}
    return [_asked(line, asked[line.product_id or 0], offered.get(line.line_no, ()))
            for line in items if line.product_id in asked]


def answer_lines(session: Session, visit: CheckoutSession, asked: Sequence[AskedLine],
                 answers: Mapping[int, Mapping[str, str]]) -> None:
    """Keep what was answered, by line and slug; what the agent answered stays, whatever `answers` says.

    The answers were read as `catalog.questions` does.
    """
    lines = {line.line_no: line for line in pricing.items_of(visit)}
    for one in asked:
        kept = questions.keep(one.open, answers.get(one.line_no, {})) or []
        change(session, (lines[one.line_no], {"answers": [*one.given, *kept] or None}))
    if asked:
        # An order takes lines that were read before its locks only where the copy's version is still the same.
        change(session, (visit, {}), counting="version")


def ask_again(session: Session, visit: CheckoutSession) -> None:
    """After a change of the lines: the details are asked again where one lacks an answer that is required."""
    if visit.details_at is None:
        return
    items = pricing.items_of(visit)
    asked = catalog.list_line_fields(session, (line.product_id for line in items))
    if any(_lacks(asked.get(line.product_id or 0, ()), questions.by_slug(line.answers)) for line in items):
        visit.details_at = None


def merged(given: Sequence[Kept] | None, kept: Sequence[Kept] | None) -> list[dict[str, str]] | None:
    """What the agent answered, and beside it what was kept of the customer's."""
    own = questions.by_slug(given)
    return [dict(one) for one in (*(given or ()), *(one for one in kept or () if one["slug"] not in own))] or None


def _asked(line: CheckoutSessionLine, fields: Sequence[CustomField], given: Sequence[Kept]) -> AskedLine:
    answered = questions.by_slug(given)
    known = questions.by_slug(one for one in line.answers or () if one["slug"] not in answered)
    return AskedLine(line.line_no, line.title, tuple(one for one in fields if one.slug not in answered), known,
                     tuple(given))


def _lacks(asked: Collection[CustomField], answers: Mapping[str, str]) -> bool:
    return any(one.is_required and one.slug not in answers for one in asked)
