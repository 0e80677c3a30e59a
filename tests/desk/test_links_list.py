"""The links list: what a row says, what filters leave, how pages hold still, and whose links are in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from tests import make
from tests.desk import rows
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Shop


def numbers(answer: Answer) -> list[str]:
    """The numbers of the listed links, in order."""
    return [link.get_text() for link in answer.page.select("#link-list a.row-main")]


def badges(answer: Answer) -> list[str]:
    """The words of the badges in the list, in order."""
    return [badge.get_text(strip=True) for badge in answer.page.select("#link-list tbody .badge")]


def test_a_row_names_link_label_customer_agent_and_amount(maria: Client, session: Session, shop: Shop) -> None:
    link = rows.link(session, shop, make.selection(session, shop), label="Spring offer")
    words = maria.get("/links").words("#link-list tbody tr")
    for said in (link.number, "Spring offer", "Anna Svensson", "Maria Lind", "3 308,00"):
        assert said in words


def test_a_link_for_anyone_says_so(maria: Client, session: Session, shop: Shop) -> None:
    rows.link(session, shop, make.selection(session, shop, for_anyone=True))
    assert "Anyone with the link" in maria.get("/links").words("#link-list tbody tr")


def test_the_newest_link_comes_first(maria: Client, session: Session, shop: Shop) -> None:
    made = rows.links(session, shop, make.selection(session, shop), 3)
    assert numbers(maria.get("/links")) == [link.number for link in reversed(made)]


HOSTILE = ('<script>alert("x")</script>', "<img src=x onerror=1>", "😀 \u202etxet", "O'Neill & \"Co\"")
SOON, AGO = timedelta(days=3), timedelta(days=3)
STATES = [
    ({"progress": "not_sent"}, "Not sent"),
    ({"progress": "sent"}, "Sent"),
    ({"progress": "delivered"}, "Delivered"),
    ({"progress": "opened"}, "Opened"),
    ({"progress": "checkout_started"}, "Checkout started"),
    ({"progress": "payment_failed"}, "Payment failed"),
    ({"progress": "bounced"}, "Bounced"),
    ({"progress": "opened", "starts_at": SOON}, "Scheduled"),
    ({"progress": "opened", "paused_at": -AGO}, "Paused"),
    ({"progress": "opened", "created_at": -2 * AGO, "expires_at": -AGO}, "Expired"),
    ({"progress": "opened", "status": "expired"}, "Expired"),
    ({"progress": "opened", "status": "revoked", "revoked_at": -AGO}, "Revoked"),
    ({"progress": "paid", "status": "consumed", "consumed_at": -AGO, "orders_count": 1}, "Paid"),
    ({"progress": "paid", "policy": "reusable", "status": "consumed", "consumed_at": -AGO}, "Used up"),
    ({"progress": "paid", "policy": "reusable"}, "Paid"),
]


@pytest.mark.parametrize(("values", "word"), STATES)
def test_the_one_badge_is_the_progress_while_active_and_else_the_status(
        maria: Client, session: Session, shop: Shop, values: dict[str, object], word: str) -> None:
    at = clock.now()
    dated = {name: at + value if isinstance(value, timedelta) else value for name, value in values.items()}
    rows.link(session, shop, make.selection(session, shop), **dated)
    assert badges(maria.get("/links")) == [word]


def test_sent_and_expires_are_told_relative_with_the_instant_behind(
        maria: Client, session: Session, shop: Shop) -> None:
    link = rows.link(session, shop, make.selection(session, shop), progress="sent")
    history.record(session, EventName.LINK_SENT, link, by=shop.agent.actor)
    row = maria.get("/links").one("#link-list tbody tr")
    said = [time.get_text() for time in row.select("time")]
    assert said[0].endswith("ago")
    assert said[1].startswith("in ")
    assert all(time["datetime"] and time["title"] for time in row.select("time"))


def test_a_link_never_sent_and_one_without_end_say_so(maria: Client, session: Session, shop: Shop) -> None:
    rows.link(session, shop, make.selection(session, shop), expires_at=None)
    words = maria.get("/links").words("#link-list tbody tr")
    assert "Not yet" in words
    assert "No end" in words


FILTERS = [
    ("status=active", [0]), ("status=revoked", [1]), ("progress=opened", [0, 1]), ("progress=bounced", []),
    ("status=active&progress=opened", [0]), ("status=revoked&progress=sent", []), ("q=Spring", [0]),
    ("q=spring", [0]), ("q=anna", [0]), ("q=ANNA%40example.com", [0]), ("q=bo%40example", [1]), ("q=%25", []),
    ("q=nobody", []), ("status=nonsense", [1, 0]), ("progress=nonsense&agent=x", [1, 0]), ("q=%00", [1, 0]),
]


@pytest.mark.parametrize(("query", "left"), FILTERS)
def test_filters_leave_what_they_say(maria: Client, session: Session, shop: Shop, query: str, left: list[int]) -> None:
    spring = rows.link(session, shop, make.selection(session, shop), label="Spring offer", progress="opened")
    bo = make.customer(session, "Bo Ek", email="bo@example.com")
    gone = rows.link(session, shop, make.selection(session, shop, customer=bo), progress="opened", status="revoked",
                     revoked_at=clock.now())
    expected = {(spring, gone)[place].number for place in left}
    assert set(numbers(maria.get(f"/links?{query}"))) == expected


@pytest.mark.parametrize("form", ["{number}", "{digits}", "l-{digits}", " {number} "])
def test_a_link_is_found_by_its_number(maria: Client, session: Session, shop: Shop, form: str) -> None:
    link, _ = rows.links(session, shop, make.selection(session, shop), 2)
    typed = form.format(number=link.number, digits=link.number.removeprefix("L-"))
    assert numbers(maria.get("/links", query_string={"q": typed})) == [link.number]


def test_a_customers_number_finds_the_links_of_that_customer(maria: Client, session: Session, shop: Shop) -> None:
    link = rows.link(session, shop, make.selection(session, shop))
    rows.link(session, shop, make.selection(session, shop, for_anyone=True))
    assert numbers(maria.get("/links", query_string={"q": shop.customer.number})) == [link.number]


def test_a_manager_filters_by_agent_and_an_agent_cannot(
        open_client: Callable[[], Client], session: Session, shop: Shop) -> None:
    north = make.team(session)
    shop.agent.team_id = north.id
    ben = make.staff(session, "Ben Ek", site=shop.site, team=north)
    erik = make.staff(session, "Erik Berg", site=shop.site, role="manager", team=north)
    selection = make.selection(session, shop)
    hers, his = rows.link(session, shop, selection), rows.link(session, shop, selection, agent=ben)
    manager, agent = open_client(), open_client()
    manager.sign_in(erik.email)
    agent.sign_in(shop.agent.email)
    assert numbers(manager.get("/links")) == [his.number, hers.number]
    assert numbers(manager.get(f"/links?agent={ben.id}")) == [his.number]
    assert agent.get("/links").page.select("select[name=agent]") == []
    assert numbers(agent.get(f"/links?agent={ben.id}")) == []


def test_the_agents_to_choose_from_are_those_within_reach(
        client: Client, session: Session, shop: Shop) -> None:
    north = make.team(session)
    shop.agent.team_id = north.id
    make.staff(session, "Stranger", site=shop.site)
    erik = make.staff(session, "Erik Berg", site=shop.site, role="manager", team=north)
    client.sign_in(erik.email)
    offered = [option.get_text() for option in client.get("/links").page.select("select[name=agent] option")]
    assert offered == ["Anyone", "Erik Berg", "Maria Lind"]


def test_a_filter_asked_by_htmx_swaps_the_list_the_page_shows_and_keeps_the_address(
        maria: Client, session: Session, shop: Shop) -> None:
    rows.link(session, shop, make.selection(session, shop), label="Spring offer")
    page, part = maria.get("/links?q=spring&status="), maria.get("/links?q=spring&status=", htmx=True)
    assert part.drawn("#link-list") == page.drawn("#link-list")
    assert part.page.select("h1") == []
    assert part.headers["HX-Push-Url"] == "/links?q=spring"
    assert part.words("#found") == "1 link"


def test_going_back_in_the_browser_answers_the_whole_page(maria: Client) -> None:
    answer = maria.get("/links", htmx=True, headers={"HX-History-Restore-Request": "true"})
    assert answer.one("h1").get_text() == "Links"


def test_the_form_of_the_filters_shows_what_is_filtered(maria: Client) -> None:
    answer = maria.get("/links?q=%22%3Cb%3E&status=revoked&progress=opened")
    assert answer.one("input[name=q]")["value"] == '"<b>'
    assert answer.one("select[name=status] option[selected]").get_text() == "Revoked"
    assert answer.one("select[name=progress] option[selected]").get_text() == "Opened"


def test_an_empty_list_says_when_it_will_fill(maria: Client) -> None:
    words = maria.get("/links").words("#link-list")
    assert words == "No links yet. A link appears here the moment you create one."


def test_filters_that_leave_nothing_can_be_cleared(maria: Client, session: Session, shop: Shop) -> None:
    rows.link(session, shop, make.selection(session, shop))
    answer = maria.get("/links?q=nobody")
    assert answer.words("#link-list") == "Nothing matches these filters. Clear filters"
    assert answer.one("#link-list a")["href"] == "/links"


def test_a_page_holds_fifty_and_older_pages_stand_still_while_links_come(
        maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    made = [link.number for link in rows.links(session, shop, selection, 120)][::-1]
    first = maria.get("/links")
    assert numbers(first) == made[:50]
    rows.links(session, shop, selection, 7)
    second = maria.get(str(first.one("a[rel=next]")["href"]))
    assert numbers(second) == made[50:100]
    third = maria.get(str(second.one("a[rel=next]")["href"]))
    assert numbers(third) == made[100:]
    assert third.page.select("a[rel=next]") == []
    assert numbers(maria.get(str(third.one(".pager a")["href"])))[7:] == made[:43]


def test_the_older_page_keeps_the_filters(maria: Client, session: Session, shop: Shop) -> None:
    rows.links(session, shop, make.selection(session, shop), 60, progress="opened")
    older = str(maria.get("/links?progress=opened&q=").one("a[rel=next]")["href"])
    assert "progress=opened" in older
    assert len(numbers(maria.get(older))) == 10


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "%00"])
def test_a_damaged_page_address_is_refused_in_words(maria: Client, cursor: str) -> None:
    answer = maria.get(f"/links?before={cursor}")
    assert answer.status_code == 422
    assert "Start from the first page" in answer.words()


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_takes_six_statements_whatever_the_rows(
        client: Client, session: Session, shop: Shop, statements: Counting, number: int) -> None:
    north = make.team(session)
    shop.agent.team_id = north.id
    erik = make.staff(session, "Erik Berg", site=shop.site, role="manager", team=north)
    selection = make.selection(session, shop)
    for link in rows.links(session, shop, selection, number, progress="sent"):
        history.record(session, EventName.LINK_SENT, link, by=shop.agent.actor)
    client.sign_in(erik.email)
    with statements(at_most=6):
        answer = client.get("/links?q=anna&status=active&progress=sent")
    assert len(numbers(answer)) == number


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(maria: Client, session: Session, shop: Shop, text: str) -> None:
    customer = make.customer(session, text, company=text)
    rows.link(session, shop, make.selection(session, shop, customer=customer), label=text)
    answer = maria.get("/links")
    assert answer.page.select("#link-list script, #link-list img") == []
    assert answer.words("#link-list tbody tr").count(" ".join(text.split())) == 3
