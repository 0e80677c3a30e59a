"""The Link dialog in a real browser: what stays in sight, one link for two presses, the clipboard, Back and Esc."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.desk import link_dialog
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.desk.test_records_in_browser import sign_in
from tests.desk.test_saving_in_browser import pass_seconds
from tests.harness.browser import accessibility_problems
from tests.make import Shop

PHONE, LAPTOP = {"width": 360, "height": 640}, {"width": 1280, "height": 720}
IN_SIGHT = """element => {
  const box = element.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  const sides = [[x, box.top + 2], [x, box.bottom - 2], [box.left + 2, y], [box.right - 2, y]];
  return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
    && sides.every(([x, y]) => element.contains(document.elementFromPoint(x, y)));
}"""
MODES: dict[str, Callable[[Page], None]] = {
    "nothing": lambda page: page.locator("[name=changes][value=nothing]").check(force=True),
    "more": lambda page: page.locator("[name=changes][value=more]").check(force=True),
    "pick_one": lambda page: page.locator("[name=changes][value=pick_one]").check(force=True)}


@pytest.fixture
def drawn(session: Session, shop: Shop) -> Selection:
    """Maria's selection for Anna, with an own question to ask."""
    session.add(CustomField(slug="po", label="Order number"))
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    session.commit()
    return selection


def opened(page: Page, shop: Shop, selection: Selection) -> Page:
    """The dialog over the builder, opened by its button."""
    sign_in(page, shop.agent.email).goto(f"/selections/{selection.number}")
    page.locator("#link-button").click()
    expect(page.locator("#link-dialog h2")).to_be_visible()
    return page


def test_a_key_pressed_as_soon_as_the_page_stands_opens_the_dialog_in_place(
        open_page: Callable[..., Page], shop: Shop, drawn: Selection) -> None:
    """The script starts with the page: the very first press leads into the dialog, not to a page of its own."""
    page = sign_in(open_page(), shop.agent.email)
    page.add_init_script("""addEventListener("DOMContentLoaded", () => document.dispatchEvent(
      new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true})))""")
    page.goto(f"/selections/{drawn.number}")
    expect(page.locator("#dialog dialog h2")).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=("360x640", "1280x720"))
def test_the_promise_stays_in_sight_and_follows_every_choice(
        open_page: Callable[..., Page], shop: Shop, drawn: Selection, size: dict[str, int]) -> None:
    """B19: nothing is scrolled, and the line is whole, in each of the three modes and with everything under *More*."""
    page = opened(open_page(viewport=size), shop, drawn)
    heads = {"nothing": "exactly these 3 items", "more": "can change quantities", "pick_one": "picks one of 2 products"}
    for mode, choose in MODES.items():
        choose(page)
        expect(page.locator("#promise")).to_contain_text(heads[mode])
        assert page.locator("#promise").evaluate(IN_SIGHT), mode
        assert page.get_by_role("button", name="Create and copy link").evaluate(IN_SIGHT), mode
    page.get_by_text("More: discount, filled-in details").click()
    page.locator("[name=paid][value=any]").check(force=True)
    expect(page.locator("#promise")).to_contain_text("any number of times")
    assert page.locator("#promise").evaluate(IN_SIGHT)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_each_choice_shows_its_own_parts_and_no_others(page: Page, shop: Shop, drawn: Selection) -> None:
    opened(page, shop, drawn)
    warning, times, skips = (page.locator(f"#{name}") for name in (
        "several-orders", "field-times", "field-skips_landing"))
    page.locator("[name=paid][value=once]").check(force=True)
    expect(warning).to_be_hidden()
    page.locator("[name=lets_openers_finish]").check(force=True)
    expect(warning).to_be_visible()
    expect(times).to_be_hidden()
    expect(skips).to_be_hidden()
    page.locator("[name=paid][value=many]").check(force=True)
    expect(warning).to_be_hidden()
    expect(times).to_be_visible()
    expect(skips).to_be_visible()
    page.locator("[name=paid][value=any]").check(force=True)
    expect(times).to_be_hidden()
    expect(skips).to_be_visible()
    reason = page.locator("#field-link-tax-reason")
    expect(reason).to_be_hidden()
    page.locator("#field-link-tax").check(force=True)
    expect(reason).to_be_visible()


def test_axe_finds_nothing_with_every_part_open(
        open_page: Callable[..., Page], shop: Shop, drawn: Selection) -> None:
    page, found = opened(open_page(viewport=LAPTOP), shop, drawn), []
    page.get_by_text("More: discount, filled-in details").click()
    page.locator("[name=changes][value=pick_one]").check(force=True)
    page.locator("[name=lets_openers_finish]").check(force=True)
    page.locator("[name=after][value=url]").check(force=True)
    found += accessibility_problems(page)
    page.set_viewport_size({"width": 360, "height": 640})
    found += accessibility_problems(page)
    inside = page.locator("#link-dialog .dialog-body").evaluate("body => body.scrollWidth - body.clientWidth")
    page.goto(f"/selections/{drawn.number}/checkout")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found += accessibility_problems(page)
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"review at {width}: {needed}")
    assert (found, inside) == ([], 0)


