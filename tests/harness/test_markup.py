"""What is read of a page says what is on it, not in which second it was made."""

import pytest

from tests.harness import markup

FORM = '<form><input type="hidden" name="csrf_token" value="{}"><input name="label" value="Spring"></form>'
ORDERED_OTHERWISE = '<input value="{}" name="csrf_token" type="hidden">'
IN_A_TEMPLATE = '<template><form><input name="csrf_token" value="{}"></form></template>'


@pytest.mark.parametrize("form", [FORM, ORDERED_OTHERWISE, IN_A_TEMPLATE])
def test_forms_that_differ_in_their_tokens_alone_are_drawn_alike(form: str) -> None:
    earlier, later = (markup.parse(form.format(token)) for token in ("Im.awsqsg.RGq", "Im.awsqsw.xFX"))
    assert markup.without_tokens(earlier) == markup.without_tokens(later)
    assert str(earlier) != str(later), "the forms themselves stay as they were"


def test_forms_that_differ_in_anything_else_are_not() -> None:
    spring, summer = (markup.parse(FORM.replace("Spring", label)) for label in ("Spring", "Summer"))
    assert markup.without_tokens(spring) != markup.without_tokens(summer)
