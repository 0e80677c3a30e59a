"""A line somebody else removed meanwhile: it is told in the builder, and comes back with what was typed (§7.7)."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.selections import queries
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


@pytest.fixture
def chair(maria: Client, draft: Selection) -> int:
    """The line of two chairs."""
    return building.line_of(maria, draft, "Oak chair")


@pytest.fixture
def seen(session: Session, shop: Shop, draft: Selection, chair: int) -> str:
    """The version that Maria's page shows; since then Erik removed the chairs."""
    before = draft.version
    erik: Staff = make.staff(session, "Erik Berg", site=shop.site, role="admin")
    selections.remove_line(session, draft, chair, by=erik.actor)
    session.commit()
    return str(before)


def offer(answer: Answer) -> tuple[str, str]:
    """What is said, and the words of the button."""
    assert "can't find" not in answer.get_data(as_text=True)
    return answer.words(".toast-text"), answer.words(".toast-action")


def test_one_press_brings_it_back_with_the_typed_quantity(
        maria: Client, session: Session, draft: Selection, chair: int, seen: str) -> None:
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="5", version=seen)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (404, "#selection-lines")
    assert offer(answer) == ("Erik removed Oak chair, natural.", "Restore it with 5")
    assert answer.one(".toast")["data-toast"] == "stay"
    assert building.lines(answer) == [("Linen bag", "1")]
    back = maria.submit(answer, ".toast form", htmx=True)
    assert isinstance(back, Answer)
    assert building.toasts(back) == ["Oak chair, natural is back."]
    assert building.lines(back) == [("Oak chair, natural", "5"), ("Linen bag", "1")]
    again = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="6", restores="1")
    assert building.lines(again)[0] == ("Oak chair, natural", "6")


def test_one_press_brings_it_back_at_the_typed_price(
        maria: Client, session: Session, draft: Selection, chair: int, seen: str) -> None:
    answer = building.post(maria, draft, f"lines/{chair}/price", htmx=True, amount="1100", reason="Loyal", version=seen)
    assert offer(answer) == ("Erik removed Oak chair, natural.", "Restore it with my change")
    assert maria.submit(answer, ".toast form", htmx=True).status_code == 200
    session.expire_all()
    line = queries.get_line(session, draft.id, chair)
    assert line is not None
    assert (line.quantity, line.special_price_amount, line.special_price_reason) == (2, 110_000, "Loyal")


@pytest.mark.parametrize(("path", "typed", "label"), [
    ("details", {"customer_note": "Matches"}, "Restore it with my change"),
    ("backorder", {}, "Restore it with my change"), ("quantity", {"quantity": "0"}, "Restore it"),
    ("quantity", {"quantity": "many"}, "Restore it"), ("removal", {}, "Restore it")])
def test_every_act_on_it_is_answered_with_the_way_back(
        maria: Client, draft: Selection, chair: int, seen: str, path: str, typed: dict[str, str], label: str) -> None:
    answer = building.post(maria, draft, f"lines/{chair}/{path}", htmx=True, **typed, version=seen)
    assert answer.status_code == 404
    assert offer(answer) == ("Erik removed Oak chair, natural.", label)


@pytest.mark.usefixtures("seen")
def test_opening_its_panel_says_so_too(maria: Client, draft: Selection, chair: int) -> None:
    answer = maria.get(f"/selections/{draft.number}/lines/{chair}/price", htmx=True)
    assert isinstance(answer, Answer)
    assert answer.headers["HX-Retarget"] == "#selection-lines"
    assert offer(answer) == ("Erik removed Oak chair, natural.", "Restore it")
    assert maria.submit(answer, ".toast form", htmx=True).status_code == 200


def test_without_javascript_the_page_offers_the_same(
        maria: Client, draft: Selection, chair: int, seen: str) -> None:
    answer = building.post(maria, draft, f"lines/{chair}/quantity", quantity="5", version=seen)
    assert answer.status_code == 404
    assert answer.words("#gone") == "Erik removed Oak chair, natural. Restore it with 5"
    assert maria.submit(answer, "#gone form").status_code == 303
    assert building.lines(building.page(maria, draft))[0] == ("Oak chair, natural", "5")


def test_a_line_that_never_was_is_no_page_that_is_missing(maria: Client, draft: Selection) -> None:
    answer = building.post(maria, draft, "lines/999999/quantity", htmx=True, quantity="5")
    assert answer.status_code == 404
    assert building.toasts(answer) == [f"This line is no longer in {draft.number}."]
    assert answer.page.select(".toast form") == []
