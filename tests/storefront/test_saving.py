"""*Save for later*: the link by mail for whoever holds it, and no way to fill a stranger's mailbox."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def save(client: Client, linked: Linked, email: str) -> Answer:
    """Type an address and press the button."""
    answer = client.submit(client.get(f"{linked.path}/saving"), "#saving-form", email=email)
    assert isinstance(answer, Answer)
    return answer


def mails(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_the_link_is_mailed_to_whoever_asks(session: Session, linked: Linked, client: Client) -> None:
    """Brief §4.1: Save for later mails the durable link."""
    answer = save(client, linked, " anna@example.com ")
    assert (answer.status_code, answer.location) == (303, f"{linked.path}/saving?sent=1")
    assert "It is on its way" in client.get(answer.location).words("main")
    (mail,) = mails(session)
    assert (mail.template, mail.recipient, mail.sender_name) == (
        "link-saved", "anna@example.com", "Maria at Nordic Home")
    assert messaging.unsealed_url(mail) == client.home + linked.path


def test_the_mail_names_nothing_that_is_sold(session: Session, linked: Linked, client: Client) -> None:
    """V189: generic content, since anybody may type anybody's address."""
    save(client, linked, "stranger@example.com")
    (mail,) = mails(session)
    for part in (mail.title, mail.body_text, mail.body_html):
        for secret in ("chair", "cap", "kr", "Anna", "loyal"):
            assert secret not in part


def test_one_address_gets_three_a_day_from_however_many_links(
        session: Session, shop: Shop, linked: Linked, client: Client, clock: Clock) -> None:
    """V189: a cap per recipient."""
    clock.set(clock.now())
    others = [make.link(session, make.selection(session, shop, {shop.bag: 1})) for _ in range(3)]
    for one in (linked, *others[:2]):
        assert save(client, one, "anna@example.com").status_code == 303
    refused = save(client, others[2], "Anna@Example.com")
    assert refused.status_code == 429
    assert "has had enough mails from us for today" in refused.words(".error-summary")
    assert refused.one("#field-email")["value"] == "Anna@Example.com"
    assert len(mails(session)) == 3
    clock.advance(days=1, minutes=1)
    assert save(client, others[2], "anna@example.com").status_code == 303


@pytest.mark.parametrize("email", ["", "anna", "a@example.com, b@example.com", "a@example.com\nBcc: b@example.com"])
def test_what_is_no_address_is_refused_and_kept(
        session: Session, linked: Linked, client: Client, email: str) -> None:
    answer = save(client, linked, email)
    assert answer.status_code == 422
    assert "Enter an e-mail address like name@example.com" in answer.words("#field-email-error")
    assert mails(session) == []


def test_every_step_leads_there_and_only_ones_own_browser_is_remembered(
        linked: Linked, enter: Enter, client: Client) -> None:
    buyer = enter(linked)
    for page in (buyer.look(), buyer.go_on(), buyer.give_details()):
        assert page.one("#save-for-later")["href"] == f"{linked.path}/saving"
    assert buyer.look("/saving").one("#field-email")["value"] == "anna@example.com"
    assert client.get(f"{linked.path}/saving").one("#field-email")["value"] == ""


def test_a_machine_gets_no_mail_sent(session: Session, linked: Linked, client: Client) -> None:
    shown = client.get(f"{linked.path}/saving")
    client.post(f"{linked.path}/saving", headers={"User-Agent": "Googlebot/2.1"}, data={
        "form_token": str(shown.one("#saving-form [name=form_token]")["value"]), "email": "anna@example.com"})
    assert mails(session) == []
