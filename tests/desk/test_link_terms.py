"""What the Link dialog promises is what is stored, and wrong terms say what to enter."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")

TERMS: list[tuple[dict[str, Any], str]] = [
    ({"changes": "more"}, "Anna Svensson can change quantities. The total starts at 2 769,00 kr"),
    ({"changes": "more", "max_per_line": "5"}, "At most 5 per line."),
    ({"changes": "pick_one"}, "Anna Svensson picks one of 2 products, from 369,00 kr to 2 459,00 kr"),
    ({"ignores_shipping": "1"}, "Shipping is not charged."),
    ({"ignores_tax": "1", "ignores_tax_reason": "Export"}, "Tax is not charged."),
    ({"until": "7"}, "until 28 Nov 2026"),
    ({"until": "none"}, "with no end"),
    ({"until": "date", "starts_on": "2026-12-01T08:00", "ends_on": "2026-12-24T18:00"},
     "from 1 Dec 2026, until 24 Dec 2026"),
    ({"paid": "once", "lets_openers_finish": "1"}, "After the first payment the link closes"),
    ({"paid": "many", "times": "12"}, "It can be paid up to 12 times. Each payment becomes its own order."),
    ({"paid": "any"}, "It can be paid any number of times."),
]


@pytest.mark.parametrize(("typed", "said"), TERMS)
def test_the_promise_says_what_will_be_stored(
        maria: Client, session: Session, draft: Selection, typed: dict[str, Any], said: str) -> None:
    """C-14, C-16: locked or not, and whether shipping and tax are ignored, are chosen in the dialog."""
    shown = linking.dialog(maria, draft)
    promised = linking.preview(maria, draft, shown, **typed)
    assert promised.status_code == 200
    assert said.replace(" ", "") in promised.words("#promise").replace(" ", "")
    made = linking.create(maria, linking.dialog(maria, draft), **typed)
    assert made.words("#promise") == promised.words("#promise")


def test_what_is_typed_is_what_is_stored(maria: Client, session: Session, draft: Selection) -> None:
    linking.create(
        maria, linking.dialog(maria, draft), changes="more", max_per_line="5", ignores_shipping="1", until="date",
        starts_on="2026-12-01T08:00", ends_on="2026-12-24T18:00", paid="many", times="12", label="Spring 🪑")
    link = linking.only_link(session)
    assert (link.changes, link.may_change_quantities, link.may_add_products, link.max_per_line) == (
        "more", True, False, 5)
    assert (link.policy, link.max_orders, link.ignores_shipping, link.ignores_tax) == ("reusable", 12, True, False)
    assert (link.starts_at, link.expires_at) == (
        datetime(2026, 12, 1, 7, tzinfo=UTC), datetime(2026, 12, 24, 17, tzinfo=UTC))
    assert (link.label, link.agent_id, link.customer_id) == ("Spring 🪑", draft.agent_id, draft.customer_id)


def test_the_last_minute_of_the_day_is_the_sites(maria: Client, session: Session, draft: Selection,
                                                clock: Clock) -> None:
    clock.set(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    linking.create(maria, linking.dialog(maria, draft), until="7")
    assert linking.only_link(session).expires_at == datetime(2026, 11, 29, 22, 59, tzinfo=UTC)


def test_the_preview_moves_the_total_in_the_head_too(maria: Client, draft: Selection) -> None:
    answer = linking.preview(maria, draft, linking.dialog(maria, draft), ignores_shipping="1")
    assert answer.words("#dialog-total") == "2 710,00 kr"
    assert [part["hx-target"] for part in answer.page.select("hx-partial")] == [
        "#dialog-total", "#link-set", "#link-codes", "#link-asking", "#link-buttons"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"changes": "more", "max_per_line": "0"}, "Enter a quantity from 1 to 10000"),
    ({"changes": "more", "max_per_line": "1"}, "The most per line must be at least what the selection holds"),
    ({"changes": "more", "max_per_line": "1.5"}, "Enter a whole number"),
    ({"changes": "everything"}, "Choose what the customer can change"),
    ({"ignores_tax": "1", "ignores_tax_reason": " "}, "Give a reason for not charging tax"),
    ({"until": "date", "ends_on": ""}, "Enter a date and time like 2026-12-21 23:59"),
    ({"until": "date", "ends_on": "2020-01-01T00:00"}, "The end must be in the future"),
    ({"until": "date", "starts_on": "2031-01-01T00:00", "ends_on": "2030-01-01T00:00"},
     "The end must be after the start"),
    ({"until": "99999"}, "Choose how long the link works"),
    ({"paid": "many", "times": "0"}, "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"paid": "many", "times": ""}, "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"paid": "never"}, "Choose how often the link can be paid"),
    ({"label": "x" * 201}, "Enter a name with at most 200 characters"),
]


def test_a_mark_goes_when_its_field_is_right_again(maria: Client, draft: Selection) -> None:
    """§7.6: while typing, a wrong field is marked as on submit, and its mark goes with the mistake."""
    doubted = linking.preview(maria, draft, linking.dialog(maria, draft), changes="more", max_per_line="abc")
    assert doubted.one("#promise [name=doubted]")["value"] == "max_per_line"
    right = linking.preview(maria, draft, linking.dialog(maria, draft), changes="more", max_per_line="１２",
                            doubted="max_per_line")
    assert "At most 12 per line." in right.words("#promise")
    assert right.page.select("[aria-invalid], .field-error, [name=doubted]") == []
    assert right.one("#link-changes [name=max_per_line]")["value"] == "１２"


def test_more_is_shown_as_it_was_typed_while_typing(maria: Client, draft: Selection) -> None:
    """No row moves under the cursor, though an empty one stands before it."""
    doubted = linking.preview(maria, draft, linking.dialog(maria, draft), metadata_key=["", "a"],
                              metadata_value=["", ""], more="open")
    assert doubted.words("#field-metadata-error") == "Enter a value for a"
    assert [field["value"] for field in doubted.page.select("[name=metadata_key]")] == ["", "a"]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_wrong_terms_say_what_to_enter_and_keep_everything(
        maria: Client, session: Session, draft: Selection, typed: dict[str, Any], said: str) -> None:
    answer = linking.create(maria, linking.dialog(maria, draft), **{"label": "My name for it", **typed})
    assert answer.status_code == 422
    assert answer.words(".error-summary") == f"There is a problem {said}"
    assert answer.page.select(f"#{str(answer.one('.error-summary a')['href'])[1:]}") != []
    assert answer.one("#field-label")["value"] == typed.get("label", "My name for it")
    for name in {"max_per_line", "ignores_tax_reason", "starts_on", "ends_on", "times"} & typed.keys():
        assert answer.one(f"[name={name}]")["value"] == typed[name]
    doubted = linking.preview(maria, draft, linking.dialog(maria, draft), **typed)
    assert doubted.words("#promise") == said
    assert doubted.words(".has-error .field-error, fieldset > .field-error") == said
    for name in {"max_per_line", "ignores_tax_reason", "starts_on", "ends_on", "times"} & typed.keys():
        assert (doubted.one(f"[name={name}]").get("value"), doubted.page.select(".field-error")[0]["id"]) == (
            typed[name], f"{doubted.one('[aria-invalid=true]')['id']}-error")
    assert session.scalars(select(CheckoutLink)).all() == []


def test_what_may_be_changed_is_remembered_and_how_long_and_how_often_is_not(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    linking.create(maria, linking.dialog(maria, draft), changes="pick_one", until="none", paid="many", times="3")
    linking.create(maria, linking.dialog(maria, draft), changes="pick_one", until="7", lets_openers_finish="y")
    again = linking.dialog(maria, make.selection(session, shop, {shop.bag: 1, shop.chair: 1}))
    assert [linking.chosen(again, name) for name in ("changes", "until", "paid", "lets_openers_finish")] == [
        ["pick_one"], ["30"], ["once"], []]
    single = linking.dialog(maria, make.selection(session, shop, {shop.bag: 1}))
    assert linking.chosen(single, "changes") == ["nothing"]
    ends_on = (portal_clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    linking.create(maria, single, until="date", ends_on=ends_on)
    assert linking.chosen(linking.dialog(maria, draft), "until") == ["30"]
