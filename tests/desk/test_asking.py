"""The builder and the Link dialog ask for a yes where one is needed, and say how it stands."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import LinkTerms
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.desk.asking import cheap, erik
from tests.harness.app import Answer, Client
from tests.make import Shop
from tests.make.approving import cover

__all__ = ["cheap", "erik"]

def words_of(client: Client, path: str, selector: str) -> str:
    answer = client.get(path)
    assert isinstance(answer, Answer)
    return answer.words(selector)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


SENT = "Sent to Erik Holm. We'll create the link as soon as it's approved."


@pytest.fixture
def asked(maria: Client, cheap: Selection) -> Answer:
    """What Maria reads after asking."""
    return linking.create(maria, linking.dialog(maria, cheap), approval_message="She buys for the office.")


def only(session: Session) -> Approval:
    session.expire_all()
    found = queries.get_approval(session, session.scalars(select(Approval.id)).one())
    assert found is not None
    return found


def test_the_button_says_what_pressing_it_leads_to(
        maria: Client, cheap: Selection, signed_in: Callable[[Staff], Client], erik: Staff) -> None:
    assert building.page(maria, cheap).words("#link-button").startswith("Ask for approval")
    assert building.page(signed_in(erik), cheap).words("#link-button").startswith("Link")


def test_the_dialog_says_why_and_who_may_say_yes(maria: Client, cheap: Selection) -> None:
    shown = linking.dialog(maria, cheap)
    said = shown.words("#link-asking").replace("\xa0", " ")
    assert "Linen bag: 20 % is over your 15 % limit." in said
    assert "Erik Holm can approve it." in said
    assert "usual answer" not in said
    assert shown.words("#link-buttons") == "Cancel Ask for approval Asking…"
    assert linking.chosen(shown, "wants_link") == ["1"]
    assert linking.chosen(shown, "wants_mail") == []
    assert shown.words("label[for=field-wants_mail]") == "E-mail it to Anna straight away"


def test_the_usual_answer_time_is_told_once_there_is_one(
        session: Session, maria: Client, cheap: Selection, erik: Staff) -> None:
    approval = make.approval(session, cheap)
    approvals.reject(session, approval, reason="No", person=erik)
    assert "The usual answer takes 1 minute." in linking.dialog(maria, cheap).words("#link-asking")


def test_asking_says_what_happens_next_and_makes_no_link(session: Session, asked: Answer) -> None:
    approval = only(session)
    assert asked.words("#link-dialog-title") == f"{approval.number} is asked for"
    assert SENT in asked.words("#link-dialog")
    assert (approval.status, approval.message, approval.wants_link, approval.wants_mail) == (
        "waiting", "She buys for the office.", True, False)
    assert approval.terms["label"] == "Anna Svensson – Oak chair, natural"
    assert session.scalars(select(CheckoutLink)).all() == []


def test_without_script_asking_leads_back_to_the_builder(session: Session, maria: Client, cheap: Selection) -> None:
    answer = maria.submit(linking.dialog(maria, cheap, htmx=False), "#link-form", wants_mail="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/selections/{cheap.number}")
    assert only(session).wants_mail
    shown = building.page(maria, cheap)
    assert building.toasts(shown) == [SENT]
    assert "was sent to Erik Holm" in shown.words("#selection-approval")


def test_a_choice_that_was_taken_away_stays_away(session: Session, maria: Client, cheap: Selection) -> None:
    shown = linking.dialog(maria, cheap)
    shown.one("[name=wants_link]").drop_tree()
    linking.create(maria, shown)
    assert not only(session).wants_link


def test_a_form_that_never_asked_is_shown_what_needs_a_yes(session: Session, maria: Client, cheap: Selection) -> None:
    shown = linking.dialog(maria, cheap)
    shown.one("#link-asking").drop_tree()
    answer = linking.create(maria, shown)
    assert answer.status_code == 422
    assert "is over your 15 % limit" in answer.words("#link-asking").replace("\xa0", " ")
    assert session.scalars(select(Approval)).all() == []


def test_a_discount_over_the_limit_turns_link_into_asking_and_says_who_may_say_yes(
        session: Session, maria: Client, draft: Selection, erik: Staff, signed_in: Callable[[Staff], Client]) -> None:
    make.discount(session, 20_000, code="STAFF20")
    answer = building.post(maria, draft, "discounts", htmx=True, code="STAFF20")
    told = "All lines with STAFF20: 20 % is over your 15 % limit."
    assert f"{told} Erik Holm can approve it." in plain(answer.words("#selection-discounts"))
    assert answer.words("#link-button").startswith("Ask for approval")
    linking.create(maria, linking.dialog(maria, draft))
    manager = signed_in(erik)
    shown = manager.get(f"/approvals/{only(session).number}")
    assert isinstance(shown, Answer)
    assert plain(shown.words("#approval-parts tbody")) == "All lines with STAFF20 2 710,00 kr 2 168,00 kr 20 % Unknown"
    assert "All lines with STAFF20" in words_of(manager, "/approvals", "#approval-queue")


def test_a_line_says_that_its_price_was_approved(
        session: Session, maria: Client, cheap: Selection, erik: Staff) -> None:
    assert "20 % — over your 15 % limit, needs approval" in plain(building.page(maria, cheap).words("#lines"))
    cover(session, read_basket(session, cheap), LinkTerms(), cheap.agent)
    assert "20 % — over your 15 % limit, approved" in plain(building.page(maria, cheap).words("#lines"))


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("title", "is_told"), [("Linen bag", True), ("Oak chair, natural", False)])
def test_before_a_price_is_saved_it_is_said_that_a_request_goes_with_it(
        session: Session, maria: Client, cheap: Selection, title: str, is_told: bool) -> None:
    panel = maria.get(f"/selections/{cheap.number}/lines/{building.line_of(maria, cheap, title)}/price", htmx=True)
    assert isinstance(panel, Answer)
    told = f"Another price withdraws {only(session).number}, which waits for an answer."
    assert (told in panel.words("#line-price")) is is_told


def test_terms_a_site_asks_for_turn_the_dialog_while_they_are_chosen(
        session: Session, maria: Client, shop: Shop, draft: Selection) -> None:
    shop.site.asks_for = ["multi_use"]
    shown = linking.dialog(maria, draft)
    assert shown.words("#link-asking") == ""
    answer = linking.preview(maria, draft, shown, paid="any")
    assert "The link can be paid more than once: this site asks for a yes." in answer.words("#link-asking")
    assert "Ask for approval" in answer.words("#link-buttons")
    assert linking.preview(maria, draft, shown, paid="once").words("#link-asking") == ""


@pytest.fixture
def limited(session: Session, shop: Shop) -> None:
    """An agent's role may waive nothing and sell nothing twice."""
    role = make.role(session, "agent")
    role.grants = [grant for grant in role.grants
                   if grant.permission not in ("link.ignore_shipping", "link.ignore_tax", "link.multi_use")]


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(("asks_for", "typed"), [
    ("ignore_tax", {"ignores_tax": "1", "ignores_tax_reason": "Export"}),
    ("ignore_shipping", {"ignores_shipping": "1"}), ("multi_use", {"paid": "any"})])
