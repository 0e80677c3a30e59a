"""What waits for an answer, one request with all it takes to decide, and the answer."""

from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals.models import Approval
from sales_portal.links.terms import LinkTerms
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk.asking import cheap, erik
from tests.harness.app import Answer, Client
from tests.make import Shop

__all__ = ["cheap", "erik"]


@pytest.fixture
def manager(signed_in: Callable[[Staff], Client], erik: Staff) -> Client:
    """Erik's browser."""
    return signed_in(erik)


@pytest.fixture
def approval(session: Session, shop: Shop, cheap: Selection) -> Approval:
    """Maria's request."""
    make.cost(session, shop.pricelist, shop.bag, 10_000)
    make.cost(session, shop.pricelist, shop.chair, 60_000)
    return make.approval(session, cheap, message="She buys for the office.", wants_mail=True)


def get(client: Client, path: str, *, htmx: bool = False) -> Answer:
    answer = cast(Answer, client.get(path, htmx=htmx))
    assert answer.status_code == 200, answer.status
    return answer


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def status(session: Session, approval: Approval) -> str:
    session.refresh(approval)
    return approval.status


def test_an_empty_queue_is_nice(manager: Client) -> None:
    page = get(manager, "/approvals")
    assert page.words("#approval-queue") == "Nothing is waiting. Nice."
    assert page.page.select_one("#approvals-answered") is None


def test_the_queue_tells_who_asks_for_what_and_why(manager: Client, approval: Approval) -> None:
    row = plain(get(manager, "/approvals").words("#approval-queue tbody tr"))
    for part in (approval.number, "Maria Lind", "Anna Svensson", "2 × Linen bag", "20 %", "49,6 %", "Loyal customer"):
        assert part in row


def test_the_menu_counts_what_waits(manager: Client, maria: Client, approval: Approval) -> None:
    link = get(manager, "/home").one('#rail a[href="/approvals"]')
    assert " ".join(link.get_text(" ").split()) == "Approvals 1 waiting"
    assert get(maria, "/home").page.select('a[href="/approvals"]') == []


def test_what_was_paid_or_put_away_meanwhile_waits_no_more(
        session: Session, manager: Client, maria: Client, approval: Approval, cheap: Selection) -> None:
    cheap.status = "won"
    session.commit()
    assert get(manager, "/approvals").words("#approval-queue") == "Nothing is waiting. Nice."
    cheap.status = "draft"
    session.commit()
    assert approval.number in get(manager, "/approvals").words("#approval-queue")
    maria.post(f"/selections/{cheap.number}/archive")
    assert status(session, approval) == "withdrawn"


def test_home_shows_what_waits(manager: Client, approval: Approval) -> None:
    assert f"{approval.number} Maria Lind asks for approval" in get(manager, "/home").words("#home-needing")


def test_a_request_shows_list_and_asked_price_and_both_margins(manager: Client, approval: Approval) -> None:
    page = get(manager, f"/approvals/{approval.number}")
    parts = plain(page.words("#approval-parts tbody"))
    for part in ("2 × Linen bag", "310,00 kr", "248,00 kr", "20 %", "59,7 % → 49,6 %", "Loyal customer"):
        assert part in parts
    assert "She buys for the office." in page.words("#approval-notices")
    facts = plain(page.words("#approval-facts"))
    assert "Margin of the whole 45,1 % → 41 %" in facts
    assert "The link is created and e-mailed to Anna." in facts


def test_terms_are_shown_in_words(session: Session, shop: Shop, manager: Client, draft: Selection) -> None:
    shop.site.asks_for = ["multi_use", "ignore_tax"]
    asked = make.approval(session, draft, LinkTerms(policy="reusable", max_orders=5, ignores_tax=True,
                                                    ignores_tax_reason="Export"))
    parts = get(manager, f"/approvals/{asked.number}").words("#approval-parts tbody")
    assert "Tax is not charged Export" in parts
    assert "The link can be paid more than once Up to 5 times" in parts


@pytest.mark.parametrize(("answer", "button"), [("approval", "Approve"), ("rejection", "Reject")])
def test_opening_a_mail_s_button_decides_nothing(
        session: Session, manager: Client, approval: Approval, answer: str, button: str) -> None:
    page = get(manager, f"/approvals/{approval.number}/{answer}")
    assert page.words("main button[type=submit]").startswith(f"{button} {approval.number}")
    assert status(session, approval) == "waiting"


