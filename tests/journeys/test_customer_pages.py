"""How the customer's pages look and behave in a browser: first screen, sizes, themes, script on top."""

import gzip
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.pricing.models import ShippingMethod
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.customer import DETAILS
from tests.make import Linked, Shop

Opening = Callable[..., Page]
COMPRESSED = (".css", ".js", ".svg")
WRAPPED = """[...document.querySelectorAll(".money")]
    .filter((amount) => amount.getClientRects().length > 1).map((amount) => amount.textContent)"""
SMALL = """[...document.querySelectorAll("main :is(.button, input:not([type=hidden]), select, summary)")]
    .map((element) => element.closest(".radio-card, .input-box") || element)
    .filter((element) => element.offsetHeight && element.offsetHeight < 44).map((element) => element.outerHTML)"""


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    kept_shop.agent.phone = "+46 70 123 45 67"
    return kept_shop


@pytest.fixture
def courier(session: Session, shop: Shop) -> ShippingMethod:
    return make.shipping(session, shop.market, {"SE": 14900}, name="Courier", min_days=1, max_days=1, needs_phone=True)


@pytest.fixture
def linked(session: Session, shop: Shop, courier: ShippingMethod) -> Linked:
    return letter(session, shop)


def letter(session: Session, shop: Shop) -> Linked:
    """Three lines, a discount, a note: the letter of the brief."""
    selection = make.selection(session, shop, {shop.chair: 2, shop.cap: 1}, discount=make.discount(session, 10000),
                               customer_note="As promised, the oak chairs with the loyal-customer price.")
    make.line(session, selection, shop.bag, special_price=25000)
    made = make.link(session, selection)
    session.commit()
    return made


def fine(page: Page) -> None:
    """No accessibility problem, one headline, no sideways scroll."""
    assert accessibility_problems(page) == [], page.url
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def walk(page: Page, linked: Linked) -> Iterator[str]:
    """Every page of a purchase, in order."""
    page.goto(linked.path)
    yield "landing"
    page.locator("#continue").click()
    yield "details"
    page.locator("#field-email").fill("")
    page.locator("#continue").click()
    expect(page.locator("#error-summary")).to_be_focused()
    yield "details with mistakes"
    page.get_by_label("E-mail", exact=True).fill("anna@example.com")
    for label, text in DETAILS.items():
        page.get_by_label(label, exact=True).fill(text)
    page.locator("#continue").click()
    expect(page.locator("h1")).to_have_text("Delivery and payment")
    yield "delivery"
    page.locator("#pay").click()
    yield "provider"
    page.get_by_role("button", name="3-D Secure").click()
    yield "3-D Secure"
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("#declined")).to_be_visible()
    yield "declined"
    page.locator("#pay").click()
    page.get_by_role("button", name="Slow bank").click()
    yield "slow bank"
    expect(page.locator("h1")).to_have_text("Paid. Thank you, Anna.", timeout=60_000)
    yield "receipt"
    page.goto(linked.path)
    yield "the link once more"


def test_every_page_of_a_purchase_is_accessible(linked: Linked, open_page: Opening) -> None:
    page = open_page(viewport={"width": 360, "height": 640})
    for _ in walk(page, linked):
        fine(page)


def test_every_state_of_a_link_is_accessible(
        session: Session, shop: Shop, linked: Linked, open_page: Opening) -> None:
    at = clock.now()
    gone = make.product(session, "Brass lamp", prices={shop.pricelist: 149_000}, stock={shop.warehouse: 1})

    def link(**terms: object) -> Linked:
        return make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}), **terms)

    expired, revoked, paused, scheduled = link(), link(), link(), link(starts_at=at + timedelta(days=2))
    expired.link.created_at, expired.link.expires_at = at - timedelta(days=9), at - timedelta(days=1)
    links.revoke_link(session, revoked.link, "", by=SYSTEM)
    links.pause_link(session, paused.link, by=SYSTEM)
    pick, change = link(changes="pick_one"), link(changes="more", may_change_quantities=True, max_per_line=4)
    sold_out = make.link(session, make.selection(session, shop, {gone: 1}))
    inventory.set_on_hand(session, gone.id, shop.warehouse.id, 0, by=SYSTEM)
    used = link()
    session.commit()
    order = make.order(session, used)
    receipt = Addresses("").receipt_url(order.receipt_token_sealed)
    page = open_page(viewport={"width": 360, "height": 640})
    for path in (*(each.path for each in (expired, revoked, paused, scheduled, pick, change, sold_out, used)),
                 f"{expired.path}?asked=1", f"{linked.path}?preview=1", f"/selection/{'0' * 32}/x", receipt):
        page.goto(path)
        fine(page)


def test_the_first_screen_of_a_phone_holds_agent_items_expiry_and_the_total(
        linked: Linked, open_page: Opening) -> None:
    """C02."""
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True)
    page.goto(linked.path)
    for selector in ("h1", ".agent-name", ".agent-contact", ".offer-line >> nth=0", "#continue"):
        expect(page.locator(selector)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("until", exact=False).first).to_be_in_viewport(ratio=1)
    expect(page.locator("#continue .money")).to_have_text("3\u00a0308,00\u00a0kr")


