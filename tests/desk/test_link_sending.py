"""Sending a link by mail from its page and from the dialog of a new link."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna."""
    return make.link(session, make.selection(session, shop, {shop.chair: 1}))


def test_the_form_names_whom_the_link_was_made_for(maria: Client, made: Linked) -> None:
    answer = maria.get(f"/links/{made.link.number}/sending")
    assert answer.one("input[name=to]")["value"] == "anna@example.com"
    assert answer.one("input[name=to_name]")["value"] == "Anna Svensson"


def test_a_link_for_anyone_is_sent_to_whom_the_agent_types(maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    answer = maria.get(f"/links/{made.link.number}/sending")
    assert answer.one("input[name=to]")["value"] == ""


def test_sending_queues_one_mail_and_says_so(maria: Client, session: Session, made: Linked) -> None:
    page = f"/links/{made.link.number}"
    answer = maria.submit(maria.get(f"{page}/sending"), "#link-sending form", message="As <b>promised</b>")
    assert answer.headers["Location"] == page
    mail = session.scalars(select(Delivery)).one()
    assert (mail.recipient, mail.state) == ("anna@example.com", "queued")
    assert "As <b>promised</b>" in mail.body_text
    after = maria.get(page)
    assert "to anna@example.com. We'll tell you when it's delivered." in after.words("#toasts")
    assert after.words("#link-status") == "Sent"
    assert "Maria Lind sent the link · to anna@example.com" in after.words("#link-timeline")
    assert "to anna@example.com" in after.words("#link-mails")


def test_the_composer_of_a_dialog_answers_with_what_was_sent(maria: Client, session: Session, made: Linked) -> None:
    page = f"/links/{made.link.number}/sending"
    shown = maria.get(page, htmx=True)
    assert shown.one("#link-sending form")["hx-target"] == "#link-sending"
    answer = maria.submit(shown, "#link-sending form", htmx=True)
    assert answer.words("#link-sending").startswith("Sent ")
    assert answer.page.select("html") == []
    assert len(session.scalars(select(Delivery)).all()) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("to", "said"), [
    ("", "Enter the customer's e-mail address"), ("   ", "Enter the customer's e-mail address"),
    ("anna", "Enter an e-mail address like name@example.com"),
    ("a@example.com, b@example.com", "Enter an e-mail address like name@example.com"),
    ("a@example.com\nBcc: b@example.com", "Enter an e-mail address like name@example.com")])
def test_an_address_that_is_none_is_refused_and_nothing_typed_is_lost(
        maria: Client, session: Session, made: Linked, to: str, said: str, htmx: bool) -> None:
    answer = maria.post(f"/links/{made.link.number}/sending", htmx=htmx,
                        data={"to": to, "to_name": "Anna", "message": "Kind regards"})
    assert answer.status_code == 422
    assert said in answer.words(".error-summary")
    assert answer.one("textarea[name=message]").get_text().strip() == "Kind regards"
    assert answer.one("input[name=to_name]")["value"] == "Anna"
    assert session.scalars(select(Delivery)).all() == []


def test_a_message_too_long_is_refused_and_kept(maria: Client, made: Linked) -> None:
    answer = maria.post(f"/links/{made.link.number}/sending", data={"to": "anna@example.com", "message": "x" * 2001})
    assert answer.status_code == 422
    assert "Use at most 2000 characters" in answer.words(".error-summary")
    assert "x" * 2001 in answer.one("textarea[name=message]").get_text()


def test_sending_again_tells_what_became_of_the_last_mail(maria: Client, made: Linked) -> None:
    page = f"/links/{made.link.number}/sending"
    maria.submit(maria.get(page), "#link-sending form")
    assert "The last mail went to anna@example.com" in maria.get(page).words("#link-sending")


def test_a_paused_link_is_not_sent(maria: Client, session: Session, made: Linked) -> None:
    maria.post(f"/links/{made.link.number}/pause")
    assert "Resend" not in maria.get(f"/links/{made.link.number}").words("#link-actions")
