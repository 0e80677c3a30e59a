"""A known e-mail is warned of and not forbidden, so two people adding the same customer at once break nothing."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.customers import queries
from sales_portal.customers.models import Customer
from sales_portal.selections.models import Selection
from tests.desk import building
from tests.harness.app import Answer, Client, values_of

TYPED = {"email": "New@Example.com", "name": "Nora Ny"}


def pressed_at_once(app: Flask, client: Client, path: str, form: dict[str, str], times: int = 4) -> list[int]:
    """The statuses of so many presses of one button at the same moment."""
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())
    barrier, statuses = threading.Barrier(times), []

    def press() -> None:
        barrier.wait(60)
        answer = FlaskClient(app, Answer, use_cookies=False).post(
            path, data=form, base_url=client.home, headers={"Cookie": cookies})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=press) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return statuses


@pytest.mark.parametrize("where", ["form", "builder"])
def test_each_press_adds_the_customer_or_warns_of_the_one_there_is(
        maria: Client, app: Flask, session: Session, draft: Selection, where: str) -> None:
    path = "/customers" if where == "form" else f"/selections/{draft.number}/customer"
    token = values_of(maria.get("/customers/new").one("main form"))["csrf_token"]
    statuses = pressed_at_once(app, maria, path, {**TYPED, "csrf_token": token})
    assert len(statuses) == 4
    assert set(statuses) <= {303, 422}
    assert 303 in statuses
    session.rollback()
    made = session.scalars(select(Customer.id).where(Customer.email == "new@example.com").order_by(Customer.id)).all()
    assert len(made) == statuses.count(303)
    found = queries.get_customer_by_email(session, "new@example.com")
    assert found is not None
    assert found.id == made[0]


def test_two_of_one_e_mail_are_both_found_and_the_older_one_is_offered(
        maria: Client, session: Session, draft: Selection) -> None:
    for _ in range(2):
        assert maria.post("/customers", data={**TYPED, "is_second_anyway": "1"}).status_code == 303
    assert maria.get("/customers?q=new@example.com").page.get_text().count("new@example.com") >= 2
    older = session.scalars(select(Customer).where(Customer.email == "new@example.com").order_by(Customer.id)).first()
    assert older is not None
    warned = maria.post("/customers", data=TYPED)
    assert warned.status_code == 422
    assert f"Looks like Nora Ny ({older.number}), same e-mail." in warned.words()
    used = building.post(maria, draft, "customer", htmx=True, q="new@example.com")
    assert used.status_code == 200
    session.expire_all()
    assert draft.customer_id == older.id
