"""Cloning from the builder: one press, and a table of what changed (B33)."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.pricing.models import Price
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from tests.desk import building
from tests.harness.app import Client
from tests.make import Shop


def test_a_copy_opens_and_says_that_no_price_changed(maria: Client, draft: Selection) -> None:
    answer = building.post(maria, draft, "copies")
    made = f"S-{1001 + draft.id}"
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/selections/{made}")
    page = maria.get(f"/selections/{made}")
    assert building.toasts(page) == [f"{made} is a copy of {draft.number}. All prices are as they were."]
    assert building.lines(page) == [("Oak chair, natural", "2"), ("Linen bag", "1")]


def test_changed_prices_stand_in_a_table_above_the_lines(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    selections.set_notes(session, draft, label="Chairs", by=shop.agent.actor)
    for variant, amount in ((shop.chair, 132000), (shop.bag, 30000)):
        session.execute(update(Price).where(Price.variant_id == variant.id).values(amount=amount))
    session.commit()
    where = building.post(maria, draft, "copies").headers["Location"]
    assert where == f"/selections/S-{1001 + draft.id}/repricing"
    page = maria.get(where)
    told = [[" ".join(cell.get_text().split()) for cell in row.select("th, td")]
            for row in page.page.select("#repriced-lines tbody tr")]
    assert told == [["Oak chair, natural × 2", "1 200,00 kr", "1 320,00 kr", "▲ +120,00 kr"],
                    ["Linen bag", "310,00 kr", "300,00 kr", "▼ −10,00 kr"]]
    assert page.words("#repriced-title") == f"Prices that changed since {draft.number}"
    assert not maria.get(where.removesuffix("/repricing")).page.select("#repriced")


def test_what_is_no_copy_has_no_table(maria: Client, draft: Selection) -> None:
    answer = maria.get(f"/selections/{draft.number}/repricing")
    assert answer.status_code == 200
    assert not answer.page.select("#selection-repriced")
