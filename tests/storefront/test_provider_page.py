"""The embedded provider's hosted page."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.payments.models import TestIntent
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Linked
from tests.storefront.walking import Enter


def status(session: Session) -> str:
    session.rollback()
    return session.scalars(select(TestIntent.status)).one()


def test_it_is_marked_as_a_test_and_says_what_is_paid_to_whom(linked: Linked, enter: Enter) -> None:
    shown = enter(linked).pay()
    assert shown.words(".bank-mark") == "Test payment — no money moves"
    assert shown.words(".bank-amount") == "3,669.00 SEK"
    assert shown.words(".bank-note") == f"To Nordic Home {linked.link.number}"
    assert [button.get_text() for button in shown.page.select("button")] == [
        "Approve", "Decline", "3-D Secure", "Slow bank", "Approve, then be out of reach for 30 seconds",
        "Approve, and do not return to the shop", "Cancel and return"]
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"


def test_three_d_secure_asks_for_six_digits(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.decide("challenge")
    assert shown.words("h1") == "Confirm it's you"
    for code in ("", "12345", "1234567", "abcdef", "12 345"):
        shown = anna.decide("approve", code=code)
        assert shown.status_code == 422
        assert shown.words("#problem") == "Enter the 6 digits of the code"
        assert shown.one("#code")["value"] == code
    assert status(session) == "challenge"
    anna.decide("approve", code="123456")
    assert anna.where == "/payment"
    assert status(session) == "authorised"


def test_three_d_secure_can_be_declined(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.decide("challenge")
    anna.decide("decline")
    assert status(session) == "declined"


def test_who_closes_the_window_after_approving_is_found_by_the_worker(
        session: Session, linked: Linked, enter: Enter, do_jobs: Callable[[], int], clock: Clock) -> None:
    shown = enter(linked).decide("leave")
    assert shown.words("h1") == "Approved"
    assert "has not heard of it" in shown.words("[role=status]")
    clock.advance(minutes=2)
    do_jobs()
    assert status(session) == "captured"


def test_a_provider_out_of_reach_is_waited_for_and_asked_again(
        session: Session, linked: Linked, enter: Enter, do_jobs: Callable[[], int], clock: Clock) -> None:
    anna = enter(linked)
    anna.decide("down")
    assert "Still waiting for your bank" in anna.confirm().words()
    clock.advance(seconds=31)
    anna.confirm()
    do_jobs()
    assert (anna.where, status(session)) == ("/receipt", "captured")


def test_what_was_decided_stays_decided(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    form = anna.pay()
    anna.decide("decline")
    anna.submit(form, ".bank-form", decision="approve")
    assert status(session) == "declined"


def test_looking_decides_nothing(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    path = anna.pay().request.path
    for _ in range(3):
        anna.client.get(path)
    assert status(session) == "open"


@pytest.mark.parametrize(("typed", "code"), [({"decision": "steal"}, 422), ({"decision": ""}, 422),
                                             ({"form_token": "forged", "decision": "approve"}, 400)])
def test_it_takes_only_its_own_buttons(
        session: Session, linked: Linked, enter: Enter, typed: dict[str, str], code: int) -> None:
    anna = enter(linked)
    answer = anna.client.submit(anna.pay(), ".bank-form", **typed)
    assert answer.status_code == code
    assert status(session) == "open"


def test_a_page_nobody_was_sent_to_is_unknown(linked: Linked, client: Client) -> None:
    assert client.get("/test-provider/" + "A" * 43).status_code == 404
    assert client.post("/test-provider/" + "A" * 43, data={"decision": "approve"}).status_code == 404
