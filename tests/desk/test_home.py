"""Home: one search that starts a selection, what to go on with, and how today went."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals import service as approvals
from sales_portal.core import clock as portal_clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, rows
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """It is noon before anybody signs in."""
    clock.set(datetime(2026, 11, 20, 12, tzinfo=UTC))


def home(client: Client) -> Answer:
    """The page."""
    answer = client.get("/home")
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def start(client: Client, text: str) -> Answer:
    """Type into Start a selection and press Enter."""
    answer = client.submit(home(client), "#home-start form", q=text)
    assert isinstance(answer, Answer)
    return answer


def test_the_cursor_stands_in_start_a_selection(maria: Client) -> None:
    page = home(maria)
    assert [field["id"] for field in page.page.select("[autofocus]")] == ["field-q"]
    assert page.words("label[for=field-q]") == "Start a selection"


def test_a_product_and_enter_start_a_selection_with_that_line(maria: Client, session: Session) -> None:
    answer = start(maria, "3*TSH-0042")
    made = session.scalars(select(Selection)).one()
    assert (answer.status_code, answer.location) == (303, f"/selections/{made.number}")
    assert building.lines(building.page(maria, made)) == [("Oak chair, natural", "3")]


def test_a_new_selection_begins_empty(maria: Client, session: Session) -> None:
    maria.submit(home(maria), ".topbar-new")
    made = session.scalars(select(Selection)).one()
    assert "Nothing here yet." in building.page(maria, made).words("#selection-lines")


@pytest.mark.parametrize(("typed", "status", "said"), [
    ("NOPE", 422, "No product matches “NOPE” in Retail SEK. Check the spelling or try the SKU."),
    ("0*TSH-0042", 422, "Enter a quantity from 1 to 10000"),
    ("BENCH", 409, "Oak bench is sold out in Sweden.")])
def test_what_starts_nothing_stays_typed_and_leaves_no_draft(
        maria: Client, session: Session, shop: Shop, typed: str, status: int, said: str) -> None:
    make.product(session, "Oak bench", sku="BENCH", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    answer = start(maria, typed)
    assert answer.status_code == status
    assert answer.words("#field-q-error") == said
    assert answer.one("#field-q")["value"] == typed
    assert session.scalars(select(Selection)).all() == []
    assert answer.page.select("#home-drafts a") == []


def test_several_matches_are_chosen_from_on_a_page(maria: Client, session: Session, shop: Shop) -> None:
    make.product(session, "Oak table", prices={shop.pricelist: 100}, stock={shop.warehouse: 5})
    asked = start(maria, "2*oak")
    assert (asked.status_code, asked.location) == (303, "/products?q=2*oak")
    page = maria.get(asked.location)
    assert isinstance(page, Answer)
    maria.submit(page, "tbody tr:first-of-type form")
    made = session.scalars(select(Selection)).one()
    assert building.lines(building.page(maria, made)) == [("Oak chair, natural", "2")]


def test_a_selection_is_started_for_a_customer(maria: Client, session: Session, shop: Shop) -> None:
    maria.post("/selections", data={"customer": shop.customer.number})
    assert session.scalars(select(Selection)).one().customer_id == shop.customer.id


def test_continue_shows_ones_own_last_five_drafts(maria: Client, session: Session, shop: Shop) -> None:
    at = portal_clock.now()
    made = [make.selection(session, shop, {shop.bag: 2}, changed_at=at - timedelta(days=day)) for day in range(6)]
    make.selection(session, shop, agent=make.staff(session, "Ben Okoro", site=shop.site))
    make.selection(session, shop, status="linked")
    page = home(maria)
    assert [link.get_text() for link in page.page.select("#home-drafts a")] == [draft.number for draft in made[:5]]
    assert "Anna Svensson · 1 line" in page.page.select_one("#home-drafts li").get_text(" ", strip=True)


def test_needs_you_shows_links_opened_but_unpaid_and_links_that_end_soon(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    at = portal_clock.now()
    opened = rows.link(session, shop, draft, progress="opened")
    ending = rows.link(session, shop, draft, progress="sent", expires_at=at + timedelta(hours=47))
    rows.link(session, shop, draft, progress="sent", expires_at=at + timedelta(hours=49))
    rows.link(session, shop, draft, progress="paid", status="consumed", consumed_at=at)
    rows.link(session, shop, draft, progress="opened", expires_at=at - timedelta(hours=1))
    shown = home(maria).page.select("#home-needing .plain-row > a:first-child")
    assert [link.get_text() for link in shown] == [ending.number, opened.number]


def test_today_counts_from_the_sites_midnight(maria: Client, clock: Clock, session: Session, shop: Shop,
                                              draft: Selection) -> None:
    link = rows.link(session, shop, draft)
    clock.set(datetime(2026, 11, 20, 22, 59, tzinfo=UTC))
    history.record(session, EventName.LINK_SENT, link, by=shop.agent.actor)
    clock.set(datetime(2026, 11, 20, 23, 1, tzinfo=UTC))
    history.record(session, EventName.LINK_OPENED, link, by=history.CUSTOMER)
    words = home(maria).words("#home-today")
    assert "Links sent today 0 Opened today 1 Paid today 0 Amount today –" in words


def test_every_figure_leads_to_its_list(maria: Client) -> None:
    leads = [str(link["href"]) for link in home(maria).page.select("#home-today a")]
    assert leads == ["/links?progress=sent", "/links?progress=opened", "/links?progress=paid", "/orders"]
    assert [maria.get(path).status_code for path in leads] == [200] * 4


def test_home_takes_the_same_statements_whatever_there_is(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    astrid = make.staff(session, "Astrid Berg", site=shop.site, role="admin")
    for _ in range(6):
        rows.links(session, shop, make.selection(session, shop, {shop.bag: 1}), 3, progress="opened")
        cheap = make.selection(session, shop)
        make.line(session, cheap, shop.bag, special_price=24_800)
        approvals.reject(session, make.approval(session, cheap), reason="No", person=astrid)
    session.commit()
    with statements(at_most=6):
        home(maria)


def test_a_reader_is_offered_no_search(client: Client, session: Session, shop: Shop) -> None:
    client.sign_in(make.staff(session, "Aud Itor", site=shop.site, role="auditor").email)
    assert home(client).page.select("#home-start, .topbar-new") == []


def test_a_role_without_selections_has_no_home(client: Client, session: Session, shop: Shop) -> None:
    client.sign_in(make.staff(session, "Ina Gray", site=shop.site, role="integrator").email)
    answer = client.get("/home")
    assert answer.status_code == 403
    assert "You don't have access to Home. It needs the permission selections." in answer.words("main")