def test_a_yes_on_that_page_decides(session: Session, manager: Client, approval: Approval) -> None:
    page = get(manager, f"/approvals/{approval.number}/approval")
    assert "The link is created at once and e-mailed to Anna." in page.words("main")
    answer = manager.submit(page, "main form", comment="ok for this one")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/approvals")
    assert status(session, approval) == "approved"
    after = get(manager, "/approvals")
    assert f"{approval.number} Maria Lind Approved" in after.words("#approvals-answered")
    assert "“ok for this one”" in get(manager, f"/approvals/{approval.number}").words("#approval-notices")


def test_a_no_without_a_reason_asks_for_one(session: Session, manager: Client, approval: Approval) -> None:
    dialog = get(manager, f"/approvals/{approval.number}/rejection", htmx=True)
    answer = cast(Answer, manager.submit(dialog, "form", htmx=True))
    assert answer.status_code == 422
    assert "Say why, so that your colleague knows what to change" in answer.words(".error-summary")
    assert status(session, approval) == "waiting"
    assert manager.submit(answer, "form", htmx=True, comment="Too cheap").headers["HX-Redirect"] == "/approvals"
    assert status(session, approval) == "rejected"


def test_what_goes_further_than_the_manager_may_go_can_only_be_rejected(
        session: Session, shop: Shop, manager: Client, erik: Staff) -> None:
    make.staff(session, "Astrid Berg", site=shop.site, role="admin")
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, special_price=1)
    asked = make.approval(session, selection)
    page = get(manager, f"/approvals/{asked.number}")
    assert "the discount is over your limit. Astrid Berg can approve it." in page.words("#approval-notices")
    assert page.words("#approval-actions") == "Reject R"
    refused = manager.post(f"/approvals/{asked.number}/approval")
    assert refused.status_code == 403
    assert status(session, asked) == "waiting"


def test_nobody_answers_their_own(session: Session, shop: Shop, manager: Client, erik: Staff) -> None:
    selection = make.selection(session, shop, agent=erik)
    make.line(session, selection, shop.bag, special_price=1)
    own = make.approval(session, selection)
    assert own.number not in get(manager, "/approvals").words("main")
    page = get(manager, f"/approvals/{own.number}")
    assert page.words("#approval-actions") == ""
    assert manager.post(f"/approvals/{own.number}/approval").status_code == 403
    assert manager.post(f"/approvals/{own.number}/rejection", data={"comment": "x"}).status_code == 403
    assert status(session, own) == "waiting"


def test_a_selection_changed_meanwhile_is_withdrawn_instead(
        session: Session, manager: Client, approval: Approval, cheap: Selection) -> None:
    session.scalars(select(SelectionLine).where(SelectionLine.selection_id == cheap.id,
                                                SelectionLine.quantity == 2)).one().quantity = 7
    answer = manager.post(f"/approvals/{approval.number}/approval")
    assert answer.status_code == 303
    assert status(session, approval) == "withdrawn"
    said = get(manager, "/approvals").words("#toasts")
    assert f"{cheap.number} was changed meanwhile, so {approval.number} is withdrawn." in said


def test_an_answer_given_already_is_said(session: Session, manager: Client, approval: Approval) -> None:
    manager.post(f"/approvals/{approval.number}/approval")
    answer = cast(Answer, manager.post(f"/approvals/{approval.number}/rejection", data={"comment": "No"}))
    assert answer.status_code == 409
    assert f"{approval.number} is approved already." in answer.words("main")
    assert session.scalars(select(Approval.status)).all() == ["approved"]


def test_what_a_person_typed_is_text(session: Session, manager: Client, cheap: Selection) -> None:
    typed = "<script>alert(1)</script>"
    asked = make.approval(session, cheap, message=typed)
    for path in ("/approvals", f"/approvals/{asked.number}", f"/approvals/{asked.number}/approval"):
        assert typed not in get(manager, path).get_data(as_text=True)
    assert typed in get(manager, f"/approvals/{asked.number}").words("#approval-notices")
