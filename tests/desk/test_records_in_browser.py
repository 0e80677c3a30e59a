"""The pages of links, selections, customers, orders, mails and people in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.desk import rows
from tests.harness.browser import accessibility_problems, log_in
from tests.make import Linked, Shop

WIDTHS = (320, 360, 768, 1280, 1920, 2560)
LONG = "Bartholomäus Donaudampfschifffahrtsgesellschaftskapitän von und zu Wien"


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link that was mailed and bought, one that is open, and names as long as they get."""
    customer = make.customer(session, LONG, company=f"{LONG} & Söhne", country="SE", email=f"{'x' * 60}@example.com")
    thing = make.product(session, f"{LONG} {LONG}", prices={shop.pricelist: 12345678900}, stock={shop.warehouse: 9})
    sold = make.link(session, make.selection(session, shop, {thing: 1, shop.chair: 2}, customer=customer), label=LONG)
    sending.send_link(session, sold.link, to="anna@example.com", to_name="Anna", message=LONG,
                      urls=Addresses("http://localhost"), by=shop.agent.actor)
    make.order(session, sold)
    selection = make.selection(session, shop, {shop.chair: 1, shop.bag: 1}, label="Spring offer")
    still_open = make.link(session, selection, label="Spring offer")
    rows.links(session, shop, selection, 55, progress="opened")
    history.record(session, EventName.LINK_OPENED, still_open.link, by=history.CUSTOMER)
    make.staff(session, "Ada Holm", site=shop.site, role="admin", email="ada@demo.example")
    session.commit()
    return still_open


def sign_in(page: Page, email: str) -> Page:
    """`page`, logged in."""
    log_in(page, email)
    return page


def addresses(session: Session, made: Linked) -> list[str]:
    """Every page of this part."""
    sold = f"L-{2000 + (session.scalar(select(CheckoutLink.id).order_by(CheckoutLink.id).limit(1)) or 0)}"
    link = f"/links/{made.link.number}"
    return ["/links", "/links?q=nobody", "/links?before=2", link, f"{link}/sending", f"{link}/revocation",
            f"/links/{sold}", "/selections", "/customers", "/customers/C-302", "/customers/new", "/orders",
            "/orders/O-5001", "/mailbox", "/mailbox/1", "/profile"]


def test_axe_finds_nothing_on_any_page(
        open_page: Callable[..., Page], session: Session, made: Linked) -> None:
    page, found = sign_in(open_page(), "ada@demo.example"), []
    for path in addresses(session, made):
        page.goto(path)
        found += [f"{path}: {problem}" for problem in accessibility_problems(page)]
    assert found == []


def test_no_page_scrolls_sideways_and_nothing_stretches(
        open_page: Callable[..., Page], session: Session, made: Linked) -> None:
    page, wide = sign_in(open_page(), "ada@demo.example"), []
    for path in addresses(session, made):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            needed, content = page.evaluate(
                "[document.documentElement.scrollWidth, document.querySelector('.page-content').clientWidth]")
            if needed > width or content > 1760:
                wide.append(f"{path} at {width}: page {needed}, content {content}")
    assert wide == []


def test_each_page_has_one_heading_one_main_and_one_primary_button(
        open_page: Callable[..., Page], session: Session, made: Linked) -> None:
    page, wrong = sign_in(open_page(), "ada@demo.example"), []
    for path in addresses(session, made):
        page.goto(path)
        counts = [page.locator(selector).count() for selector in ("h1", "main", "main .button-primary")]
        if counts[:2] != [1, 1] or counts[2] > 1:
            wrong.append(f"{path}: {counts}")
    assert wrong == []