def test_what_a_role_may_not_is_asked_for_where_the_site_takes_a_yes_instead(
        session: Session, shop: Shop, draft: Selection, erik: Staff, client: Client, asks_for: str,
        typed: dict[str, str]) -> None:
    shop.site.asks_for = [asks_for]
    client.sign_in(shop.agent.email)
    shown = linking.dialog(client, draft)
    turned = linking.preview(client, draft, shown, **typed)
    assert "this site asks for a yes." in turned.words("#link-asking")
    assert "Ask for approval" in turned.words("#link-buttons")
    asked = linking.create(client, linking.dialog(client, draft), asks="1", wants_link="1", **typed)
    assert asked.status_code == 200
    approval = only(session)
    assert [item.asked["whys"] for item in approval.items] == [[asks_for]]
    assert approvals.approve(session, approval, read_basket(session, draft), person=make.whole(session, erik))
    made = linking.create(client, linking.dialog(client, draft), **typed)
    assert made.status_code == 200
    assert made.words("#link-dialog-title").startswith("Link L-")


@pytest.mark.usefixtures("limited")
def test_tax_may_be_ignored_in_the_builder_where_a_yes_can_be_asked_for(
        shop: Shop, draft: Selection, client: Client) -> None:
    shop.site.asks_for = ["ignore_tax"]
    client.sign_in(shop.agent.email)
    assert [str(box["name"]) for box in building.page(client, draft).page.select("#selection-charges [type=checkbox]")
            ] == ["ignores_tax"]
    answer = building.post(client, draft, "charges", htmx=True, ignores_tax="1", ignores_tax_reason="Export")
    assert answer.status_code == 200
    assert answer.words("#link-button").startswith("Ask for approval")
    assert building.post(client, draft, "charges", ignores_shipping="1").status_code == 403


@pytest.mark.usefixtures("limited")
def test_what_a_colleague_waived_stays_and_is_what_the_promise_says(
        session: Session, shop: Shop, draft: Selection, erik: Staff, client: Client) -> None:
    selections.set_terms(session, draft, ignores_shipping=False, ignores_tax=True, reason="Export", by=erik.actor)
    client.sign_in(shop.agent.email)
    shown = linking.dialog(client, draft)
    assert "Tax is not charged." in shown.words("#promise")
    assert linking.create(client, shown).status_code == 200
    assert linking.only_link(session).ignores_tax


