"""Customer, notes, discount, and what is not charged."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.service import DEFAULT_TAX_REASON
from tests import make
from tests.make import Shop


def _last(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_the_customer_can_be_set_and_taken_away(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, for_anyone=True)
    assert selections.set_customer(session, selection, shop.customer, by=shop.agent.actor)
    assert read_basket(session, selection).selection.customer is shop.customer
    assert selections.set_customer(session, selection, None, by=shop.agent.actor)
    assert read_basket(session, selection).selection.customer is None
    assert selection.version == 3


def test_another_customer_changes_where_it_is_delivered_and_nothing_else(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    norway = make.market(session, "Norway", site=shop.site, currency="NOK")
    other = make.customer(session, country="NO", market=norway)
    selections.set_customer(session, selection, other, by=shop.agent.actor)
    basket = read_basket(session, selection)
    assert (selection.market.name, selection.currency) == ("Sweden", "SEK")
    assert (basket.home_country, basket.country) == ("NO", "SE")


def test_notes_are_kept_as_typed(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    note = "Hej Anna 🪑\r\n<script>alert(1)</script>\r\nשלום e\u0301"
    selections.set_notes(session, selection, customer_note=note, internal_note=" secret ", label="VIP",
                         by=shop.agent.actor)
    session.commit()
    assert selection.customer_note == note.replace("\r\n", "\n")
    assert (selection.internal_note, selection.label) == ("secret", "VIP")
    assert _last(session).data["fields"] == ["customer_note", "internal_note", "label"]
    assert "secret" not in str(_last(session).data)


def test_a_note_that_is_not_given_stays(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, customer_note="stays", label="goes")
    selections.set_notes(session, selection, label="", by=shop.agent.actor)
    assert (selection.customer_note, selection.label) == ("stays", "")


@pytest.mark.parametrize(("field", "most"), [("customer_note", 500), ("internal_note", 5000), ("label", 200)])
def test_a_note_has_a_longest_length_in_characters(session: Session, shop: Shop, field: str, most: int) -> None:
    selection = make.selection(session, shop)
    selections.set_notes(session, selection, **{field: "🪑" * most}, by=shop.agent.actor)
    session.commit()
    with pytest.raises(Invalid) as refused:
        selections.set_notes(session, selection, **{field: "x" * (most + 1)}, by=shop.agent.actor)
    assert (refused.value.text, refused.value.field) == (f"Use at most {most} characters", field)


@pytest.mark.parametrize("text", ["nul\x00inside", "half \ud83e of a pair"])
def test_what_no_database_can_store_is_left_out_of_a_note(session: Session, shop: Shop, text: str) -> None:
    selection = make.selection(session, shop)
    selections.set_notes(session, selection, customer_note=text, by=shop.agent.actor)
    session.commit()
    assert selection.customer_note == text.replace("\x00", "").replace("\ud83e", "")


def test_not_charging_tax_keeps_its_reason_and_records_it(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    selections.set_terms(session, selection, ignores_shipping=True, ignores_tax=True, reason=" Export ",
                         by=shop.agent.actor)
    assert (selection.ignores_shipping, selection.ignores_tax, selection.ignores_tax_reason) == (True, True, "Export")
    assert _last(session).data["reason"] == "Export"
    assert read_basket(session, selection).quote.total_amount == 96000


def test_a_reason_is_preselected_and_an_empty_one_refused(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    selections.set_terms(session, selection, ignores_shipping=False, ignores_tax=True, by=shop.agent.actor)
    assert selection.ignores_tax_reason == DEFAULT_TAX_REASON
    for reason, text in (("", "Give a reason for not charging tax"), (" \x00 ", "Give a reason for not charging tax"),
                         ("x" * 201, "Use at most 200 characters")):
        with pytest.raises(Invalid) as refused:
            selections.set_terms(session, selection, ignores_shipping=False, ignores_tax=True, reason=reason,
                                 by=shop.agent.actor)
        assert (refused.value.text, refused.value.field) == (text, "ignores_tax_reason")


def test_charging_tax_again_forgets_the_reason(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, ignores_tax=True, ignores_tax_reason="Export")
    selections.set_terms(session, selection, ignores_shipping=False, ignores_tax=False, reason="Export",
                         by=shop.agent.actor)
    assert (selection.ignores_tax, selection.ignores_tax_reason) == (False, "")


@pytest.mark.parametrize(("act", "given"), [
    ("set_notes", {"customer_note": "same"}), ("set_notes", {}),
    ("set_terms", {"ignores_shipping": False, "ignores_tax": False})])
def test_saying_what_stands_there_raises_no_version(
        session: Session, shop: Shop, act: str, given: dict[str, Any]) -> None:
    selection = make.selection(session, shop, customer_note="same")
    assert not getattr(selections, act)(session, selection, **given, by=shop.agent.actor)
    assert selection.version == 1
