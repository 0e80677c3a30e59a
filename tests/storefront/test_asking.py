"""*Ask Maria*: one press reaches the person behind the link, in the history and by mail."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop


@pytest.fixture
def withdrawn(session: Session, linked: Linked) -> Linked:
    links.revoke_link(session, linked.link, "Wrong price", by=SYSTEM)
    return linked


def asked(session: Session) -> list[Event]:
    session.rollback()
    return list(session.scalars(select(Event).where(Event.name == "link.requested_anew").order_by(Event.id)))


def mails(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_one_press_is_noted_mailed_to_the_agent_and_answered(
        session: Session, shop: Shop, withdrawn: Linked, client: Client) -> None:
    answer = client.submit(client.get(withdrawn.path), "#endings-next form")
    assert (answer.status_code, answer.location) == (303, f"{withdrawn.path}?asked=1")
    shown = client.get(answer.location)
    assert shown.words("#asked") == "Maria has your message and usually answers within 2 hours."
    assert "usually answers" not in shown.words("#endings-next")
    (fact,) = asked(session)
    assert (fact.subject_id, fact.data["wish"], fact.actor_kind) == (withdrawn.link.id, "new_link", "customer")
    (mail,) = mails(session)
    assert (mail.recipient, mail.reply_to, mail.template) == (
        "maria@demo.example", "anna@example.com", "agent-asked-for-new-link")
    assert withdrawn.link.number in mail.body_text
    assert withdrawn.token not in mail.body_text + mail.body_html + (mail.sealed_url or "")


@pytest.mark.parametrize(("wish", "kept"), [
    ("alternative", "alternative"), ("back_in_stock", "back_in_stock"), ("not_me", "not_me"),
    ("question", "question"), ("<script>", "new_link"), ("", "new_link")])
def test_what_was_wished_for_is_kept(
        session: Session, withdrawn: Linked, client: Client, wish: str, kept: str) -> None:
    client.submit(client.get(withdrawn.path), "#endings-next form", wish=wish)
    assert [fact.data["wish"] for fact in asked(session)] == [kept]


def test_where_the_agent_left_the_site_is_asked(
        session: Session, shop: Shop, withdrawn: Linked, client: Client) -> None:
    session.get_one(Staff, shop.agent.id).is_active = False
    client.submit(client.get(withdrawn.path), "#endings-next form")
    assert [mail.recipient for mail in mails(session)] == ["hello@demo.example"]


def test_a_link_for_anyone_can_ask_too(session: Session, shop: Shop, client: Client) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    links.revoke_link(session, linked.link, "", by=SYSTEM)
    client.submit(client.get(linked.path), "#endings-next form")
    (mail,) = mails(session)
    assert mail.reply_to is None


def test_asking_again_and_again_is_refused_without_a_mail(
        session: Session, withdrawn: Linked, client: Client) -> None:
    shown = client.get(withdrawn.path)
    answers = [client.submit(shown, "#endings-next form").status_code for _ in range(7)]
    assert answers == [303] * 5 + [429] * 2
    assert len(mails(session)) == 5


def test_a_scanner_that_presses_buttons_asks_for_nothing(
        session: Session, withdrawn: Linked, client: Client) -> None:
    scanner = {"User-Agent": "Mozilla/5.0 (Mimecast link scanner)"}
    token = client.get(withdrawn.path, headers=scanner).one("[name=form_token]")["value"]
    client.post(f"{withdrawn.path}/request", data={"form_token": token}, headers=scanner)
    assert asked(session) == []
    assert mails(session) == []


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_foreign_form_asks_for_nothing(session: Session, withdrawn: Linked, client: Client, token: str) -> None:
    answer = client.post(f"{withdrawn.path}/request", data={"form_token": token})
    assert answer.status_code == 400
    assert asked(session) == []