def test_filtering_swaps_the_list_keeps_the_focus_and_goes_back(
        page: Page, session: Session, shop: Shop, made: Linked) -> None:
    sign_in(page, shop.agent.email).goto("/links")
    expect(page.locator("#found")).to_have_text("57 links")
    page.get_by_label("Search", exact=True).press_sequentially("spring")
    expect(page.locator("#found")).to_have_text("1 link")
    expect(page).to_have_url(re.compile(r"/links\?q=spring$"))
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.get_by_label("Progress").select_option("bounced")
    expect(page.locator("#link-list")).to_contain_text("Nothing matches these filters.")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Links")
    expect(page.locator("#link-list")).to_contain_text("Spring offer")
    page.reload()
    expect(page.get_by_label("Search", exact=True)).to_have_value("spring")


def test_a_row_is_selected_and_its_link_resent_by_a_letter(
        page: Page, shop: Shop, made: Linked) -> None:
    sign_in(page, shop.agent.email).goto("/selections")
    expect(page.get_by_role("button", name="Archive selected")).to_be_hidden()
    for key in ("j", "x"):
        page.keyboard.press(key)
        page.wait_for_timeout(80)
    expect(page.locator("#selections-list .check-input").first).to_be_checked()
    page.get_by_role("button", name="Archive selected").click()
    expect(page.locator(".toast")).to_have_text(re.compile("1 selection is archived."))
    page.goto("/links")
    for key in ("j", "j", "r"):
        page.keyboard.press(key)
        page.wait_for_timeout(80)
    page.wait_for_url("**/sending")


def test_copying_puts_the_address_on_the_clipboard_and_notes_it_once(
        page: Page, session: Session, shop: Shop, made: Linked) -> None:
    sign_in(page, shop.agent.email).goto(f"/links/{made.link.number}")
    for _ in range(2):
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("[data-copy='#link-url']")).to_have_class(re.compile("is-copied"))
    assert page.evaluate("navigator.clipboard.readText()").endswith(made.path)
    page.reload()
    expect(page.locator("#link-timeline")).to_contain_text("Maria Lind copied the link")
    session.rollback()
    copied = select(Event).where(Event.name == EventName.LINK_COPIED.value)
    assert len(session.scalars(copied).all()) == 1


def test_revoking_happens_in_a_dialog(
        page: Page, session: Session, shop: Shop, made: Linked) -> None:
    sign_in(page, shop.agent.email).goto(f"/links/{made.link.number}")
    page.locator("#link-actions summary").click()
    page.get_by_role("link", name="Revoke…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Anna will see that it was withdrawn and can ask you for a new one.")
    assert accessibility_problems(page) == []
    dialog.get_by_role("textbox", name="Reason").fill("Wrong price")
    dialog.get_by_role("button", name="Revoke link").click()
    expect(page.locator("#link-status")).to_have_text("Revoked")
    expect(page.locator("#link-timeline")).to_contain_text("“Wrong price”")


def test_closing_the_dialog_changes_nothing_and_leads_back(
        page: Page, session: Session, shop: Shop, made: Linked) -> None:
    here = f"/links/{made.link.number}"
    sign_in(page, shop.agent.email).goto(here)
    page.locator("#link-actions summary").click()
    page.get_by_role("link", name="Revoke…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{here}$"))
    session.refresh(made.link)
    assert made.link.status == "active"


def test_lists_and_acts_work_without_script(
        open_page: Callable[..., Page], session: Session, shop: Shop, made: Linked) -> None:
    page = sign_in(open_page(java_script_enabled=False), shop.agent.email)
    page.goto("/links")
    page.get_by_label("Search", exact=True).fill("spring")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=made.link.number, exact=True).click()
    page.locator("#link-actions summary").click()
    page.get_by_role("button", name="Extend by 7 days").click()
    expect(page.locator("#link-timeline")).to_contain_text("Maria Lind extended the link")


def test_the_mail_as_it_looks_runs_nothing_and_asks_nobody(
        page: Page, session: Session, shop: Shop, made: Linked) -> None:
    sign_in(page, "ada@demo.example").goto("/mailbox/1")
    page.get_by_role("link", name="Open as the mail looks").click()
    expect(page.locator("body")).to_contain_text(LONG)
    assert page.evaluate("window.origin") == "null"
