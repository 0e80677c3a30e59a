"""A link may offer fewer ways to pay than its site; by itself it offers all of them."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests.desk import linking
from tests.harness.app import Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def annas_choice(session: Session, shop: Shop, annas: Selection) -> Selection:
    """Anna's selection, at a site where there is a choice."""
    shop.site.payment_methods = "card bank_transfer"
    session.commit()
    return annas


def test_where_there_is_one_way_there_is_no_choice(maria: Client, annas: Selection) -> None:
    assert not linking.dialog(maria, annas).page.select("[name=payment_methods]")


def test_a_link_offers_all_ways_of_its_site_by_itself(
        maria: Client, session: Session, annas_choice: Selection) -> None:
    shown = linking.dialog(maria, annas_choice)
    assert linking.chosen(shown, "payment_methods") == ["card", "bank_transfer"]
    linking.create(maria, shown)
    assert linking.only_link(session).payment_methods == ""


def test_what_was_left_out_is_stored_and_told(maria: Client, session: Session, annas_choice: Selection) -> None:
    linking.create(maria, linking.dialog(maria, annas_choice), payment_methods=["card"])
    link = linking.only_link(session)
    assert link.payment_methods == "card"
    page = maria.get(f"/links/{link.number}")
    assert "Ways to pay Card" in page.words("#link-facts")


@pytest.mark.parametrize("ticked", [[], ["invoice"], ["cash", "card"]])
def test_what_the_site_does_not_offer_is_refused_by_name(
        maria: Client, annas_choice: Selection, ticked: list[str]) -> None:
    answer = linking.create(maria, linking.dialog(maria, annas_choice), payment_methods=ticked)
    assert "Choose among the ways to pay of this site" in answer.words("#link-ways")
