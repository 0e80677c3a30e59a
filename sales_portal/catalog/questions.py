"""What may be answered to one of the house's own questions, by its kind. Answers are kept as text.

A line is asked of each of its units, since two boards may be engraved differently; a long one is asked once for all.
What it was asked is kept with what the question was called, so that a later change of it changes no answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sales_portal.catalog.models import CustomField
from sales_portal.core import translation
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import N_, _

Kept = Mapping[str, Any]
"""An answer of a line: the `slug` and `label` of the question, the `answer`, and the `unit` it is for, from 1."""
ByUnit = Mapping[int, Mapping[str, str]]
"""Answers of a line by unit and slug."""

MOST_UNITS = 20
"""So many units of a line are asked one by one; of more, the first answers for all."""
LONGEST_ANSWER = 500
YES = "yes"
_CHOOSE = N_("Choose the {label}")
_ASKING = {"choice": _CHOOSE, "yes_no": N_("Confirm the {label}")}
_NUMBER = re.compile(r"[-\u2212]?\d{1,15}(?:[.,]\d{1,6})?")


def read_answer(question: CustomField, typed: str) -> str:
    """`typed` as it is kept; raises `Invalid` naming the question's slug where it is no answer of its kind."""
    text = typed.strip()
    if question.kind == "yes_no":
        text = YES if text else ""
    if not text:
        _refuse_missing(question)
        return ""
    if len(text) > LONGEST_ANSWER:
        raise Invalid(question.slug, _("Enter an answer with at most {count} characters", count=LONGEST_ANSWER))
    if question.kind == "number" and not _NUMBER.fullmatch(text):
        raise Invalid(question.slug, _("Enter a number"))
    if question.kind == "date" and not _is_date(text):
        raise Invalid(question.slug, _("Enter a date like 2026-12-24"))
    if question.kind == "choice" and text not in question.choices:
        raise Invalid(question.slug, _(_CHOOSE, label=_called(question)))
    return text


def read_answers(questions: Iterable[CustomField], typed: Mapping[str, str]) -> dict[str, str]:
    """The answers among `typed` by slug, those to unknown questions left out.

    Raises `Invalid` for the first that will not do. A question that was not answered is not asked for here.
    """
    return {question.slug: read_answer(question, typed[question.slug])
            for question in questions if typed.get(question.slug, "").strip()}


def units_of(quantity: int) -> Sequence[int]:
    """The units of a line that are asked."""
    return range(1, quantity + 1 if quantity <= MOST_UNITS else 2)


def keep(questions: Sequence[CustomField], answers: ByUnit) -> list[dict[str, Any]] | None:
    """`answers` as a line keeps them, by unit and in the order of the questions; None where nothing was answered."""
    return [{"slug": question.slug, "label": question.label, "answer": given[question.slug], "unit": unit}
            for unit, given in sorted(answers.items()) for question in questions if given.get(question.slug)] or None


def by_unit(kept: Iterable[Kept] | None) -> dict[int, dict[str, str]]:
    """The answers a line keeps, by unit and slug."""
    found: dict[int, dict[str, str]] = {}
    for one in kept or ():
        found.setdefault(one["unit"], {})[one["slug"]] = one["answer"]
    return found


def said(kept: Iterable[Kept] | None, quantity: int) -> tuple[tuple[str, str], ...]:
    """What the units of a line answer, as (question, answer); each says which unit it is of where there are several."""
    units = units_of(quantity)
    return tuple((f"{one['label']} {one['unit']}" if len(units) > 1 else one["label"], one["answer"])
                 for one in kept or () if one["unit"] in units)


def _refuse_missing(question: CustomField) -> None:
    if question.is_required:
        text = _ASKING.get(question.kind, N_("Enter the {label}"))
        raise Invalid(question.slug, _(text, label=_called(question)))


def _called(question: CustomField) -> str:
    # In other languages than English nouns may begin with a capital inside a sentence.
    label = question.label
    return label[:1].lower() + label[1:] if translation.language() == translation.ENGLISH else label


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("2026-12-24") and bool(date.fromisoformat(text))
    except ValueError:
        return False
