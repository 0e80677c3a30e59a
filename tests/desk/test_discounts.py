"""The builder's discounts: typed, picked, taken away; what does not apply says why."""

from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def _given(answer: Answer) -> list[str]:
    return [" ".join(row.get_text(" ").split())
            for row in answer.page.select("#selection-discounts .given > li > span")]


def test_a_code_is_typed_and_counts_in_the_answer(maria: Client, session: Session, draft: Selection) -> None:
    """A-05: discounts of a booking."""
    make.discount(session, 10000, code="SUMMER10")
    answer = building.post(maria, draft, "discounts", htmx=True, code="summer10")
    assert answer.status_code == 200
    assert _given(answer) == ["SUMMER10"]
    assert "Discount SUMMER10 −271,00" in building.totals(answer)
    assert building.toasts(answer) == ["SUMMER10 added."]


def test_without_a_script_the_way_back_is_the_page(maria: Client, session: Session, draft: Selection) -> None:
    make.discount(session, 10000, code="SUMMER10")
    answer = building.post(maria, draft, "discounts", code="SUMMER10")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/selections/{draft.number}")
    assert _given(building.page(maria, draft)) == ["SUMMER10"]


def test_a_wrong_code_stays_in_its_field_with_the_reason(maria: Client, session: Session, draft: Selection) -> None:
    make.discount(session, code="GONE", ends_at=clock.now() - timedelta(days=400))
    for htmx in (True, False):
        answer = building.post(maria, draft, "discounts", htmx=htmx, code="gone")
        assert answer.status_code == 422
        field = answer.one("#selection-discounts #field-code")
        assert (field["value"], field["aria-invalid"]) == ("gone", "true")
        assert "This code ended on" in answer.one("#field-code-error").get_text()


def test_one_is_picked_from_the_list(maria: Client, session: Session, draft: Selection) -> None:
    made = make.discount(session, name="Partner bonus")
    make.discount(session, name="Old", ends_at=clock.now() - timedelta(days=1))
    for htmx in (True, False):
        listed = maria.get(f"/selections/{draft.number}/discounts", htmx=htmx)
        assert listed.status_code == 200
        assert [button["aria-label"] for button in listed.page.select("#discount-picker button")] == [
            "Add Partner bonus"]
        assert "Old ended on" in listed.one("#discount-picker").get_text()
    answer = building.post(maria, draft, "discounts", htmx=True, discount=made.id)
    assert _given(answer) == ["Partner bonus"]


def test_one_is_taken_away(maria: Client, session: Session, draft: Selection) -> None:
    made = make.discount(session, code="TEN")
    make.give(session, draft, made)
    answer = building.post(maria, draft, f"discounts/{made.id}/removal", htmx=True)
    assert (_given(answer), building.toasts(answer)) == ([], ["TEN removed."])
    assert building.post(maria, draft, f"discounts/{made.id}/removal", htmx=True).status_code == 404


def test_one_that_does_not_apply_says_why_beside_its_name_and_nowhere_twice(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.give(session, draft, make.discount(session, 30000, code="VIP", is_combinable=False),
              make.discount(session, 10000, code="TEN"))
    answer = building.page(maria, draft)
    assert _given(answer) == ["VIP", "TEN It can't be combined with VIP. What is best for the customer is counted."]
    assert answer.page.get_text().count("can't be combined") == 1


def test_undo_takes_a_discount_back_and_redo_gives_it_again(
        maria: Client, session: Session, draft: Selection) -> None:
    make.discount(session, 10000, code="SUMMER10")
    building.post(maria, draft, "discounts", code="SUMMER10")
    building.post(maria, draft, "undo")
    assert _given(building.page(maria, draft)) == []
    building.post(maria, draft, "redo")
    assert _given(building.page(maria, draft)) == ["SUMMER10"]


def test_who_may_only_read_sees_the_discounts_and_no_way_to_change_them(
        client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.give(session, draft, make.discount(session, code="TEN"))
    client.sign_in(make.staff(session, "Aud Itor", site=shop.site, role="auditor").email)
    answer = building.page(client, draft)
    assert _given(answer) == ["TEN"]
    assert answer.page.select("#selection-discounts form") == []
