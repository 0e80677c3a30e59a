"""L-42: the form of a CRM account id is checked, and both ways to write a Salesforce id mean one account."""

import pytest

from sales_portal.core.errors import Invalid
from sales_portal.customers import crm

SHORT, WHOLE = "0011t00000AbCdE", "0011t00000AbCdEAAV"


@pytest.mark.parametrize("text", ["", SHORT, WHOLE])
def test_l42_fifteen_characters_or_eighteen_that_fit_are_an_id(text: str) -> None:
    crm.check(text, "salesforce")


@pytest.mark.parametrize(("text", "problem"), [
    ("A-1", "15 or 18 letters and digits"), (SHORT[:-1], "15 or 18"), (WHOLE[:-1], "15 or 18"), (SHORT + " ", "15 or"),
    ("0011t00000AbCdé", "15 or 18"), ("0031t00000XyZabAAF", "the id of a contact"),
    ("0061t00000AbCdE", "begin with 001"),
    ("0011t00000AbCdEAAA", "don't fit"), (WHOLE.upper(), "don't fit"), (WHOLE.lower(), "don't fit")])
def test_l42_anything_else_is_refused_with_the_rule(text: str, problem: str) -> None:
    with pytest.raises(Invalid, match=problem) as refused:
        crm.check(text, "salesforce")
    assert refused.value.field == "crm_account_id"


def test_l42_ids_of_another_system_may_look_as_they_like() -> None:
    crm.check("A-1 / north", "other")
    with pytest.raises(Invalid, match="at most 40 characters"):
        crm.check("x" * 41, "other")


def test_an_id_is_kept_whole_and_known_in_both_ways_to_write_it() -> None:
    assert crm.canonical(SHORT) == crm.canonical(WHOLE) == WHOLE
    assert crm.forms(SHORT) == crm.forms(WHOLE) == (WHOLE, SHORT)
    assert crm.canonical("CRM-9") == "CRM-9"
    assert crm.forms("CRM-9") == ("CRM-9",)
    assert crm.forms("0011t00000AbCdEAAA") == ("0011t00000AbCdEAAA",)