@pytest.mark.parametrize("font", ["", "* { font-family: 'DejaVu Sans', Verdana, sans-serif !important }"])
def test_no_amount_wraps_and_nothing_scrolls_sideways_at_any_width(
        linked: Linked, open_page: Opening, font: str) -> None:
    page = open_page(bypass_csp=True)
    for width in (320, 360, 390, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 640})
        page.goto(linked.path)
        if font:
            page.add_style_tag(content=font)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(WRAPPED) == [], width


def test_everything_to_press_is_big_enough_for_a_thumb(linked: Linked, open_page: Opening) -> None:
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    for name in walk(page, linked):
        assert page.evaluate(SMALL) == [], name


def test_the_first_view_is_light_and_asks_nobody_else(linked: Linked, open_page: Opening) -> None:
    """C01."""
    page = open_page()
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(linked.path)
    page.wait_for_load_state("networkidle")
    weight = 0
    for answer in answers:
        body = answer.body()
        is_text = answer.url.split("?")[0].endswith(COMPRESSED) or "text/html" in answer.headers["content-type"]
        weight += len(gzip.compress(body, 9) if is_text else body)
    assert len(answers) <= 10, [answer.url for answer in answers]
    assert weight <= 100_000


def test_a_page_looked_at_for_two_seconds_and_touched_counts_as_opened(
        session: Session, linked: Linked, open_page: Opening) -> None:
    page = open_page()
    page.goto(linked.path)
    page.wait_for_timeout(2500)
    session.rollback()
    assert session.scalars(select(Event).where(Event.name == "link.opened")).all() == []
    with page.expect_response("**/opened") as answer:
        page.mouse.wheel(0, 200)
    assert answer.value.status == 204
    session.rollback()
    assert len(session.scalars(select(Event).where(Event.name == "link.opened")).all()) == 1


def test_a_stepper_changes_line_total_and_button_without_a_new_page(
        session: Session, shop: Shop, open_page: Opening) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), changes="more",
                       may_change_quantities=True, max_per_line=4)
    session.commit()
    page = open_page()
    page.goto(linked.path)
    page.evaluate("window.isTheSamePage = true")
    page.get_by_role("button", name="More, Oak chair, natural").click()
    expect(page.locator("#continue")).to_have_text("Continue to payment — 3\u00a0659,00\u00a0kr")
    expect(page.locator(".offer-total")).to_have_text("3\u00a0600,00")
    assert page.evaluate("window.isTheSamePage")
    page.get_by_label("Quantity, Oak chair, natural").fill("9")
    page.get_by_label("Quantity, Oak chair, natural").blur()
    expect(page.get_by_text("Enter a quantity from 1 to 4").first).to_be_visible()
    expect(page.get_by_label("Quantity, Oak chair, natural")).to_have_value("9")


def test_picking_another_product_by_arrow_changes_total_and_button_together(
        session: Session, shop: Shop, open_page: Opening) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one")
    session.commit()
    page = open_page()
    page.goto(linked.path)
    page.get_by_role("radio", name="Oak chair, natural").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#continue")).to_have_text("Continue to payment — 369,00\u00a0kr")
    expect(page.locator("#totals .total-sum dd")).to_have_text("369,00\u00a0kr")
    expect(page.get_by_role("radio", name="Linen bag")).to_be_focused()


def test_another_way_to_deliver_changes_the_total_at_once_and_asks_for_the_phone(
        session: Session, linked: Linked, open_page: Opening) -> None:
    page = open_page()
    for name in walk(page, linked):
        if name == "delivery":
            break
    page.locator("label", has_text="Courier").click()
    expect(page.locator("#pay .button-label")).to_have_text("Pay 3\u00a0398,00\u00a0kr")
    page.get_by_label("Phone for the driver").fill("+46 70 111 22 33")
    page.locator("#pay").click()
    expect(page.locator("h1")).to_have_text("Pay with a test card")


def test_another_country_asks_its_own_lines_without_a_new_page_and_keeps_what_was_typed(
        session: Session, shop: Shop, open_page: Opening) -> None:
    make.shipping(session, shop.market, {"US": 9900})
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    session.commit()
    page = open_page()
    page.goto(linked.path)
    page.locator("#continue").click()
    page.get_by_label("Delivery address", exact=True).fill("1 Infinite Loop")
    page.get_by_label("Country").select_option("US")
    expect(page.get_by_label("ZIP code")).to_be_visible()
    expect(page.get_by_label("Delivery address", exact=True)).to_have_value("1 Infinite Loop")
    expect(page.get_by_label("State")).to_be_visible()


def test_the_receipt_prints_on_one_page_without_buttons(linked: Linked, open_page: Opening) -> None:
    page = open_page()
    for name in walk(page, linked):
        if name == "receipt":
            break
    for paper in ("A4", "Letter"):
        printed = page.pdf(format=paper)
        assert printed.count(b"/Type /Page\n") == 1, paper
    page.emulate_media(media="print")
    expect(page.locator(".button, .skip-link").first).to_be_hidden()
