"""What a customer asks for reaches their agent on Home, until somebody does something about it (C22)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import asking
from sales_portal.links import queries as links
from sales_portal.links import service as life
from sales_portal.links.asking import Wish
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Linked, Shop


@pytest.fixture
def asked(session: Session, shop: Shop, clock: Clock) -> Linked:
    """A withdrawn link whose customer asked for a new one a minute later."""
    clock.set(portal_clock.now())
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    life.revoke_link(session, made.link, "", by=shop.agent.actor)
    clock.advance(minutes=1)
    ask(session, made)
    clock.advance(minutes=1)
    return made


def ask(session: Session, made: Linked, wish: Wish = Wish.NEW_LINK) -> None:
    link = links.get_link(session, made.link.number)
    assert link is not None
    asking.ask_agent(session, link, wish, desk_url="http://localhost/")
    session.commit()


def needing(maria: Client) -> str:
    return maria.get("/home").words("#home-needing")


def test_a_request_about_a_dead_link_stands_on_home_with_the_one_act_that_helps(
        maria: Client, asked: Linked) -> None:
    shown = maria.get("/home")
    assert f"{asked.link.number} Anna Svensson asked for a new link Revoked" in shown.words("#home-needing")
    assert "Replace link…" in shown.words("#home-needing .menu")


def test_it_goes_once_it_is_marked_as_answered(maria: Client, session: Session, asked: Linked) -> None:
    shown = maria.get(f"/links/{asked.link.number}")
    assert "Mark as answered" in shown.words("#link-actions")
    maria.post(f"/links/{asked.link.number}/answer")
    assert asked.link.number not in needing(maria)
    after = maria.get(f"/links/{asked.link.number}")
    assert "Maria Lind answered the customer" in after.words("#link-timeline")
    assert "Mark as answered" not in after.words("#link-actions")


def test_it_goes_once_somebody_of_the_house_acted_on_the_link(maria: Client, session: Session, asked: Linked) -> None:
    maria.submit(maria.get(f"/links/{asked.link.number}/replacement"), "#replacement-dialog form")
    assert asked.link.number not in needing(maria)


def test_asking_again_brings_it_back(
        maria: Client, session: Session, asked: Linked, clock: Clock) -> None:
    maria.post(f"/links/{asked.link.number}/answer")
    clock.advance(minutes=1)
    ask(session, asked, Wish.ALTERNATIVE)
    assert "asked for something else: this is sold out" in needing(maria)


def test_an_old_request_is_no_news(maria: Client, session: Session, asked: Linked) -> None:
    link = session.get_one(CheckoutLink, asked.link.id)
    link.asked_at = portal_clock.now() - timedelta(days=15)
    session.commit()
    assert asked.link.number not in needing(maria)


def test_answering_what_nobody_asked_notes_nothing(session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    asking.mark_answered(session, made.link, by=SYSTEM)
    assert made.link.asked_at is None
