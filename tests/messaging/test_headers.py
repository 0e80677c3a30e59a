"""Hostile names, titles and addresses: one recipient, one sender, no header of their own."""

from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from sales_portal.core.money import Money
from sales_portal.messaging import headers
from tests.harness.mail import Letter, SMTPSink
from tests.messaging.conftest import BRAND, Queue, Read, Work, link_ready

HOSTILE = [
    "Anna\r\nBcc: eve@example.com", "Anna\nSubject: owned", "Anna\r\n\r\n<script>", "Anna\x00\x0b\x0c",
    "Anna\u2028Bcc: eve@example.com", "Anna\x85Bcc: eve@example.com", '"boss@bank.example" <boss@bank.example>',
    "Anna, Berit; Carl", 'Anna "the" \\ Great', "=?utf-8?q?Anna=0D=0ABcc:_eve@example.com?=",
    "Änna Åström 🪑 안나 " * 8, "آنا", "\u202eannA", "a" * 200, "", "null", "O'Brien"]


def written_name(letter: Letter, header: str) -> str:
    """The name beside the address as RFC 2047 reads it; the standard library's parser keeps folds as spaces."""
    raw = dict(letter.message.raw_items())[header].replace("\n", "")
    return str(make_header(decode_header(parseaddr(raw)[0])))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name(smtp: SMTPSink, queue: Queue, delivery: Read, work: Work, name: str) -> None:
    queue(to_name=name, sender_name=f"{name} at Nordlight")

    work(smtp.port).run_once()

    (letter,) = smtp.letters
    assert delivery().state == "sent"
    assert letter.recipients == ["anna@example.com"]
    assert letter.sender == "sales@nordlight.example"
    assert [found.addr_spec for found in letter.message["To"].addresses] == ["anna@example.com"]
    assert [found.addr_spec for found in letter.message["From"].addresses] == ["sales@nordlight.example"]
    assert written_name(letter, "To") == delivery().recipient_name
    assert written_name(letter, "From") == delivery().sender_name
    assert letter.subject == "Your selection from Maria"
    assert letter.message["Bcc"] is None
    assert "@" not in delivery().recipient_name


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_in_the_title_stays_in_the_title(smtp: SMTPSink, queue: Queue, delivery: Read, work: Work,
                                                name: str) -> None:
    queue(template="agent-paid", context={
        "brand": BRAND, "customer_name": name, "link_number": "L-2087", "order_number": "O-5521", "is_paid": True,
        "items": [], "total": Money(276900, "SEK"), "deposit": None})

    work(smtp.port).run_once()

    (letter,) = smtp.letters
    total = Money(276900, "SEK").format("en").replace("\u00a0", " ")
    assert letter.subject == delivery().title
    assert letter.subject.endswith(f"paid {total} for L-2087")
    assert len(letter.subject) <= 50
    assert letter.message["Bcc"] is None
    assert len(letter.message.get_all("Subject")) == 1


def test_lines_of_any_length_arrive_whole(smtp: SMTPSink, queue: Queue, work: Work) -> None:
    note = "🪑" * 500 + "\n.\n.leading dot\nFrom here\n" + "x" * 3000
    queue(context=link_ready(note=note))

    work(smtp.port).run_once()

    assert note in smtp.letters[0].text("plain")
    assert "x" * 3000 in smtp.letters[0].text("html")


def test_an_international_domain_is_written_as_servers_know_it(smtp: SMTPSink, queue: Queue, work: Work) -> None:
    queue(to="anna@müller.example")

    work(smtp.port).run_once()

    assert smtp.letters[0].recipients == ["anna@xn--mller-kva.example"]


def test_an_address_that_cannot_be_written_ends_the_mail(
        smtp: SMTPSink, queue: Queue, delivery: Read, work: Work) -> None:
    queue(to="änna@example.com")

    work(smtp.port).run_once()

    assert (delivery().state, delivery().failure) == ("failed", "This address cannot be written on a mail")


@pytest.mark.parametrize(("text", "longest", "expected"), [
    ("two  words", 50, "two words"), ("a\tb\nc", 50, "a b c"), ("twelve letters", 8, "twelve…"),
    ("exactly8", 8, "exactly8"), ("ninechars", 8, "ninecha…"), ("  ", 8, ""), ("a\u2066b", 8, "ab")])
def test_one_line_is_one_line(text: str, longest: int, expected: str) -> None:
    assert headers.one_line(text, longest) == expected


def test_a_mail_that_may_be_followed_says_how_to_stop_that(
        smtp: SMTPSink, queue: Queue, delivery: Read, work: Work) -> None:
    """RFC 8058: one POST to the address does it; the database holds it sealed."""
    stop = "https://shop.example/selection/00112233445566778899aabbccddeeff/Zm9vYmFyYmF6cXV4c2VjcmV0/no-thanks"
    queue(template="link-reminder", stop_url=stop)
    work(smtp.port).run_once()
    (letter,) = smtp.letters
    assert letter.message["List-Unsubscribe"] == f"<{stop}>"
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in letter.text("plain").splitlines()
    assert stop in letter.text("html")
    stored = delivery()
    assert stop not in stored.body_text + stored.body_html + str(stored.sealed_stop_url)


def test_a_mail_that_is_not_followed_says_nothing_of_it(smtp: SMTPSink, queue: Queue, work: Work) -> None:
    queue()
    work(smtp.port).run_once()
    assert smtp.letters[0].message["List-Unsubscribe"] is None
