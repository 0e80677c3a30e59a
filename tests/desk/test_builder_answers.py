"""Every act of the builder answers both worlds: changed regions for htmx, the way back to the page without it."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness import markup
from tests.harness.app import Answer, Client
from tests.harness.markup import Element
from tests.make import Shop

ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "add": ("lines", {"q": "CAP-0001"}),
    "raise": ("lines", {"q": "2*TSH-0042"}),
    "count": ("lines/{line}/quantity", {"quantity": "3"}),
    "remove by counting": ("lines/{line}/quantity", {"quantity": "0"}),
    "remove": ("lines/{line}/removal", {}),
    "restore": ("lines/{line}/restoration", {}),
    "say for whom": ("customer", {"customer": "anyone"}),
    "make a customer": ("customer", {"q": "new@example.com"}),
    "write notes": ("notes", {"customer_note": "As promised", "internal_note": "Calls back"}),
    "switch": ("market", {"market": "{market}", "pricelist": "{pricelist}"}),
    "charge nothing for shipping": ("charges", {"ignores_shipping": "1"}),
    "charge no tax": ("charges", {"ignores_tax": "1", "ignores_tax_reason": "Export"}),
}
ALWAYS = {"#selection-summary", "#selection-strip", "#selection-status", "#selection-tools", "#selection-approval",
          "#notes-version", "#here-version", "#save-status"}


def do(client: Client, draft: Selection, shop: Shop, act: str, *, htmx: bool, line: int | None = None) -> Answer:
    """Do one act on `line`, the first one of `draft` unless said, or on the whole."""
    path, data = ACTS[act]
    words = {"line": line or building.line_of(client, draft, "Oak chair"), "market": shop.market.id,
             "pricelist": shop.pricelist.id}
    filled = {name: str(value).format(**words) for name, value in data.items()}
    return building.post(client, draft, path.format(**words), htmx=htmx, **filled)


def plain(region: Element) -> str:
    """A region without what differs from one rendering to the next: form tokens and the mark of a change."""
    copy = markup.parse(markup.without_tokens(region))
    for row in copy.select(".row-changed"):
        row.classes.remove("row-changed")
    return str(copy)


@pytest.mark.parametrize("act", ACTS)
def test_without_htmx_an_act_leads_back_to_the_page(maria: Client, draft: Selection, shop: Shop, act: str) -> None:
    answer = do(maria, draft, shop, act, htmx=False)
    assert (answer.status_code, answer.location) == (303, f"/selections/{draft.number}")


@pytest.mark.parametrize("act", ACTS)
def test_with_htmx_an_act_answers_the_regions_that_changed_as_the_page_shows_them(
        maria: Client, draft: Selection, shop: Shop, act: str) -> None:
    answer = do(maria, draft, shop, act, htmx=True)
    assert answer.status_code == 200
    assert answer.page.select("html, #field-q[data-scanner]") == []
    assert answer.page[0]["id"] == "selection-lines"
    changed = {partial["hx-target"] for partial in answer.page.select("hx-partial")} - {"#toasts"}
    assert changed == ALWAYS | ({"#panel-switch"} if act == "switch" else set())
    page = building.page(maria, draft)
    for region in ("#selection-lines", "#selection-summary", "#selection-status", "#save-status"):
        assert plain(answer.one(region)) == plain(page.one(region)), region


def test_every_act_on_a_closed_selection_says_why_not(maria: Client, draft: Selection, shop: Shop) -> None:
    line = building.line_of(maria, draft, "Oak chair")
    draft.status = "won"
    for act in ACTS:
        answer = do(maria, draft, shop, act, htmx=True, line=line)
        assert answer.status_code == 409, act
        assert f"{draft.number} is paid and can't be changed any more." in answer.page.get_text(), act


def test_no_act_reaches_a_colleagues_selection(
        client: Client, session: Session, draft: Selection, shop: Shop) -> None:
    client.sign_in(make.staff(session, "Ben Okoro", site=shop.site).email)
    for act in ACTS:
        assert do(client, draft, shop, act, htmx=True, line=1).status_code == 404, act
    session.refresh(draft)
    assert draft.version == 1
