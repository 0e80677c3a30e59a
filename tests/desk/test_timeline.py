"""The history in words: every kind of fact has its sentence, and says what its data holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from sales_portal.desk import timeline
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links.asking import Wish
from sales_portal.web import formatting

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "selection": "S-1042", "selection_version": 7, "changes": "nothing", "policy": "single", "total": 330800,
    "currency": "SEK", "until": "2026-12-21T22:59:00+00:00", "order": "O-5521", "to": "anna@example.com",
    "title": "Your basket", "reason": "wrong price", "before": 1, "after": 2, "delivery": "PostNord",
    "message": "please", "replacement": "L-2090"}


def event(name: EventName, at: datetime = NOW, who: str = "Maria Lind", **data: Any) -> Event:
    """A fact as the history holds it."""
    return Event(name=name.value, subject_type="checkout_links", subject_id=1, actor_kind="staff", actor_name=who,
                 at=at, data=data)


@pytest.fixture(autouse=True)
def _request() -> Any:
    with Flask(__name__).test_request_context():
        formatting.speak("sv-SE", "Europe/Stockholm")
        yield


def test_every_kind_of_fact_has_a_sentence() -> None:
    assert set(timeline.SENTENCES) == set(EventName)


@pytest.mark.parametrize("name", list(EventName))
@pytest.mark.parametrize("data", [{}, WHOLE], ids=["bare", "whole"])
def test_a_fact_reads_as_a_sentence_whatever_its_data(name: EventName, data: dict[str, Any]) -> None:
    text = timeline.tell(event(name, **data)).text
    assert text
    assert text[0].isupper()
    assert not any(sign in text for sign in "{}")
    assert "None" not in text
    assert not text.startswith(" ")
    assert not text.endswith(("·", " "))


@pytest.mark.parametrize(("name", "data", "text"), [
    (EventName.LINK_CREATED, {"selection": "S-1042", "selection_version": 7, "changes": "nothing", "policy": "single",
                              "until": "2026-12-21T12:00:00+00:00"},
     "Maria Lind created the link from S-1042 v7 · exactly these items · once · until 21 Dec 2026"),
    (EventName.LINK_CREATED, {"selection": "S-1042", "selection_version": 1, "changes": "more", "policy": "reusable",
                              "until": None, "ignores_shipping": True, "ignores_tax": True,
                              "ignores_tax_reason": "Export"},
     ("Maria Lind created the link from S-1042 v1 · with changes allowed · more than once · delivery not charged"
      " · tax not charged: Export")),
    (EventName.APPROVAL_ASKED, {"approval": "P-77", "message": "please", "asked": [
        {"line": "Linen bag", "percent": 18_000}, {"discounts": "SUMMER10", "percent": 16_667},
        {"line": "Oak lamp", "percent": None}, {"term": "ignore_tax"}]},
     ("Maria Lind asked for 18\u00a0% on Linen bag, 16,67\u00a0% on all lines with SUMMER10, another price of Oak lamp"
      ", not charging tax · P-77 · “please”")),
    (EventName.LINK_COPIED, {}, "Maria Lind copied the link"),
    (EventName.LINK_SENT, {"to": "anna@example.com"}, "Maria Lind sent the link · to anna@example.com"),
    (EventName.LINK_CHECKED_BY_MACHINE, {}, "A machine checked the link (not counted)"),
    (EventName.LINK_EXTENDED, {"until": "2026-12-28T12:00:00+00:00"}, "Maria Lind extended the link to 28 Dec 2026"),
    (EventName.LINK_REVOKED, {"reason": "wrong price"}, "Maria Lind revoked the link · “wrong price”"),
    (EventName.MAIL_SENT, {"title": "Your basket is ready", "to": "anna@example.com"},
     "Mail “Your basket is ready” was sent to anna@example.com"),
    (EventName.MAIL_FAILED, {"title": "Hello", "to": "x@example.com", "reason": "There is no such mailbox"},
     "Mail “Hello” could not be sent to x@example.com · There is no such mailbox"),
    (EventName.LINK_REQUESTED_ANEW, {"wish": "not_me"}, "Maria Lind says somebody else used the link"),
    (EventName.VISIT_STARTED, {}, "Continued to checkout"),
    (EventName.VISIT_STARTED, {"skipped": True}, "Led straight to checkout by the link"),
    (EventName.SUBSCRIPTION_STARTED, {"title": "Care plan"}, "Care plan started"),
    (EventName.PAYMENT_DECLINED, {}, "Payment declined by the bank"),
    (EventName.ORDER_PLACED, {"total": 330800, "currency": "SEK", "order": "O-5521"},
     "Ordered for 3\u00a0308,00\u00a0kr · order O-5521"),
    (EventName.ORDER_PLACED, {"total": 3308, "currency": "JPY", "order": "O-5521"},
     "Ordered for 3\u00a0308\u00a0JP¥ · order O-5521"),
    (EventName.ORDER_DEPOSIT_PAID, {"total": 10000, "left": 20000, "currency": "SEK", "order": "O-5001"},
     "Paid a deposit of 100,00\u00a0kr · order O-5001 · 200,00\u00a0kr to come"),
    (EventName.ORDER_REFUSED, {"reason": "sold_out"}, "No order was made · sold out meanwhile · nothing was charged"),
])
def test_the_sentence_says_what_the_fact_holds(name: EventName, data: dict[str, Any], text: str) -> None:
    assert timeline.tell(event(name, **data)).text == text


def test_every_wish_of_a_customer_has_its_words() -> None:
    assert set(timeline.WORDS["wish"]) == set(Wish)


def test_what_a_person_typed_is_never_taken_for_a_template() -> None:
    told = timeline.tell(event(EventName.LINK_REVOKED, who="{who} {reason}", reason="{0} {title} %s"))
    assert told.text == "{who} {reason} revoked the link · “{0} {title} %s”"


def test_paying_says_how_long_after_the_first_sending() -> None:
    past = [event(EventName.ORDER_PAID, NOW, total=100, currency="SEK"),
            event(EventName.LINK_SENT, NOW - timedelta(hours=1)),
            event(EventName.LINK_SENT, NOW - timedelta(days=2))]
    assert timeline.entries(past, is_whole=True)[0].text.endswith("2 days after sending")


def test_openings_are_counted_from_the_second_on() -> None:
    past = [event(EventName.LINK_OPENED, NOW - timedelta(hours=hours)) for hours in range(4)]
    told = [entry.text for entry in timeline.entries(past, is_whole=True)]
    assert told == ["Opened · 4th time", "Opened · 3rd time", "Opened · 2nd time", "Opened"]


def test_openings_are_not_counted_where_older_ones_are_out_of_sight() -> None:
    past = [event(EventName.LINK_OPENED, NOW), event(EventName.LINK_OPENED, NOW - timedelta(hours=1))]
    assert {entry.text for entry in timeline.entries(past, is_whole=False)} == {"Opened"}
