"""An act on a selection with 200 lines takes as many statements as on one with three."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from sales_portal.selections.models import MAX_LINES, Selection, SelectionLine
from tests import make
from tests.desk import building
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Shop

FEW, MANY = 3, MAX_LINES - 2
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "count": ("lines/{line}/quantity", {"quantity": "2"}),
    "agree on a price": ("lines/{line}/price", {"amount": "9", "reason": "Volume"}),
    "write notes": ("lines/{line}/details", {"customer_note": "Matches"}),
    "add": ("lines", {"q": "BAG-0001"}),
    "paste": ("list", {"code": ["CAP-0001"], "quantity": ["1"], "do": "add"}),
    "remove": ("lines/{line}/removal", {}),
    "note": ("notes", {"customer_note": "Hello"}),
}


@pytest.fixture
def selections(session: Session, shop: Shop) -> dict[int, Selection]:
    """One selection with few lines and one with many, of the same products."""
    variants = make.many_products(session, MANY, pricelist=shop.pricelist, warehouse=shop.warehouse)
    shop.agent.preferences = {"price_reason": "Volume"}
    made = {count: make.selection(session, shop, for_anyone=True) for count in (FEW, MANY)}
    for count, selection in made.items():
        session.execute(insert(SelectionLine), [
            {"selection_id": selection.id, "position": place, "variant_id": key, "quantity": 1}
            for place, key in enumerate(variants[:count], 1)])
    session.commit()
    return made


def test_each_costs_the_same_statements_however_many_lines(
        maria: Client, session: Session, selections: dict[int, Selection], statements: Counting) -> None:
    took: dict[str, list[int]] = {act: [] for act in ACTS}
    for selection in selections.values():
        line = session.query(SelectionLine.id).filter_by(selection_id=selection.id, position=2).scalar()
        building.post(maria, selection, f"lines/{line}/quantity", htmx=True, quantity="3")
        for act, (path, typed) in ACTS.items():
            with statements() as sent:
                answer = building.post(maria, selection, path.format(line=line), htmx=True, **typed)
            assert answer.status_code == 200, act
            took[act].append(len(sent))
    assert {act: both for act, both in took.items() if len(set(both)) > 1} == {}


def test_so_does_looking_at_it(maria: Client, selections: dict[int, Selection], statements: Counting) -> None:
    took = {}
    for count, selection in selections.items():
        with statements() as sent:
            assert len(building.page(maria, selection).page.select("#lines tbody .row")) == count
        took[count] = len(sent)
    assert took[FEW] == took[MANY], took
