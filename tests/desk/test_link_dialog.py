"""The Link dialog: what it starts with, to whom it opens, and what must be fixed first."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")


def test_it_opens_with_defaults_that_are_always_valid(maria: Client, draft: Selection) -> None:
    """C-13, C-14, A-01: *Link* asks what this one customer may change; locked unless said otherwise."""
    shown = linking.dialog(maria, draft)
    assert shown.words("#dialog-about") == "3 items · 2 769,00 kr · Sweden, Retail SEK · for Anna Svensson"
    assert [linking.chosen(shown, name) for name in ("changes", "until", "paid")] == [["nothing"], ["30"], ["once"]]
    assert linking.chosen(shown, "ignores_shipping") == linking.chosen(shown, "ignores_tax") == []
    assert shown.one("#field-label")["value"] == "Anna Svensson – Oak chair, natural"
    assert shown.words("#promise") == (
        "Anna Svensson can buy exactly these 3 items for 2 769,00 kr , once, until 21 Dec 2026. "
        "Prices stay as they are now. Shipping and tax are included.")


def test_it_is_a_page_where_no_script_runs(maria: Client, draft: Selection) -> None:
    page = linking.dialog(maria, draft, htmx=False)
    assert page.words("h1") == "Create a checkout link"
    assert page.page.select("dialog") == page.page.select("main [hx-post$='/link']") == []


def test_pick_one_is_offered_from_two_lines_on(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    values = [str(card["value"]) for card in linking.dialog(maria, draft).page.select("[name=changes]")]
    assert values == ["nothing", "more", "pick_one"]
    single = make.selection(session, shop, {shop.bag: 2})
    shown = linking.dialog(maria, single)
    assert [str(card["value"]) for card in shown.page.select("[name=changes]")] == ["nothing", "more"]


def test_what_the_site_does_not_allow_is_not_offered(maria: Client, shop: Shop, draft: Selection) -> None:
    shop.site.allows_endless_links, shop.site.max_link_days, shop.site.link_days = False, 14, 10
    shown = linking.dialog(maria, draft)
    assert [str(field["value"]) for field in shown.page.select("[name=until]")] == ["7", "10", "date"]
    assert linking.create(maria, shown, until="none").words("#field-ends_on-error") == (
        "Choose an end: this site has no links without one")


def test_what_a_role_may_not_is_neither_offered_nor_done(
        client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    role = make.role(session, "agent")
    role.grants = [grant for grant in role.grants
                   if grant.permission not in ("link.ignore_shipping", "link.ignore_tax", "link.multi_use")]
    client.sign_in(shop.agent.email)
    shown = linking.dialog(client, draft)
    assert shown.page.select("[name^=ignores]") == []
    assert [str(field["value"]) for field in shown.page.select("[name=paid]")] == ["once"]
    for typed in ({"ignores_shipping": "1"}, {"ignores_tax": "1", "ignores_tax_reason": "x"}, {"paid": "any"}):
        assert linking.create(client, shown, **typed).status_code == 403


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_selection_cannot_be_linked(maria: Client, session: Session, shop: Shop, htmx: bool) -> None:
    """P-06."""
    selection = make.selection(session, shop)
    for answer in (linking.dialog(maria, selection, htmx=htmx), building.post(maria, selection, "link", htmx=htmx)):
        assert answer.words(".dialog-title") == "1 thing to fix before you can create the link"
        assert answer.words("#link-checks span") == "The selection is empty. Add a product first."
        assert answer.page.select("#link-form") == []
    assert answer.status_code == 422


def test_everything_in_the_way_is_listed_with_where_to_fix_it(
        maria: Client, session: Session, shop: Shop) -> None:
    """P-06."""
    lamp = make.product(session, "Oak lamp", prices={}, stock={shop.warehouse: 5})
    stool = make.product(session, "Oak stool", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                         unpublished_at=datetime(2026, 3, 12, tzinfo=UTC))
    selection = make.selection(session, shop, {lamp: 1, stool: 1, shop.cap: 2})
    shown = linking.dialog(maria, selection)
    assert shown.words(".dialog-title") == "3 things to fix before you can create the link"
    texts = [" ".join(row.select_one("span").get_text().split()) for row in shown.page.select("#link-checks li")]
    assert texts[0] == "Oak lamp: No price in Retail SEK. Give a special price or remove the line."
    assert texts[1].startswith("Oak stool: No longer sold since 12 Mar")
    assert texts[2] == "Wool cap: You asked for 2, 1 in stock in Sweden."
    page = building.page(maria, selection)
    for link in shown.page.select("#link-checks a"):
        path, anchor = str(link["href"]).split("#")
        assert path == f"/selections/{selection.number}"
        field = page.one(f"#{anchor}")
        assert field.name == "tr" or field.find_parent("tr") is not None


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "link"), ("POST", "link"), ("POST", "link/preview"), ("GET", "link?made=L-2001")])
def test_a_colleagues_selection_has_no_dialog(
        client: Client, session: Session, shop: Shop, draft: Selection, method: str, path: str) -> None:
    client.sign_in(make.staff(session, "Ben Okoro", site=shop.site).email)
    assert client.open(f"/selections/{draft.number}/{path}", method=method).status_code == 404


def test_a_reader_has_no_dialog(client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    client.sign_in(make.staff(session, "Aud Itor", site=shop.site, role="auditor").email)
    assert client.get(f"/selections/{draft.number}/link").status_code == 403
