"""A text of a template is filled in as markup is, whoever's words stand in it."""

from datetime import date
from decimal import Decimal

import pytest
from jinja2 import Undefined, UndefinedError
from markupsafe import Markup, escape

from sales_portal.web import formatting

TEXTS = (
    "Paid {amount} on {day}", "{amount}", "<{amount}> & 'then' {day}{amount}", "{{amount}} is no {amount}",
    "{amount!s} {day}", "{amount:>9}|", "{amount.real}", "nothing to fill in")
VALUES = (
    7, "a < b", Markup("<b>7</b>"), None, Decimal("1.50"), date(2026, 11, 29), True, Undefined(name="gone"), "{day}")


@pytest.mark.parametrize("said", TEXTS)
@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_text_is_filled_in_as_markup_fills_it_in(said: str, value: object) -> None:
    given = {"amount": value, "day": "Friday & <later>"}
    try:
        wanted = escape(said).format(**given)
    except (TypeError, AttributeError, ValueError, UndefinedError) as error:
        with pytest.raises(type(error)):
            formatting.text(said, **given)
        return
    for _ in range(2):
        shown = formatting.text(said, **given)
        assert (type(shown), shown) == (Markup, wanted)


def test_a_value_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="amount"):
        formatting.text("Paid {amount} of {total}", total=3)


def test_the_form_a_count_takes_is_filled_in_with_it() -> None:
    said = ("{count} line of {who}", "{count} lines of {who}")
    assert formatting.counted(*said, 1, who="<Ada>") == "1 line of &lt;Ada&gt;"
    assert formatting.counted(*said, 2, who=Markup("<b>")) == "2 lines of <b>"
