"""A link may offer fewer ways to pay than its site, in an order of its own; by itself it offers what the site does."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.payments.test_gateway import TestGateway
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
    assert not linking.dialog(maria, annas).page.select("#link-ways")


def test_a_link_offers_all_ways_of_its_site_by_itself(
        maria: Client, session: Session, annas_choice: Selection) -> None:
    shown = linking.dialog(maria, annas_choice)
    assert [shown.one(f"[name=place-{slug}] [selected]").text for slug in ("card", "bank_transfer")] == ["1.", "2."]
    assert not shown.page.select("[name=place-invoice]")
    linking.create(maria, shown)
    assert linking.only_link(session).payment_methods == ""


def test_what_was_left_out_is_stored_and_told(maria: Client, session: Session, annas_choice: Selection) -> None:
    linking.create(maria, linking.dialog(maria, annas_choice), **{"place-bank_transfer": ""})
    link = linking.only_link(session)
    assert link.payment_methods == "card"
    page = maria.get(f"/links/{link.number}")
    assert "Ways to pay Card" in page.words("#link-facts")


def test_a_link_has_an_order_of_its_own(maria: Client, session: Session, annas_choice: Selection) -> None:
    linking.create(maria, linking.dialog(maria, annas_choice), **{"place-card": "2", "place-bank_transfer": "1"})
    link = linking.only_link(session)
    assert link.payment_methods == "bank_transfer card"
    assert "Ways to pay Instant bank transfer, Card" in maria.get(f"/links/{link.number}").words("#link-facts")


@pytest.mark.parametrize(("places", "problem"), [
    ({"card": "", "bank_transfer": ""}, "Offer at least one way to pay"),
    ({"card": "1", "bank_transfer": "1"}, "Two ways to pay have the same place"),
    ({"invoice": "3"}, "Choose a place for each way to pay, or that it is not offered"),
    ({"card": "first"}, "Choose a place for each way to pay, or that it is not offered")])
def test_places_that_cannot_be_are_refused_by_name_and_kept(
        maria: Client, session: Session, annas_choice: Selection, places: dict[str, str], problem: str) -> None:
    typed = {f"place-{slug}": place for slug, place in places.items()}
    answer = linking.create(maria, linking.dialog(maria, annas_choice), **typed)
    assert problem in answer.words("#link-ways")
    assert session.scalars(select(CheckoutLink)).all() == []
    kept = linking.create(maria, answer, **{"place-card": "1", "place-bank_transfer": "2"})
    assert kept.status_code == 200
    assert linking.only_link(session).payment_methods == ""


@pytest.mark.parametrize(("limits", "said"), [
    ((10**9, 10**12), "Card takes 10 000 000,00 kr or more: this can't be paid so."),
    ((1, 100), "Card takes at most 1,00 kr: this can't be paid so."), ((1, 10**12), "")])
def test_an_agent_is_warned_of_a_sum_nobody_can_pay_so_and_may_go_on(
        maria: Client, session: Session, annas_choice: Selection, monkeypatch: pytest.MonkeyPatch,
        limits: tuple[int, int], said: str) -> None:
    """V146: in the dialog and on the page of checks; a link may leave that way out."""
    monkeypatch.setattr(TestGateway, "limits", lambda self, currency: limits)
    shown = linking.dialog(maria, annas_choice)
    for page, part in ((shown, "#promise"), (linking.preview(maria, annas_choice, shown), "#promise"),
                       (maria.get(f"/selections/{annas_choice.number}/checkout"), "main")):
        words = page.words(part).replace("\u00a0", " ")
        assert said in words if said else "can't be paid so" not in words
    linking.create(maria, linking.dialog(maria, annas_choice))
    assert linking.only_link(session).status == "active"


@pytest.mark.parametrize(("amount", "is_warned"), [("10", True), ("100", False), ("2000", False), ("2750", True)])
def test_with_a_deposit_both_payments_have_to_be_taken(
        maria: Client, annas_choice: Selection, monkeypatch: pytest.MonkeyPatch, amount: str, is_warned: bool) -> None:
    """V146: of 2 769,00 neither the deposit nor what is left may be below 100,00."""
    monkeypatch.setattr(TestGateway, "limits", lambda self, currency: (10_000, 10**9))
    shown = linking.preview(maria, annas_choice, linking.dialog(maria, annas_choice), deposit="amount",
                            deposit_amount=amount)
    assert ("Card takes 100,00 kr or more" in shown.words("#promise").replace("\u00a0", " ")) == is_warned
