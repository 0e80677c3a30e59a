"""The paste panel without a browser: preview, add, correct; the same as a page where no script runs."""

from typing import Any, cast

from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def paste(client: Client, selection: Selection, *, htmx: bool = True, **data: Any) -> Answer:
    """Send the panel's form."""
    return building.post(client, selection, "list", htmx=htmx, **data)


def problems(answer: Answer) -> list[str]:
    """What stands in the last column."""
    return [" ".join(row.select("td")[-1].get_text(" ").split()) for row in answer.page.select("#pasted tbody .row")]


def test_the_builder_has_a_way_to_it(maria: Client, draft: Selection) -> None:
    link = building.page(maria, draft).one("#paste-list")
    assert link.get_text() == "Paste list"
    page = cast(Answer, maria.get(str(link["href"])))
    assert page.one("h1").get_text() == "Paste list"
    assert page.one("#paste-text")


def test_a_preview_shows_product_quantity_and_problem_and_changes_nothing(maria: Client, draft: Selection) -> None:
    answer = paste(maria, draft, text="CAP-0001\t1\nNOPE;2\n3 x BAG-0001")
    assert answer.words("#paste-heading") == "2 of 3 rows can be added"
    assert problems(answer) == ["", "No product has this SKU or barcode", ""]
    assert [field["value"] for field in answer.page.select("[name=quantity]")] == ["1", "2", "3"]
    assert building.lines(building.page(maria, draft)) == [("Oak chair, natural", "2"), ("Linen bag", "1")]


def test_good_rows_are_added_and_bad_ones_stay_to_be_corrected(maria: Client, draft: Selection) -> None:
    answer = paste(maria, draft, code=["CAP-0001", "NOPE"], quantity=["1", "2"], do="add")
    assert ("Wool cap", "1") in building.lines(answer)
    assert building.toasts(answer) == ["1 row added. 1 row needs a look."]
    assert [field["value"] for field in answer.page.select("#paste [name=code]")] == ["NOPE"]
    answer = paste(maria, draft, code=["BAG-0001"], quantity=["2"], do="add")
    assert building.toasts(answer) == ["1 row added."]
    assert not answer.page.select("#paste")
    assert ("Linen bag", "3") in building.lines(answer)


def test_all_of_it_can_be_taken_back_at_once(maria: Client, session: Session, draft: Selection) -> None:
    paste(maria, draft, code=["CAP-0001", "BAG-0001"], quantity=["1", "4"], do="add")
    building.post(maria, draft, "undo")
    assert building.lines(building.page(maria, draft)) == [("Oak chair, natural", "2"), ("Linen bag", "1")]


def test_nothing_typed_is_lost_where_nothing_can_be_read(maria: Client, draft: Selection) -> None:
    empty = paste(maria, draft, text="  \n ")
    assert (empty.status_code, empty.words("#paste-text-error")) == (422, "Paste or type one product in each row")
    long = paste(maria, draft, text="A\n" * 201)
    assert long.words("#paste-text-error") == "Paste at most 200 rows at once; these are 201"
    assert long.one("#paste-text").get_text().count("A") == 201


def test_too_many_pieces_are_refused_with_the_rows_kept(maria: Client, draft: Selection) -> None:
    answer = paste(maria, draft, code=["BAG-0001", "CAP-0001"], quantity=["10000", "1"], do="add")
    assert answer.status_code == 422
    assert "Enter a quantity from 1 to 10000" in answer.words("#paste")
    assert [field["value"] for field in answer.page.select("#paste [name=code]")] == ["BAG-0001", "CAP-0001"]
    assert ("Wool cap", "1") not in building.lines(building.page(maria, draft))


def test_without_javascript_it_is_a_page_of_its_own(maria: Client, shop: Shop, draft: Selection) -> None:
    shown = paste(maria, draft, htmx=False, text="CAP-0001\t1\nNOPE\t2")
    assert shown.status_code == 200
    assert shown.words("#paste-heading") == "1 of 2 rows can be added"
    partly = paste(maria, draft, htmx=False, code=["CAP-0001", "NOPE"], quantity=["1", "2"], do="add")
    assert [field["value"] for field in partly.page.select("#paste [name=code]")] == ["NOPE"]
    done = paste(maria, draft, htmx=False, code=["BAG-0001"], quantity=["1"], do="add")
    assert (done.status_code, done.headers["Location"]) == (303, f"/selections/{draft.number}")


def test_hostile_rows_are_shown_as_they_are(maria: Client, draft: Selection) -> None:
    answer = paste(maria, draft, text="<script>alert(1)</script>\t1\n🪑\t2\n';--\t3")
    codes = [field["value"] for field in answer.page.select("[name=code]")]
    assert codes == ["<script>alert(1)</script>", "🪑", "';--"]