def test_pressing_enter_twice_makes_one_link_and_it_is_in_the_clipboard(
        page: Page, session: Session, shop: Shop, drawn: Selection) -> None:
    """B21, B22."""
    opened(page, shop, drawn)
    label = page.locator("#field-label")
    label.focus()
    label.press("Enter", no_wait_after=True)
    page.keyboard.press("Enter")
    expect(page.locator("#link-dialog h2")).to_have_text(re.compile("is ready and copied$"))
    url = page.locator("#link-url").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == url
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_a_second_click_while_it_is_made_makes_one_link(
        page: Page, session: Session, shop: Shop, drawn: Selection) -> None:
    """B21."""
    opened(page, shop, drawn)
    page.get_by_role("button", name="Create and copy link").dblclick(no_wait_after=True)
    expect(page.locator("#link-url")).to_be_visible()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_where_the_browser_refuses_the_clipboard_the_focus_is_on_copy(
        open_page: Callable[..., Page], shop: Shop, drawn: Selection) -> None:
    """B22."""
    page = open_page()
    page.add_init_script("""
        navigator.clipboard.write = () => Promise.reject(new Error("no"));
        navigator.clipboard.writeText = () => Promise.reject(new Error("no"));""")
    opened(page, shop, drawn)
    page.get_by_role("button", name="Create and copy link").click()
    expect(page.locator("#link-dialog [data-copy='#link-url']")).to_be_focused()
    expect(page.locator("#link-dialog h2")).to_have_text(re.compile("is ready$"))


def test_a_refused_dialog_is_named_in_the_title_and_live_marks_move_no_focus(
        page: Page, shop: Shop, drawn: Selection) -> None:
    """§7.6."""
    title = re.compile(f"^{drawn.number} ")
    opened(page, shop, drawn)
    page.locator("[name=changes][value=more]").check(force=True)
    field = page.locator("#field-max_per_line")
    field.focus()
    page.keyboard.type("abc")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-max_per_line-error")).to_have_text("Enter a whole number")
    expect(field).to_be_focused()
    expect(page).to_have_title(title)
    field.press("Enter")
    expect(page.locator("#link-dialog [data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile(f"^Error: {drawn.number} "))
    field.fill("-1")
    expect(page.locator("#field-max_per_line-error")).to_have_text("Enter a quantity from 1 to 10000")
    expect(field).to_be_focused()
    field.fill("9")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("9")
    page.keyboard.press("Escape")
    expect(page).to_have_title(title)


def test_where_the_answer_is_no_link_nothing_is_thrown(
        open_page: Callable[..., Page], session: Session, shop: Shop, drawn: Selection) -> None:
    """A25: neither the clipboard nor its missing link ends in an error (the harness fails on what is uncaught)."""
    make.line(session, drawn, shop.cap, 1, special_price=100, reason="Volume")
    session.commit()
    page = open_page()
    page.add_init_script("navigator.clipboard.write = () => Promise.reject(new Error('no'));")
    opened(page, shop, drawn)
    page.locator("#link-dialog").get_by_role("button", name="Ask for approval").click()
    expect(page.locator("#link-dialog h2")).to_have_text(re.compile("is asked for$"))
    page.wait_for_timeout(200)


def test_a_server_that_fails_for_good_gives_its_code_and_all_stays_typed(
        page: Page, shop: Shop, drawn: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    """§3.12."""
    opened(page, shop, drawn)
    page.locator("#field-label").fill("Anna – chairs")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(link_dialog.links, "create_link", fail)
    page.clock.install()
    page.get_by_role("button", name="Create and copy link").click()
    error = page.locator("#link-dialog .dialog-error")
    pass_seconds(page, lambda: "was not created" not in error.inner_text())
    expect(error).to_have_text(re.compile(
        r"The link was not created\. Nothing was sent\. Code E-[2-9A-Z]{4}\s*Try again"))
    expect(page.locator("#field-label")).to_have_value("Anna – chairs")
    monkeypatch.undo()
    error.get_by_role("button", name="Try again").click()
    expect(page.locator("#link-url")).to_be_visible()


def test_its_address_is_a_page_and_back_and_esc_close_it(page: Page, shop: Shop, drawn: Selection) -> None:
    """B28."""
    opened(page, shop, drawn)
    expect(page).to_have_url(re.compile(f"/selections/{drawn.number}/link$"))
    page.go_back()
    expect(page.locator("#link-dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/selections/{drawn.number}$"))
    page.locator("#link-button").click()
    expect(page.locator("#link-dialog h2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#link-dialog")).to_have_count(0)
    expect(page.locator("#link-button")).to_be_focused()
    page.goto(f"/selections/{drawn.number}/link")
    expect(page.locator("h1")).to_have_text("Create a checkout link")
    assert page.locator("dialog").count() == 0


def test_rows_are_added_and_whether_more_was_open_is_kept(
        page: Page, session: Session, shop: Shop, drawn: Selection) -> None:
    opened(page, shop, drawn)
    page.get_by_text("More: discount, filled-in details").click()
    page.locator("#metadata-key-1").fill("campaign")
    page.locator("#metadata-value-1").fill("spring")
    page.locator("#metadata-key-2").fill("seller")
    page.locator("#metadata-value-2").fill("maria")
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator("#metadata-key-4")).to_be_visible()
    expect(page.locator("#metadata-value-2")).to_have_value("maria")
    expect(page.locator("#link-set")).to_have_text("1 set")
    page.get_by_role("button", name="Create and copy link").click()
    expect(page.locator("#link-url")).to_be_visible()
    session.rollback()
    assert session.scalars(select(CheckoutLink.link_metadata)).one() == {"campaign": "spring", "seller": "maria"}
    page.goto(f"/selections/{drawn.number}/link")
    expect(page.locator("#metadata-key-1")).to_be_visible()


def test_the_frame_of_the_review_shows_the_page_at_a_phones_width(page: Page, shop: Shop, drawn: Selection) -> None:
    sign_in(page, shop.agent.email).goto(f"/selections/{drawn.number}/checkout")
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_have_text("Maria picked these for you")
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert 300 <= box["width"] <= 430
