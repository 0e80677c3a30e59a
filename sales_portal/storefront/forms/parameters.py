"""What the address of a first page may bring along, read as if it had been typed: what won't do is as good as absent.

The names of `links.parameters` are also those of the hidden fields that carry the values from the first page to
*Continue* (P-17 to P-23).
"""

from collections.abc import Callable, Mapping, Sequence

from werkzeug.datastructures import MultiDict

from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.checkout.prefilling import NOTHING, Brought
from sales_portal.core.errors import Invalid
from sales_portal.links.parameters import AMOUNT, ANSWER, CODE, EMAIL, LONGEST_CODE, METADATA, NAME, PRODUCT
from sales_portal.links.terms import MAX_VALUE
from sales_portal.storefront.forms.details import details_form
from sales_portal.storefront.forms.texts import one_line

THEMES = ("light", "dark")
_KNOWN = frozenset((EMAIL, NAME, CODE, AMOUNT, PRODUCT, *METADATA))
_MOST_DIGITS = 16


def read(sent: Mapping[str, str], list_questions: Callable[[], Sequence[CustomField]]) -> Brought:
    """What `sent` brings along. The house's questions are asked for only where it answers any.

    Answers are taken all together or not at all; those to questions nobody asks are dropped before.
    """
    answers = {name.removeprefix(ANSWER): text for name, text in sent.items() if name.startswith(ANSWER)}
    if not answers and not _KNOWN & sent.keys():
        return NOTHING
    form = details_form((), (), MultiDict({"email": sent.get(EMAIL, ""), "name": sent.get(NAME, "")}), {})
    form.validate()
    email, name = ("" if field.errors else field.data or "" for field in (form.email, form.name))
    return Brought(
        email=email, name=name, discount_code=_short(sent.get(CODE, ""), LONGEST_CODE),
        amount=_number(sent.get(AMOUNT, "")), product_id=_number(sent.get(PRODUCT, "")),
        answers=_answers(answers, list_questions()) if answers else {},
        metadata={key: text for key in METADATA if (text := _short(sent.get(key, ""), MAX_VALUE))})


def write(brought: Brought) -> dict[str, str]:
    """The names and values `read` reads as `brought` again; the product is picked on the page itself."""
    fields = {EMAIL: brought.email, NAME: brought.name, CODE: brought.discount_code,
              AMOUNT: str(brought.amount) if brought.amount is not None else "", **brought.metadata,
              **{ANSWER + slug: text for slug, text in brought.answers.items()}}
    return {name: text for name, text in fields.items() if text}


def theme(sent: Mapping[str, str]) -> str:
    """The colours the page is asked for; the browser's own where it asks for none."""
    wanted = sent.get("theme", "")
    return wanted if wanted in THEMES else "system"


def _answers(typed: Mapping[str, str], asked: Sequence[CustomField]) -> dict[str, str]:
    try:
        return questions.read_answers(asked, {slug: one_line(text) for slug, text in typed.items()})
    except Invalid:
        return {}


def _short(typed: str, longest: int) -> str:
    text = one_line(typed)
    return text if len(text) <= longest else ""


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS else None