def test_the_preview_keeps_what_was_typed_to_whoever_decides(maria: Client, cheap: Selection) -> None:
    answer = linking.preview(maria, cheap, linking.dialog(maria, cheap), approval_message="Please", wants_mail="1")
    assert answer.words("[name=approval_message]") == "Please"
    assert linking.chosen(answer, "wants_mail") == ["1"]


def test_a_message_too_long_is_kept_and_said(maria: Client, cheap: Selection) -> None:
    answer = linking.create(maria, linking.dialog(maria, cheap), approval_message="x" * 501)
    assert answer.status_code == 422
    assert answer.words(".error-summary").endswith("Use at most 500 characters")
    assert answer.words("[name=approval_message]") == "x" * 501


@pytest.mark.usefixtures("asked")
def test_while_it_waits_the_builder_says_so(maria: Client, cheap: Selection) -> None:
    shown = building.page(maria, cheap)
    assert shown.words("#selection-status") == "Waiting for approval"
    said = shown.words("#selection-approval")
    assert "was sent to Erik Holm. We'll create the link as soon as it's approved." in said
    assert "Changing a line it asks for withdraws it." in said


@pytest.mark.usefixtures("asked")
def test_changing_an_asked_line_withdraws_it_and_says_so(session: Session, maria: Client, cheap: Selection) -> None:
    line = building.line_of(maria, cheap, "Linen bag")
    answer = building.post(maria, cheap, f"lines/{line}/quantity", htmx=True, quantity="3")
    approval = only(session)
    assert approval.status == "withdrawn"
    assert building.toasts(answer) == [f"{approval.number} is withdrawn: what you asked for has changed."]
    assert answer.words("#selection-approval") == ""
    assert answer.words("#link-button").startswith("Ask for approval")


@pytest.mark.usefixtures("asked")
def test_changing_anything_else_leaves_it_waiting(session: Session, maria: Client, cheap: Selection) -> None:
    line = building.line_of(maria, cheap, "Oak chair, natural")
    answer = building.post(maria, cheap, f"lines/{line}/quantity", quantity="2")
    assert answer.status_code == 303
    assert only(session).status == "waiting"


@pytest.mark.usefixtures("asked")
def test_it_can_be_taken_back(session: Session, maria: Client, cheap: Selection) -> None:
    answer = maria.submit(building.page(maria, cheap), "#selection-approval form", htmx=True)
    assert isinstance(answer, Answer)
    assert only(session).status == "withdrawn"
    assert answer.words("#selection-approval") == ""


@pytest.mark.usefixtures("asked")
def test_a_no_stands_in_the_builder_with_the_manager_s_words_until_the_price_fits(
        session: Session, maria: Client, cheap: Selection, erik: Staff) -> None:
    approval = only(session)
    approvals.reject(session, approval, reason="Too <cheap>", person=make.whole(session, erik))
    shown = building.page(maria, cheap)
    said = shown.words("#selection-approval")
    assert "Erik Holm said no: “Too <cheap>”. Change the price or ask again. Change price Ask again" in said
    line = building.line_of(maria, cheap, "Linen bag")
    change, again = shown.page.select("#selection-approval a")
    assert change["hx-get"] == change["href"] == f"/selections/{cheap.number}/lines/{line}/price"
    assert change["hx-target"] == f"#panel-{line}"
    assert (again["hx-get"], again["hx-target"], again["hx-push-url"]) == (again["href"], "#dialog", "true")
    building.post(maria, cheap, f"lines/{line}/removal")
    assert building.page(maria, cheap).words("#selection-approval") == ""


@pytest.mark.usefixtures("asked")
def test_after_a_yes_the_link_needs_no_more_asking(
        session: Session, maria: Client, cheap: Selection, erik: Staff) -> None:
    approval = only(session)
    person = make.whole(session, erik)
    assert approvals.approve(session, approval, read_basket(session, cheap), person=person, comment="ok")
    shown = building.page(maria, cheap)
    assert "Erik Holm approved it. “ok” You can create the link." in shown.words("#selection-approval")
    assert shown.words("#link-button").startswith("Link")
    made = linking.create(maria, linking.dialog(maria, cheap))
    assert made.status_code == 200
    assert linking.only_link(session).total_amount == 120_000 + 2 * 24_800 + 5_900


def test_home_says_what_was_answered(session: Session, maria: Client, cheap: Selection, erik: Staff) -> None:
    approvals.reject(session, make.approval(session, cheap), reason="No", person=erik)
    said = maria.get("/home")
    assert isinstance(said, Answer)
    assert f"{cheap.number} Erik Holm answered" in said.words("#home-needing")
