"""A field is looked at when it is left: what is wrong with it or what was probably meant, and saving judges again."""

from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop

WRONG_EMAIL = "Enter an e-mail address like name@example.com"


def look(client: Client, url: str, field: str, text: str) -> str:
    """What is said under the field `field` with `text` in it, asked as the field itself asks."""
    answer = cast(Answer, client.get(url, htmx=True, query_string={
        "field": f"field-{field}", field: text}))
    assert answer.status_code == 200
    return answer.words(f"#field-{field}-check")


@pytest.mark.parametrize(("field", "text", "said"), [
    ("email", "anna@hotmial.com", "Did you mean anna@hotmail.com ?"), ("email", "anna@example.com", ""),
    ("email", "anna@", WRONG_EMAIL), ("email", "", ""), ("email", "   ", ""),
    ("prefill-email", "anna@gmial.com", "Did you mean anna@gmail.com ?"), ("to", "anna", WRONG_EMAIL),
    ("email", "a" * 5000, WRONG_EMAIL), ("email", "\x00🪑", WRONG_EMAIL)])
def test_an_e_mail_that_looks_mistyped_is_asked_about(maria: Client, field: str, text: str, said: str) -> None:
    assert look(maria, "/validate/email", field, text) == said


@pytest.mark.parametrize(("text", "is_right"), [
    ("DE136695976", True), ("de 136 695 976", True), ("DE136695977", False), ("12345", False), ("", True)])
def test_a_vat_number_is_checked_by_its_digits(maria: Client, text: str, is_right: bool) -> None:
    said = look(maria, "/validate/vat-number", "vat_number", text)
    assert said == ("" if is_right else f"{text} is not a VAT number of the European Union. "
                    "Check its digits, or leave it empty")


def test_a_code_is_looked_up_for_this_selection_at_this_moment(
        maria: Client, session: Session, draft: Selection, statements: Counting) -> None:
    make.discount(session, code="SUMMER10")
    make.discount(session, code="GONE", ends_at=clock.now() - timedelta(days=1))
    make.discount(session, code="EUROS", fixed_amount=500, currency="EUR")
    session.commit()
    url = f"/selections/{draft.number}/discounts/validate"
    assert look(maria, url, "code", "summer10") == ""
    assert look(maria, url, "code", "SUMER10") == "There is no discount with this code. Check how it is written"
    for code in ("GONE", "EUROS"):
        said = look(maria, url, "code", code)
        refused = building.post(maria, draft, "discounts", htmx=True, code=code)
        assert said == refused.words("#field-code-error") != ""
    with statements(at_most=4):
        look(maria, url, "code", "SUMMER10")


@pytest.mark.parametrize("field", ["", "<b>", "field-<script>", "field-" + "a" * 99, "field-other"])
def test_what_no_page_asks_is_answered_with_nothing(maria: Client, field: str) -> None:
    answer = cast(Answer, maria.get("/validate/email", htmx=True, query_string={"field": field, "email": "anna@"}))
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert not answer.page.select(".field-error")


def fields_of(answer: Answer) -> dict[str, str]:
    """Each field that is looked at when it is left, and where it asks."""
    for field in answer.page.select("[data-check]"):
        slot = answer.one(f"#{field['id']}-check")
        assert (slot["role"], slot.get_text()) == ("status", "")
        assert f"{field['id']}-check" in str(field["aria-describedby"]).split()
        assert (field["hx-trigger"], field["hx-target"]) == ("change", f"#{field['id']}-check")
    return {str(field["id"]): str(field["hx-get"]).partition("?")[0] for field in answer.page.select("[data-check]")}


def test_every_field_an_agent_types_one_into_is_looked_at(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    email, vat = "/validate/email", "/validate/vat-number"
    code = f"/selections/{draft.number}/discounts/validate"
    link = make.link(session, make.selection(session, shop, {shop.bag: 1})).link
    session.commit()
    assert fields_of(building.page(maria, draft)) == {"field-code": code}
    for path, fields in (
            (f"/selections/{draft.number}/customer/details", {"field-email": email, "field-vat_number": vat}),
            (f"/selections/{draft.number}/customers?q=bo", {"field-email": email}),
            ("/customers/new", {"field-email": email}), (f"/links/{link.number}/sending", {"field-to": email}),
            (f"/selections/{draft.number}/link", {"field-prefill-email": email})):
        assert fields_of(cast(Answer, maria.get(path))) == fields, path
    asked = building.post(maria, draft, "customer", htmx=True, q="bo@exmaple")
    assert fields_of(asked)["field-email"] == email
