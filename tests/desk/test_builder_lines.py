"""Adding to a selection and counting its lines: what works, and the exact words where it does not."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.pricing.models import ShippingRate
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


@pytest.mark.parametrize(("typed", "quantity"), [
    ("CAP-0001", "1"), ("cap-0001", "1"), ("3*CAP-0001", "3"), ("3x CAP-0001", "3"), ("CAP-0001*3", "3"),
    ("wool cap", "1"), ("2 * wool", "2")])
def test_what_is_typed_is_added(maria: Client, session: Session, shop: Shop, typed: str, quantity: str) -> None:
    selection = make.selection(session, shop)
    answer = building.add(maria, selection, typed)
    assert building.lines(answer) == [("Wool cap", quantity)]
    assert building.toasts(answer) == ["Wool cap added."]


def test_a_barcode_is_added(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    assert building.lines(building.add(maria, selection, "7350001000428")) == [("Oak chair, natural", "1")]


def test_a_chosen_product_is_added_in_the_quantity_typed(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    answer = building.add(maria, selection, "4*oa", variant=shop.chair.id)
    assert building.lines(answer) == [("Oak chair, natural", "4")]


def test_adding_what_is_there_raises_it_and_says_so(maria: Client, draft: Selection) -> None:
    answer = building.add(maria, draft, "TSH-0042")
    assert ("Oak chair, natural", "3") in building.lines(answer)
    assert building.toasts(answer) == ["Oak chair, natural: 2 → 3"]
    assert answer.one(".row-changed")["id"] == f"line-{building.line_of(maria, draft, 'Oak chair')}"


def test_a_special_price_is_never_raised_silently(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, special_price=25000)
    answer = building.add(maria, selection, "BAG-0001")
    assert building.lines(answer) == [("Linen bag", "1"), ("Linen bag", "1")]
    assert building.toasts(answer) == [
        "Linen bag added at the normal price, beside the line with a special price."]


REFUSED = [
    ("NOPE-1", "No product matches “NOPE-1” in Retail SEK. Check the spelling or try the SKU."),
    ("🪑", "No product matches “🪑” in Retail SEK. Check the spelling or try the SKU."),
    ("<script>alert(1)</script>",
     "No product matches “<script>alert(1)</script>” in Retail SEK. Check the spelling or try the SKU."),
    ("كرسي", "No product matches “كرسي” in Retail SEK. Check the spelling or try the SKU."),
    ("", "Type a name, SKU or barcode"),
    ("0*TSH-0042", "Enter a quantity from 1 to 10000"),
    ("-1*TSH-0042", "Enter a quantity from 1 to 10000"),
    ("1.5*TSH-0042", "Enter a whole number"),
    ("1000000000*TSH-0042", "Enter a quantity from 1 to 10000"),
    ("NO-PRICE", "Oak lamp has no price in Retail SEK."),
    ("OUT", "Oak bench is sold out in Sweden."),
    ("GONE", "Oak stool is no longer sold."),
    ("SOON", "Oak tray is not for sale yet."),
]


@pytest.fixture
def shelf(session: Session, shop: Shop) -> Selection:
    """An empty selection, and products that cannot be added to it."""
    make.product(session, "Oak lamp", sku="NO-PRICE", prices={}, stock={shop.warehouse: 5})
    make.product(session, "Oak bench", sku="OUT", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    make.product(session, "Oak stool", sku="GONE", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                 unpublished_at=clock.now())
    make.product(session, "Oak tray", sku="SOON", is_published=False, prices={shop.pricelist: 100},
                 stock={shop.warehouse: 5})
    return make.selection(session, shop)


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_what_cannot_be_added_says_why_under_the_search(
        maria: Client, shelf: Selection, typed: str, said: str) -> None:
    answer = building.add(maria, shelf, typed)
    assert 400 <= answer.status_code < 500
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#product-results", "outerHTML")
    results = answer.one("#product-results")
    assert results["data-status"] == said
    listed = [row["data-text"] for row in results.select(".option-off")]
    assert listed == [said.partition(" is ")[0].partition(" has ")[0]] if said.startswith("Oak ") else (
        results.get_text(strip=True) == said)
    assert building.lines(building.page(maria, shelf)) == []


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_without_htmx_the_page_says_the_same_and_keeps_what_was_typed(
        maria: Client, shelf: Selection, typed: str, said: str) -> None:
    answer = building.post(maria, shelf, "lines", q=typed)
    assert 400 <= answer.status_code < 500
    assert answer.one("#field-q-error").get_text(strip=True) == said
    assert answer.one("#field-q")["value"] == typed
    assert answer.one("title").get_text().startswith("Error: ")


def test_several_matches_are_shown_to_choose_from(maria: Client, session: Session, shop: Shop) -> None:
    make.product(session, "Oak table", sku="TAB-1", prices={shop.pricelist: 100}, stock={shop.warehouse: 5})
    selection = make.selection(session, shop)
    answer = building.add(maria, selection, "oak")
    assert answer.one("#product-results")["data-status"] == "2 products match “oak”. Choose one."
    assert len(answer.page.select("[role=option]")) == 2
    without = building.post(maria, selection, "lines", q="oak")
    assert (without.status_code, without.location) == (303, f"/selections/{selection.number}/products?q=oak")


@pytest.mark.parametrize(("variant", "status", "said"), [
    ("999999", 404, "We can't find this product. It may have been deleted or the number is mistyped."),
    ("9" * 30, 422, "Type a name, SKU or barcode"), ("-1", 422, "Type a name, SKU or barcode"),
    ("x", 422, "Type a name, SKU or barcode")])
def test_a_product_that_is_not_there_is_not_added(
        maria: Client, draft: Selection, variant: str, status: int, said: str) -> None:
    answer = building.add(maria, draft, "", variant=variant)
    assert (answer.status_code, answer.words("#product-results")) == (status, said)


def test_b10_counting_changes_line_total_tax_shipping_and_checks_in_one_answer(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    session.add(ShippingRate(method_id=shop.shipping.id, country="SE", up_to_grams=200_000, amount=19900))
    session.commit()
    chair = building.line_of(maria, draft, "Oak chair")
    before = building.totals(building.page(maria, draft))
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="15")
    assert "18 000,00" in answer.words(f"#line-{chair}")
    assert "You asked for 15, 14 in stock in Sweden." in answer.words(f"#line-{chair}")
    after = building.totals(answer)
    assert [row.split(" ")[0] for row in before] == [row.split(" ")[0] for row in after]
    assert all(old != new for old, new in zip(before, after, strict=True)), (before, after)


def test_counting_changes_line_total_and_summary_in_one_answer(maria: Client, draft: Selection) -> None:
    """B10: line, totals, tax, shipping and checks in one response."""
    chair = building.line_of(maria, draft, "Oak chair")
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="3")
    assert "3 600,00" in answer.words(f"#line-{chair}")
    assert "Items (4)" in answer.words("#totals")
    assert "3 969,00 kr" in answer.words("#totals")
    assert building.totals(answer)[1:3] == ["Shipping, estimate 59,00", "incl. tax 25 % 793,80"]
    more = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="15")
    assert "You asked for 15, 14 in stock in Sweden." in more.words(f"#line-{chair}")
    assert building.totals(more)[1:3] == ["Shipping Not possible", "incl. tax 25 % 3 662,00"]
    assert "Too heavy to ship to Sweden in market Sweden." in more.words("#selection-summary")


@pytest.mark.parametrize(("typed", "said"), [
    ("-1", "Enter a quantity from 1 to 10000"), ("1.5", "Enter a whole number"),
    ("1000000000", "Enter a quantity from 1 to 10000"), ("1" * 400, "Enter a quantity from 1 to 10000"),
    ("", "Enter a whole number"), ("two", "Enter a whole number")])
@pytest.mark.parametrize("htmx", [True, False])
def test_no_quantity_is_guessed(maria: Client, draft: Selection, typed: str, said: str, htmx: bool) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=htmx, quantity=typed)
    assert answer.status_code == 422
    assert said in answer.words(f"#line-{chair}")
    assert answer.one(f"#quantity-{chair}")["value"] == typed
    assert ("Oak chair, natural", "2") in building.lines(building.page(maria, draft))


def test_counting_to_nothing_takes_the_line_out_and_offers_it_back(maria: Client, draft: Selection) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="0")
    assert building.lines(answer) == [("Linen bag", "1")]
    assert building.toasts(answer) == ["Oak chair, natural removed."]
    assert answer.one(".toast form")["action"] == f"/selections/{draft.number}/lines/{chair}/restoration"


def test_undo_brings_a_line_back_with_price_and_place(maria: Client, session: Session, shop: Shop) -> None:
    """B11: the removed line comes back as it was."""
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, 2, special_price=25000, reason="loyal customer")
    make.line(session, selection, shop.cap)
    bag = building.line_of(maria, selection, "Linen bag")
    removed = building.post(maria, selection, f"lines/{bag}/removal", htmx=True)
    answer = maria.submit(removed, ".toast form", htmx=True)
    assert isinstance(answer, Answer)
    assert building.lines(answer) == [("Linen bag", "2"), ("Wool cap", "1")]
    assert "“loyal customer”" in answer.words(f"#line-{bag}")
    assert building.toasts(answer) == ["Linen bag is back."]


def test_a_removal_is_told_on_the_page_where_no_script_runs(maria: Client, draft: Selection) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    building.post(maria, draft, f"lines/{chair}/removal")
    assert building.toasts(building.page(maria, draft)) == ["Oak chair, natural removed."]


@pytest.mark.parametrize("path", ["quantity", "removal", "restoration"])
def test_a_line_of_another_selection_is_not_found(
        maria: Client, session: Session, shop: Shop, draft: Selection, path: str) -> None:
    other = make.selection(session, shop, {shop.cap: 1})
    line = building.line_of(maria, other, "Wool cap")
    answer = building.post(maria, draft, f"lines/{line}/{path}", htmx=True, quantity="2")
    assert answer.status_code == 404
    assert building.lines(building.page(maria, other)) == [("Wool cap", "1")]
