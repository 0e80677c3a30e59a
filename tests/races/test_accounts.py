"""L-24 under pressure: whoever names one CRM account at the same moment gets the same account."""

import threading

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sales_portal.customers import service as customers
from sales_portal.customers.models import Account
from sales_portal.history.service import SYSTEM

ROUNDS, AT_ONCE, WAIT_SECONDS = 5, 6, 120
FORMS = ("0011t00000AbCdE", "0011t00000AbCdEAAV")


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_l24_one_account_comes_of_many_who_add_it_at_once(portals_engine: Engine, session: Session, turn: int) -> None:
    start, found = threading.Barrier(AT_ONCE), [0] * AT_ONCE

    def resolve(index: int) -> None:
        start.wait(WAIT_SECONDS)
        with Session(portals_engine) as own, own.begin():
            found[index] = customers.resolve_account(own, FORMS[index % 2], by=SYSTEM).id

    threads = [threading.Thread(target=resolve, args=(index,)) for index in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert len(set(found)) == 1
    assert found[0] > 0
    assert session.scalar(select(func.count()).select_from(Account)) == 1
