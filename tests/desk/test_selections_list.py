"""The list of selections: stage, what each holds, its newest link, and whose it is."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import service as approvals
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, rows
from tests.desk.asking import cheap, erik
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop

__all__ = ["cheap", "erik"]


def numbers(answer: Answer) -> list[str]:
    """The numbers of the listed selections, in order."""
    return [link.get_text() for link in answer.page.select("#selections-list a.row-main")]


def test_a_row_tells_customer_lines_market_stage_and_newest_link(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, label="Spring offer")
    rows.link(session, shop, selection, status="expired")
    newest = rows.link(session, shop, selection, progress="opened")
    answer = maria.get("/selections")
    words = answer.words("#selections-list tbody tr")
    for said in (selection.number, "Spring offer", "Anna Svensson", "Maria Lind", "Sweden", "Draft", newest.number,
                 "Opened"):
        assert said in words
    assert answer.words("#selections-list .thumbs") == "2"
    assert len(answer.page.select("#selections-list .thumb")) == 2


def test_at_most_three_pictures_stand_for_the_lines(maria: Client, session: Session, shop: Shop) -> None:
    many = {make.product(session, f"Thing {number}", prices={shop.pricelist: 100}): 1 for number in range(5)}
    make.selection(session, shop, many)
    answer = maria.get("/selections")
    assert len(answer.page.select("#selections-list .thumb")) == 3
    assert answer.words("#selections-list .thumbs") == "5"


def test_a_stage_and_words_narrow_the_list(maria: Client, session: Session, shop: Shop) -> None:
    draft = make.selection(session, shop, label="Spring")
    won = make.selection(session, shop, status="won", for_anyone=True)
    assert numbers(maria.get("/selections?status=won")) == [won.number]
    assert numbers(maria.get("/selections?q=anna")) == [draft.number]
    assert numbers(maria.get(f"/selections?q={won.number}")) == [won.number]
    assert numbers(maria.get("/selections?status=nonsense")) == [won.number, draft.number]


@pytest.mark.parametrize("policy", ["single", "first_closes"])
def test_what_was_paid_leaves_the_list_and_stays_to_be_found(
        maria: Client, session: Session, shop: Shop, policy: str) -> None:
    """C-24: after the first purchase the original selection is no longer worked on, and is kept."""
    other = make.selection(session, shop, {shop.bag: 1})
    bought = make.selection(session, shop, {shop.chair: 1})
    linked = make.link(session, bought, policy=policy)
    assert numbers(maria.get("/selections")) == [bought.number, other.number]
    order = make.order(session, linked)
    assert numbers(maria.get("/selections")) == [other.number]
    assert numbers(maria.get("/selections?status=all")) == [bought.number, other.number]
    assert numbers(maria.get("/selections?status=won")) == [bought.number]
    assert maria.get(f"/selections/{bought.number}").status_code == 200
    assert order.number in maria.get(f"/links/{linked.link.number}").words("#link-orders")


def test_what_waits_for_a_yes_has_a_view_of_its_own(maria: Client, session: Session, shop: Shop,
                                                    cheap: Selection, erik: Staff) -> None:
    draft = make.selection(session, shop)
    asked = make.approval(session, cheap)
    answer = maria.get("/selections?status=waiting_for_approval")
    assert numbers(answer) == [cheap.number]
    assert "Waiting for approval" in answer.words("#selections-list tbody tr")
    assert answer.words(".chips label:has([checked])") == "Waiting for approval"
    assert numbers(maria.get("/selections")) == [draft.number, cheap.number]
    approvals.reject(session, asked, reason="No", person=make.whole(session, erik))
    assert numbers(maria.get("/selections?status=waiting_for_approval")) == []


def test_selected_rows_are_archived_together_and_it_is_said_which_stay(
        maria: Client, session: Session, shop: Shop) -> None:
    first, second, other = (make.selection(session, shop) for _ in range(3))
    won = make.selection(session, shop, status="won")
    boxes = maria.get("/selections?q=anna").page.select("#selections-list [name=number]")
    assert [str(box["value"]) for box in boxes] == [other.number, second.number, first.number]
    answer = maria.post("/selections/archive?q=anna", data={"number": [first.number, second.number, won.number]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/selections?q=anna")
    shown = maria.get("/selections?status=archived")
    assert numbers(shown) == [second.number, first.number]
    assert building.toasts(shown) == ["2 selections are archived.", f"{won.number} can't be archived any more."]


def test_nobody_archives_what_is_not_theirs_or_selects_what_they_may_only_read(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop) -> None:
    ben, auditor = (make.staff(session, role, site=shop.site, role=role) for role in ("agent", "auditor"))
    hers = make.selection(session, shop)
    assert signed_in(ben).post("/selections/archive", data={"number": hers.number}).status_code == 404
    session.refresh(hers)
    assert hers.status == "draft"
    assert signed_in(auditor).get("/selections").page.select("[name=number], #archive-selected") == []


def test_htmx_gets_the_list_alone(maria: Client, session: Session, shop: Shop) -> None:
    make.selection(session, shop)
    page, part = maria.get("/selections?status=draft"), maria.get("/selections?status=draft", htmx=True)
    assert part.drawn("#selections-list") == page.drawn("#selections-list")
    assert part.headers["HX-Push-Url"] == "/selections?status=draft"
    assert part.words("#found") == "1 selection"


def test_empty_and_filtered_empty_say_different_things(maria: Client, session: Session, shop: Shop) -> None:
    assert maria.get("/selections").words("#selections-list").startswith("No selections yet.")
    assert maria.get("/selections?q=x").words("#selections-list") == "Nothing matches these filters. Clear filters"


def test_an_agent_sees_only_their_own_and_an_auditor_all(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop) -> None:
    ben = make.staff(session, "Ben Ek", site=shop.site)
    auditor = make.staff(session, "Rita", site=shop.site, role="auditor")
    hers, his = make.selection(session, shop), make.selection(session, shop, agent=ben)
    assert numbers(signed_in(shop.agent).get("/selections")) == [hers.number]
    assert numbers(signed_in(auditor).get("/selections")) == [his.number, hers.number]


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_takes_the_same_statements_whatever_the_rows(
        maria: Client, session: Session, shop: Shop, statements: Counting, number: int) -> None:
    for _ in range(number):
        rows.link(session, shop, make.selection(session, shop, {shop.chair: 1}))
    with statements(at_most=5):
        assert len(numbers(maria.get("/selections"))) == number
