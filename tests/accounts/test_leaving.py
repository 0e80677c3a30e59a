"""Who has left signs in no more, and the successor answers their customers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts import service
from sales_portal.accounts.models import Staff, StaffSession
from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from tests import make
from tests.harness.app import Client
from tests.make import Shop


@pytest.fixture
def erik(session: Session, kept_shop: Shop) -> Staff:
    return make.staff(session, "Erik Holm", site=kept_shop.site)


def test_whoever_left_is_signed_out_at_once(session: Session, kept_shop: Shop, client: Client, erik: Staff) -> None:
    session.commit()
    maria = kept_shop.agent
    client.sign_in(maria.email)
    assert client.get("/home").status_code == 200
    service.leave(session, maria, erik, by=SYSTEM)
    session.commit()
    assert client.get("/home").status_code == 303
    assert session.scalars(select(StaffSession.ended_at)).one() is not None
    assert session.scalars(select(Event.data).where(Event.name == "staff.left")).one() == {"successor": "Erik Holm"}


def test_the_successor_answers_and_the_successors_successor(session: Session, kept_shop: Shop, erik: Staff) -> None:
    maria, eva = kept_shop.agent, make.staff(session, "Eva Berg", site=kept_shop.site)
    assert maria.answering is maria
    service.leave(session, maria, erik, by=SYSTEM)
    assert maria.answering is erik
    service.leave(session, erik, eva, by=SYSTEM)
    assert maria.answering is eva
    service.leave(session, eva, None, by=SYSTEM)
    assert maria.answering is None


def test_a_circle_of_successors_ends(session: Session, kept_shop: Shop, erik: Staff) -> None:
    kept_shop.agent.is_active = erik.is_active = False
    kept_shop.agent.successor, erik.successor = erik, kept_shop.agent
    assert kept_shop.agent.answering is None


def test_nobody_follows_themselves_or_somebody_who_left(session: Session, kept_shop: Shop, erik: Staff) -> None:
    erik.is_active = False
    for successor in (kept_shop.agent, erik):
        with pytest.raises(Invalid, match="Choose somebody else who is still here"):
            service.leave(session, kept_shop.agent, successor, by=SYSTEM)
    assert kept_shop.agent.is_active
