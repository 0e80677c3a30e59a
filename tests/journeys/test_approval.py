"""A price over the agent's limit: she asks, her manager says yes, and the link is there and sent without her."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals.models import Approval
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging.models import Delivery
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.browser import accessibility_problems
from tests.journeys.agent import Agent
from tests.make import Shop

WIDTHS = (360, 768, 1280)


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop, and Erik who decides for her team."""
    kept_shop.agent.team_id = make.team(session).id
    make.staff(session, "Erik Holm", site=kept_shop.site, role="manager", email="erik@demo.example",
               team_id=kept_shop.agent.team_id)
    session.commit()
    return kept_shop


@pytest.fixture
def cheap(session: Session, shop: Shop) -> Selection:
    """A bag 20 % off: Maria may give 15 %."""
    made = make.selection(session, shop, {shop.chair: 1})
    make.line(session, made, shop.bag, special_price=24_800)
    session.commit()
    return made


def looks_right(page: Page) -> None:
    """Axe finds nothing in light and in dark, and nothing is wider than the window."""
    assert accessibility_problems(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{over} px too wide at {width} px"
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.on_postgresql
def test_over_the_limit_to_a_sent_link_without_the_agent_touching_it_again(
        session: Session, cheap: Selection, open_page: Callable[..., Page], do_jobs: Callable[[], int]) -> None:
    """B13."""
    maria, erik = Agent(open_page()).comes_in(), Agent(open_page())
    maria.page.goto(f"/selections/{cheap.number}")
    expect(maria.page.locator("#link-button")).to_contain_text("Ask for approval")
    maria.press("Control+Enter")
    expect(maria.page.locator("#link-asking")).to_contain_text("Erik Holm can approve it.")
    expect(maria.page.get_by_label("Create the link when approved")).to_be_checked()
    maria.page.get_by_label("E-mail it to Anna straight away").check()
    maria.press("Control+Enter")
    expect(maria.page.locator("#link-dialog")).to_contain_text(
        "Sent to Erik Holm. We'll create the link as soon as it's approved.")
    expect(maria.page.locator("#selection-approval")).to_contain_text("was sent to Erik Holm")
    do_jobs()

    erik.comes_in("erik@demo.example").page.goto("/home")
    number = session.scalars(select(Approval)).one().number
    expect(erik.page.locator('#rail a[href="/approvals"]')).to_contain_text("1")
    erik.click('#rail a[href="/approvals"]')
    erik.click("#approval-queue .row-main")
    expect(erik.page.locator("#approval-parts")).to_contain_text("248,00")
    erik.press("a")
    expect(erik.page.locator("#field-comment")).to_be_focused()
    erik.type("ok for this one", "Enter")
    expect(erik.page.locator("#toasts")).to_contain_text(f"{number} is approved. Maria is told.")
    expect(erik.page.locator("#approval-queue")).to_contain_text("Nothing is waiting. Nice.")
    assert erik.acts == 4
    do_jobs()

    session.rollback()
    link = session.scalars(select(CheckoutLink)).one()
    assert (link.agent_id, link.progress, link.total_amount) == (cheap.agent_id, "delivered", 120_000 + 24_800 + 5_900)
    sent = {mail.template: mail for mail in session.scalars(select(Delivery))}
    assert {name: mail.recipient for name, mail in sent.items()} == {
        "approval-needed": "erik@demo.example", "link-ready": "anna@example.com",
        "approval-answered": "maria@demo.example"}
    assert all(mail.state == "sent" for mail in sent.values())


def test_reject_by_key_asks_for_the_reason_and_the_agent_reads_it(
        session: Session, cheap: Selection, open_page: Callable[..., Page]) -> None:
    approval = make.approval(session, cheap)
    session.commit()
    erik = Agent(open_page()).comes_in("erik@demo.example")
    erik.page.goto(f"/approvals/{approval.number}")
    erik.press("r")
    expect(erik.page.locator("#field-comment")).to_be_focused()
    erik.press("Enter")
    expect(erik.page.locator("#answer-dialog .error-summary")).to_contain_text("Say why")
    erik.page.locator("#field-comment").fill("Too cheap")
    erik.press("Enter")
    expect(erik.page.locator("#toasts")).to_contain_text("is rejected")
    maria = Agent(open_page()).comes_in()
    maria.page.goto(f"/selections/{cheap.number}")
    expect(maria.page.locator("#selection-approval")).to_contain_text("Erik Holm said no: “Too cheap”.")


def test_in_the_queue_a_and_r_answer_the_row_the_cursor_is_in(
        session: Session, cheap: Selection, open_page: Callable[..., Page]) -> None:
    number = make.approval(session, cheap).number
    session.commit()
    erik = Agent(open_page()).comes_in("erik@demo.example")
    erik.page.goto("/approvals")
    erik.press("j")
    expect(erik.page.locator("#approval-queue .row-main")).to_be_focused()
    for key, heading in (("a", "Approve"), ("r", "Reject")):
        erik.press(key)
        expect(erik.page.locator("#answer-dialog h2")).to_contain_text(heading)
        erik.press("Escape")
        expect(erik.page.get_by_label(f"{heading} {number}", exact=True)).to_be_focused()


def test_without_script_asking_and_answering_work(
        session: Session, cheap: Selection, open_page: Callable[..., Page]) -> None:
    maria, erik = (open_page(java_script_enabled=False) for _ in range(2))
    Agent(maria).comes_in()
    maria.goto(f"/selections/{cheap.number}/link")
    maria.get_by_role("button", name="Ask for approval").click()
    expect(maria.locator("#selection-approval")).to_contain_text("was sent to Erik Holm")
    Agent(erik).comes_in("erik@demo.example")
    erik.goto("/approvals")
    erik.locator("#approval-queue .row-main").click()
    erik.get_by_role("link", name="Approve").click()
    erik.locator("main button[type=submit]").click()
    expect(erik.locator("#approval-queue")).to_contain_text("Nothing is waiting. Nice.")
    session.rollback()
    assert session.scalars(select(Approval)).one().status == "approved"


@pytest.mark.parametrize("name", ["queue", "request", "approve", "reject", "dialog", "builder", "empty"])
def test_the_pages_are_accessible_in_both_themes_and_as_wide_as_the_window(
        session: Session, shop: Shop, cheap: Selection, open_page: Callable[..., Page], name: str) -> None:
    make.cost(session, shop.pricelist, shop.bag, 10_000)
    number = "" if name == "empty" else make.approval(session, cheap, message="She buys for the office.").number
    session.commit()
    path = {"queue": "/approvals", "empty": "/approvals", "request": f"/approvals/{number}",
            "approve": f"/approvals/{number}/approval", "reject": f"/approvals/{number}/rejection",
            "dialog": f"/selections/{cheap.number}/link", "builder": f"/selections/{cheap.number}"}[name]
    is_marias = name in ("dialog", "builder")
    page = Agent(open_page()).comes_in("maria@demo.example" if is_marias else "erik@demo.example").page
    page.goto(path)
    looks_right(page)
