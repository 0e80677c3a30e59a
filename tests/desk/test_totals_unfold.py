"""Brief §3.8: each row of the totals unfolds into how it was computed, with no script."""

from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Client
from tests.make import Shop


def _more(answer: building.Answer, label: str) -> str:
    for row in answer.page.select("#totals details"):
        if row.select_one("summary").get_text() == label:
            return " ".join(row.select_one(".total-more").get_text(" ").split())
    raise AssertionError(f"nothing to unfold at {label!r}")


def test_items_unfold_into_quantity_times_price_with_the_list_price_where_it_differs(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2})
    make.line(session, selection, shop.bag, special_price=25000)
    assert building.steps(building.page(maria, selection), "Items (3)") == [
        "Oak chair, natural: 2 × 1 200,00 2 400,00", "Linen bag: 1 × 250,00, list price 310,00 250,00"]


def test_a_discount_unfolds_into_what_each_line_carries(maria: Client, session: Session, draft: Selection) -> None:
    make.give(session, draft, make.discount(session, 10000, code="SUMMER10"))
    answer = building.page(maria, draft)
    assert _more(answer, "Discount SUMMER10").startswith("10 % of what is left before it")
    assert building.steps(answer, "Discount SUMMER10") == ["Oak chair, natural −240,00", "Linen bag −31,00"]


def test_a_fixed_discount_says_what_it_takes_off_at_most(maria: Client, session: Session, draft: Selection) -> None:
    make.give(session, draft, make.discount(session, name="Welcome", fixed_amount=10000, currency="SEK"))
    assert _more(building.page(maria, draft), "Discount Welcome").startswith("100,00 at most")


def test_shipping_unfolds_into_way_weight_and_tier(maria: Client, draft: Selection) -> None:
    assert _more(building.page(maria, draft), "Shipping, estimate") == (
        "PostNord to the door to Sweden, the cheapest way there. 13,3 kg: 59,00 up to 30 kg.")


def test_tax_unfolds_into_the_part_of_each_line_and_of_shipping(maria: Client, draft: Selection) -> None:
    assert building.steps(building.page(maria, draft), "incl. tax 25 %") == [
        "Oak chair, natural: 25 % of 2 400,00 480,00", "Linen bag: 25 % of 310,00 62,00",
        "Shipping: 25 % of 59,00 11,80"]


def test_tax_not_charged_unfolds_into_what_it_would_have_been(maria: Client, draft: Selection) -> None:
    draft.ignores_tax, draft.ignores_tax_reason = True, "Handled elsewhere"
    assert building.steps(building.page(maria, draft), "Tax")[0] == "Oak chair, natural: 25 % of 2 400,00 −480,00"
