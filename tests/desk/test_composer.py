"""Writing the mail with a link: several people, two templates, and a preview that is the mail that goes out."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links import service as links
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna, with a note."""
    return make.link(session, make.selection(session, shop, {shop.chair: 1}, customer_note="As promised."))


def composer(client: Client, made: Linked, query: str = "", *, htmx: bool = False) -> Answer:
    """The form."""
    answer = client.get(f"/links/{made.link.number}/sending{query}", htmx=htmx)
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def mails(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def framed(client: Client, shown: Answer) -> Answer:
    """What the frame of a preview shows."""
    parts = urlsplit(str(shown.one("#mail-preview iframe")["src"]))
    answer = client.get(f"{parts.path}?{parts.query}")
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("template", ["link-ready", "link-reminder"])
def test_the_preview_is_the_mail_that_is_sent(
        maria: Client, session: Session, made: Linked, template: str) -> None:
    """B25: the same HTML, the same text."""
    typed = {"template": template, "message": "Dear <b>Anna</b>,\r\nas promised.", "to_name": "Anna Svensson"}
    shown = composer(maria, made)
    shown.one("#sending-form")["action"] = f"/links/{made.link.number}/sending/preview"
    previewed = maria.submit(shown, "#sending-form", htmx=True, **typed)
    text = maria.submit(shown, "#sending-form", htmx=True, view="text", **typed)
    assert mails(session) == []
    maria.submit(composer(maria, made), "#sending-form", **typed)
    (mail,) = mails(session)
    sent = messaging.display_body(mail)
    assert framed(maria, previewed).get_data(as_text=True) == sent.html
    assert text.one("#mail-preview pre").get_text().strip() == sent.text.strip()
    assert mail.title in previewed.words("#mail-preview")


def test_the_preview_can_do_nothing_and_only_we_may_frame_it(maria: Client, made: Linked) -> None:
    answer = framed(maria, composer(maria, made))
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "frame-src 'self'" in composer(maria, made).headers["Content-Security-Policy"]


@pytest.mark.parametrize("token", ["", "made-up", "x" * 2000])
def test_a_preview_nobody_was_shown_is_the_mail_as_it_begins(maria: Client, made: Linked, token: str) -> None:
    answer = maria.get(f"/links/{made.link.number}/sending/preview?mail={token}")
    assert answer.status_code == 200
    assert "As promised." in answer.get_data(as_text=True)


def test_without_script_a_button_shows_the_preview_and_keeps_what_was_typed(maria: Client, made: Linked) -> None:
    answer = maria.post(f"/links/{made.link.number}/sending/preview", data={
        "to": "bo@", "cc": "x", "message": "Hello Bo", "view": "phone", "template": "link-reminder"})
    assert answer.status_code == 200
    assert answer.one("#field-to")["value"] == "bo@"
    assert "Hello Bo" in answer.one("textarea[name=message]").get_text()
    assert answer.page.select("#mail-preview .mail-frame-phone")
    assert [one["value"] for one in answer.page.select("[name=template][checked]")] == ["link-reminder"]


def test_everybody_under_cc_gets_a_mail_and_an_address_of_their_own(
        maria: Client, session: Session, made: Linked) -> None:
    """Mission §3 row 12."""
    answer = maria.submit(composer(maria, made), "#sending-form",
                          cc="bo@example.com, cilla@example.com;BO@example.com\nanna@example.com")
    assert answer.status_code == 303
    sent = mails(session)
    assert [mail.recipient for mail in sent] == ["anna@example.com", "bo@example.com", "cilla@example.com"]
    assert len({messaging.unsealed_url(mail) for mail in sent}) == 3
    page = maria.get(f"/links/{made.link.number}")
    assert "Sent" in page.words("#toasts")
    assert "anna@example.com and 2 others" in page.words("#toasts")
    people = [" ".join(row.get_text(" ").split()) for row in page.page.select("#link-people li")]
    assert len(people) == 3
    assert all("not opened yet; mailed" in person for person in people)


@pytest.mark.parametrize(("cc", "said"), [
    ("bo@example.com, cilla", "cilla is not an e-mail address like name@example.com"),
    (", ".join(f"p{number}@example.com" for number in range(11)), "Enter at most 10 addresses")])
def test_a_wrong_cc_is_refused_and_nobody_is_mailed(
        maria: Client, session: Session, made: Linked, cc: str, said: str) -> None:
    answer = maria.submit(composer(maria, made), "#sending-form", cc=cc)
    assert answer.status_code == 422
    assert answer.words("#field-cc-error") == said
    assert answer.one("#field-cc")["value"] == cc
    assert mails(session) == []


@pytest.mark.parametrize(("policy", "said"), [
    ({}, "the first who pays closes it for all"), ({"policy": "first_closes"}, "there may be several orders"),
    ({"policy": "reusable", "max_orders": 3}, "there may be several orders, at most 3.")])
def test_what_several_people_may_do_is_said_before_they_get_it(
        maria: Client, session: Session, shop: Shop, policy: dict[str, object], said: str) -> None:
    """C-20: that several orders can result must be warned of."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), **policy)
    assert said in composer(maria, made).words("#field-cc-hint")


def test_a_resend_begins_with_the_state_and_the_text_of_the_last_mail(
        maria: Client, session: Session, made: Linked) -> None:
    """A-38, B26, brief §3.11."""
    first = composer(maria, made)
    assert first.one("textarea[name=message]").get_text().strip() == "As promised."
    assert first.page.select("#last-mail") == []
    maria.submit(first, "#sending-form", to="bo@example.com", to_name="Bo Ek", message="See you on Monday.",
                 template="link-reminder")
    mails(session)[0].state = "sent"
    again = composer(maria, made)
    assert again.words("#last-mail").startswith("Delivered The last mail went to bo@example.com")
    assert "not opened yet" in again.words("#last-mail")
    assert [again.one(f"#field-{name}")["value"] for name in ("to", "to_name")] == ["bo@example.com", "Bo Ek"]
    assert again.one("textarea[name=message]").get_text().strip() == "See you on Monday."
    assert [one["value"] for one in again.page.select("[name=template][checked]")] == ["link-reminder"]


def test_a_note_that_was_taken_out_stays_out(maria: Client, session: Session, made: Linked) -> None:
    maria.submit(composer(maria, made), "#sending-form", message="")
    assert "As promised." not in mails(session)[0].body_text


def test_a_mail_that_did_not_arrive_is_corrected_in_one_act(maria: Client, session: Session, made: Linked) -> None:
    """Brief §3.12: Correct and resend with the likely fix."""
    maria.submit(composer(maria, made), "#sending-form", to="anna@gmial.com")
    messaging.mark_failed(session, mails(session)[0], "550 no such user")
    links.mark_progress(session, made.link, "sent")
    page = maria.get(f"/links/{made.link.number}")
    assert "anna@gmial.com did not get the mail. Did you mean anna@gmail.com?" in page.words("#link-bounce")
    fixed = composer(maria, made, "?" + str(page.one("#link-bounce a")["href"]).partition("?")[2])
    assert fixed.one("#field-to")["value"] == "anna@gmail.com"
    maria.submit(fixed, "#sending-form")
    assert maria.get(f"/links/{made.link.number}").page.select("#link-bounce") == []


def test_one_address_is_not_flooded_by_the_house_either(maria: Client, session: Session, made: Linked) -> None:
    """V189."""
    shown = composer(maria, made)
    for _ in range(20):
        assert maria.submit(shown, "#sending-form").status_code == 303
    refused = maria.submit(shown, "#sending-form", cc="bo@example.com")
    assert refused.status_code == 429
    assert "has had enough mails from us for today" in refused.words(".error-summary")
    assert len(mails(session)) == 20
