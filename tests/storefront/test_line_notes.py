"""What an agent wrote to the customer on a line stands under its product; what was written to the team never does."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections import ad_hoc, agreeing
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.agreeing import Details
from sales_portal.selections.basket import read_basket
from tests import make
from tests.harness.app import Client
from tests.make import Shop


@pytest.mark.parametrize("changes", ["nothing", "pick_one"])
def test_the_customers_note_is_shown_and_the_internal_one_is_not(
        session: Session, shop: Shop, client: Client, changes: str) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    added = ad_hoc.add_ad_hoc(session, selection, AdHoc("Old crate", 10000, ships=True), by=shop.agent.actor)
    for row in read_basket(session, selection).rows:
        agreeing.set_details(session, selection, row.line_id, Details("Matches <your> table", "Show room piece"),
                             by=shop.agent.actor)
    linked = make.link(session, selection, changes=changes)
    session.commit()
    page = client.get(linked.path)
    said = page.words("#landing-lines")
    assert said.count("Matches <your> table") == 2
    assert added.title in said
    assert "Sold out" not in said
    assert "Show room piece" not in page.get_data(as_text=True)
