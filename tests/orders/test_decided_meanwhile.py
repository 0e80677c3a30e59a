"""What somebody else decided while one was looking is seen: a refund or a cancellation is answered once."""

from types import ModuleType

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import cancelling, refunding
from sales_portal.orders.errors import AlreadyDecided
from sales_portal.orders.undo_models import Cancellation, Refund
from tests.orders import after
from tests.orders.after import World, wish


def asked(session: Session, paid: World, topic: ModuleType) -> tuple[type[Refund | Cancellation], int]:
    """What Maria asked for: some money back, or the end of the order."""
    if topic is cancelling:
        return Cancellation, after.cancel(session, paid, may_decide=False).id
    made = refunding.ask_refund(session, paid.order_id, wish(900), person=paid.maria, may_decide=False)
    session.commit()
    return Refund, made.id


@pytest.mark.parametrize("topic", [refunding, cancelling])
@pytest.mark.parametrize("second", ["agree", "refuse"])
def test_an_answer_given_meanwhile_is_seen(
        session: Session, portals_engine: Engine, paid: World, topic: ModuleType, second: str) -> None:
    kind, key = asked(session, paid, topic)
    with Session(portals_engine, expire_on_commit=False) as own:
        seen, eva = own.get_one(kind, key), own.get_one(Staff, paid.eva.id)
        own.commit()
        with Session(portals_engine) as other:
            topic.refuse(other, other.get_one(kind, key), person=other.get_one(Staff, paid.erik.id))
            other.commit()
        with pytest.raises(AlreadyDecided):
            getattr(topic, second)(own, seen, person=eva)
    assert after.status_of(session, paid) == "paid"
