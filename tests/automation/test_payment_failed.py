"""A payment that came to nothing: the customer reads that nothing was charged, and where to try again."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links import service as links
from sales_portal.messaging import service as messaging
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from tests import make
from tests.automation.conftest import BASE_URL, mails


@pytest.fixture
def linked(portal: Session, shop: make.Shop) -> make.Linked:
    """A link whose payment was declined, with the job to tell its customer."""
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}))
    payment_id = make.payment(portal, make.visit(portal, made), decision="decline")
    outbox.put(portal, "payment.failed", ("payments", payment_id))
    portal.commit()
    return made


def test_the_customer_may_try_again_while_the_link_is_open(
        portal: Session, linked: make.Linked, worker: Loop) -> None:
    worker.run_once()

    mail = mails(portal)["payment-failed"]
    text = messaging.display_body(mail).text.replace("\xa0", " ")
    assert (mail.recipient, mail.title) == ("anna@example.com", "Your payment didn’t go through")
    assert "Your payment of 369,00 kr didn’t go through. You haven’t been charged." in text
    assert f"{BASE_URL}{linked.path}" in text.splitlines()
    assert linked.token not in mail.body_text + mail.body_html


def test_a_link_that_is_over_is_not_offered_again(
        portal: Session, linked: make.Linked, shop: make.Shop, worker: Loop) -> None:
    links.revoke_link(portal, linked.link, "Sold elsewhere", by=shop.agent.actor)
    portal.commit()

    worker.run_once()

    bodies = messaging.display_body(mails(portal)["payment-failed"])
    assert linked.token not in bodies.text + bodies.html
    assert "I can make you a new one" in bodies.text


def test_a_payment_that_is_gone_is_given_up(portal: Session, worker: Loop) -> None:
    outbox.put(portal, "payment.failed", ("payments", 10**6))
    portal.commit()

    worker.run_once()

    assert portal.scalars(select(Job.last_error)).one() == "The payment does not exist any more"
