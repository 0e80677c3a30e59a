"""Every mail: short title, preheader, one button that is a link, the bare address, and what people typed as text."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from jinja2 import UndefinedError

from sales_portal.core.money import Money
from sales_portal.messaging import contexts, rendering, staff_contexts
from sales_portal.sites import colors
from tests.harness import markup
from tests.harness.markup import Element
from tests.harness.time import Clock
from tests.messaging.conftest import BRAND, SIGNATURE, link_ready

URL = rendering.URL_PLACEHOLDER
AT = datetime(2026, 12, 21, 13, 0, tzinfo=UTC)
ITEMS = [contexts.Item("Oak chair, natural", 2, Money(240000, "SEK"))]
MAILS: dict[str, dict[str, Any]] = {
    "link-ready": link_ready(expires_at=AT),
    "receipt": dict(contexts.Receipt(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", order_number="O-5521", placed_at=AT, is_paid=True,
        invoice=None, items=ITEMS, delivery=contexts.Item("PostNord to the door", 1, Money(5900, "SEK")),
        taxes=Money(0, "SEK"), included_tax=Money(49180, "SEK"), total=Money(245900, "SEK"),
        balance=None)),
    "agent-paid": dict(staff_contexts.AgentPaid(
        brand=BRAND, customer_name="Anna Svensson", link_number="L-2087", order_number="O-5521", is_paid=True,
        items=ITEMS, total=Money(245900, "SEK"), deposit=None)),
    "agent-back-in-stock": dict(staff_contexts.AgentBackInStock(
        brand=BRAND, link_number="L-2087", label="Oak chairs for the office", customer_name="Anna Svensson",
        opens_at=None, is_on_hold=False)),
    "back-in-stock": dict(contexts.BackInStock(brand=BRAND, agent=SIGNATURE, first_name="Anna", expires_at=AT)),
    "payment-failed": dict(contexts.PaymentFailed(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", total=Money(245900, "SEK"))),
    "payment-returning": dict(contexts.PaymentReturning(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", total=Money(245900, "SEK"))),
    "agent-asked-for-new-link": dict(staff_contexts.AgentAsked(
        brand=BRAND, customer_name="Anna Svensson", customer_email="anna@example.com", link_number="L-2087",
        message="I was on holiday.")),
    "sign-in-code": dict(contexts.SignInCode(brand=BRAND, minutes=10)),
    "alert-raised": dict(staff_contexts.AlertRaised(
        brand=BRAND, code="I14", text="I14 no money without an order: broken by 7 (1)")),
    "approval-needed": dict(staff_contexts.ApprovalNeeded(
        brand=BRAND, asker_name="Maria Lind", approval_number="P-77", selection_number="S-1042",
        customer_name="Anna Svensson", message="She buys for the whole office.", parts_asked=[
            staff_contexts.Asked("2 × Oak chair, natural", Money(300000, "SEK"), Money(245900, "SEK"), "−18 %", "23 %",
                           "loyal customer"),
            staff_contexts.Asked("Tax is not charged", None, None, "", "", "")])),
    "approval-answered": dict(staff_contexts.ApprovalAnswered(
        brand=BRAND, decider_name="Erik Holm", approval_number="P-77", selection_number="S-1042",
        customer_name="Anna Svensson", is_approved=True, comment="ok for this one", link_number="L-2087",
        mailed_to="anna@example.com", problem="")),
}
MAILS |= {
    "refunded": dict(contexts.Refunded(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", order_number="O-5521", amount=Money(50000, "SEK"),
        left=Money(195900, "SEK"))),
    "order-cancelled": dict(contexts.OrderCancelled(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", order_number="O-5521", total=Money(245900, "SEK"),
        money="not_taken", is_capture_failed=True)),
    "agent-order-cancelled": dict(staff_contexts.AgentOrderCancelled(
        brand=BRAND, customer_name="Anna Svensson", order_number="O-5521", total=Money(245900, "SEK"), money="back",
        is_capture_failed=False, note="Ordered twice")),
    "undo-asked": dict(staff_contexts.UndoAsked(
        brand=BRAND, asker_name="Maria Lind", order_number="O-5521", customer_name="Anna Svensson", is_refund=False,
        amount=None, goes_back=True, note="Ordered twice")),
    "undo-answered": dict(staff_contexts.UndoAnswered(
        brand=BRAND, decider_name="Erik Holm", order_number="O-5521", customer_name="Anna Svensson", is_refund=False,
        is_agreed=True, amount=None, goes_back=True)),
}
STOP = {"stop_url": rendering.STOP_PLACEHOLDER}
MAILS |= {
    "link-reminder": link_ready(expires_at=AT) | STOP,
    "link-expiring": link_ready(expires_at=AT) | STOP,
    "checkout-recovery": link_ready(expires_at=AT) | STOP,
    "link-saved": dict(contexts.LinkSaved(brand=BRAND, agent=SIGNATURE, expires_at=AT)),
    "agent-link-opened": dict(staff_contexts.AgentLinkOpened(
        brand=BRAND, link_number="L-2087", label="Oak chairs", customer_name="Anna Svensson", opened_at=AT,
        total=Money(245900, "SEK"))),
    "agent-link-expiring": dict(staff_contexts.AgentLinkExpiring(
        brand=BRAND, link_number="L-2087", label="Oak chairs", customer_name="Anna Svensson", expires_at=AT,
        total=Money(245900, "SEK"))),
    "agent-customer-declined": dict(staff_contexts.AgentCustomerDeclined(
        brand=BRAND, link_number="L-2087", label="Oak chairs", customer_name="Anna Svensson")),
    "agent-mail-bounced": dict(staff_contexts.AgentMailBounced(
        brand=BRAND, link_number="L-2087", recipient="anna@gmial.com", reason="No such user here",
        suggestion="anna@gmail.com")),
}
BUTTONS = {"approval-needed": [f"{URL}/approval", f"{URL}/rejection"], "sign-in-code": [], **{
    name: [URL, rendering.STOP_PLACEHOLDER] for name in ("link-reminder", "link-expiring", "checkout-recovery")}}
"""A mail has one button, to its URL; where two answers are asked for it has one for each, to pages below it, a code
that is typed elsewhere has none, and where more mails may come there is a link to where its reader says no to them."""
every_mail = pytest.mark.parametrize("name", MAILS)


def rendered(name: str, locale: str = "sv_SE", time_zone: str = "Europe/Stockholm", url: str | None = URL,
             **changes: object) -> rendering.Rendered:
    return rendering.render(name, MAILS[name] | {"url": url} | changes, locale=locale, time_zone=time_zone)


def page(mail: rendering.Rendered) -> Element:
    return markup.parse(mail.html)


def words(element: Element) -> str:
    return " ".join(element.get_text(" ").split())


def test_every_mail_of_the_portal_is_looked_at_here() -> None:
    assert {folder.name for folder in rendering.FOLDER.iterdir() if folder.is_dir()} == set(MAILS)


@every_mail
def test_a_mail_has_a_title_of_at_most_fifty_characters(name: str) -> None:
    assert 10 < len(rendered(name).title) <= 50


@pytest.mark.parametrize(("name", "title"), [
    ("link-ready", "Your selection from Maria"), ("receipt", "Paid: order O-5521"),
    ("agent-paid", "Anna Svensson paid 2 459,00 kr for L-2087"), ("payment-failed", "Your payment didn’t go through"),
    ("payment-returning", "Your money comes back"),
    ("back-in-stock", "What you waited for is back"),
    ("agent-back-in-stock", "Everything on L-2087 is in stock again"),
    ("agent-asked-for-new-link", "Anna Svensson asks for a new link"),
    ("link-reminder", "Still interested? Your selection from Maria"),
    ("link-expiring", "Your selection ends on Mon, 21 Dec"), ("checkout-recovery", "Your selection is still here"),
    ("link-saved", "Your link from Nordlight"), ("agent-link-opened", "Anna Svensson opened L-2087"),
    ("agent-link-expiring", "L-2087 ends on Mon, 21 Dec"),
    ("agent-customer-declined", "Anna Svensson says no thanks to L-2087"),
    ("agent-mail-bounced", "Your mail for L-2087 did not arrive"),
    ("refunded", "Refunded: 500,00 kr of order O-5521"), ("order-cancelled", "Order O-5521 was cancelled"),
    ("agent-order-cancelled", "Cancelled: O-5521 of Anna Svensson"),
    ("undo-asked", "Maria Lind asks to cancel O-5521"), ("undo-answered", "Erik Holm agreed: cancelling O-5521"),
    ("approval-needed", "Maria Lind asks you to approve P-77"), ("approval-answered", "Erik Holm approved P-77")])
def test_the_titles_are_those_of_the_brief(name: str, title: str) -> None:
    assert rendered(name).title == title


@every_mail
def test_a_mail_has_one_button_that_is_a_real_link(name: str) -> None:
    found = page(rendered(name)).select("a")
    assert [link["href"] for link in found] == BUTTONS.get(name, [URL])
    assert all(words(link) for link in found)


@every_mail
def test_the_plain_part_has_the_bare_address_on_its_own_line(name: str) -> None:
    assert rendered(name).text.splitlines().count(URL) == 1


@every_mail
def test_a_mail_has_a_preheader_before_anything_else(name: str) -> None:
    [first] = page(rendered(name)).select("body > :first-child")
    assert "display: none" in str(first["style"])
    assert words(first)


def test_the_preheader_of_a_link_says_what_and_how_much(clock: Clock) -> None:
    clock.set(AT - timedelta(days=30))
    assert "3 items, 2 769,00 kr, valid until Mon, 21 Dec" in words(page(rendered("link-ready"))).replace("\xa0", " ")


@every_mail
def test_a_mail_asks_nobody_else_for_anything(name: str) -> None:
    mail = rendered(name)
    assert not page(mail).select("img, link, script, iframe, object, [background]")
    assert "http" not in mail.html
    assert "url(" not in mail.html


@every_mail
def test_a_mail_is_readable_in_dark(name: str) -> None:
    mail = rendered(name)
    assert page(mail).select_one('meta[name="color-scheme"][content="light dark"]')
    known = set(re.findall(r"\.([a-z0-9-]+) \{", mail.html))
    for element in page(mail).select("[style]"):
        style = str(element["style"])
        if "background-color: #FFFFFF" in style or re.search(r"(?<!-)color: #(1A1B1E|4C4E54|64666D|2F3EB4)", style):
            if "background-color: #ECEEFC" in style:
                continue  # The initials bring their own background.
            assert known & set(element.get("class", [])), style


@every_mail
def test_both_parts_say_the_same(name: str) -> None:
    mail = rendered(name)
    shown = words(page(mail)).replace("\xa0", " ")
    for fact in ("2 459,00 kr", "2 769,00 kr", "O-5521", "L-2087", "Oak chair, natural", "anna@example.com"):
        assert (fact in mail.text.replace("\xa0", " ")) == (fact in shown), fact


@every_mail
@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}",
                                   "{% raw %}", "${7*7}", "آنا 🪑 Änna"])
def test_what_a_person_typed_is_text(name: str, typed: str) -> None:
    keys = {"first_name", "note", "customer_name", "message", "reason"} & MAILS[name].keys()
    changes: dict[str, object] = dict.fromkeys(keys, typed) or {"agent": replace(SIGNATURE, name=typed)}
    changes |= {"brand": replace(BRAND, name=typed)}
    if "items" in MAILS[name]:
        changes["items"] = [contexts.Item(typed, 1, Money(1, "SEK"))]

    mail = rendered(name, **changes)

    assert typed in mail.text
    assert typed in words(page(mail))
    assert not page(mail).select("script, img")


@every_mail
def test_a_name_the_context_lacks_is_an_error(name: str) -> None:
    for key in MAILS[name]:
        lacking = {other: value for other, value in MAILS[name].items() if other != key}
        with pytest.raises((UndefinedError, TypeError)):
            rendering.render(name, lacking | {"url": URL}, locale="en", time_zone="UTC")


@pytest.mark.parametrize(("locale", "zone", "money", "until"), [
    ("en_US", "America/New_York", "SEK 2,769.00", "Mon, Dec 21, 8:00 AM"),
    ("sv_SE", "Europe/Stockholm", "2 769,00 kr", "Mon, 21 Dec, 14:00"),
    ("de-DE", "Europe/Berlin", "2.769,00 SEK", "Mon, 21 Dec, 14:00"),
    ("ja_JP", "Asia/Tokyo", "SEK 2,769.00", "Mon, Dec 21, 10:00 PM")])
def test_amounts_and_dates_are_written_for_the_reader(
        clock: Clock, locale: str, zone: str, money: str, until: str) -> None:
    clock.set(AT - timedelta(days=30))
    text = re.sub("[\xa0\u202f]", " ", rendered("link-ready", locale=locale, time_zone=zone).text)

    assert f"You pay {money}, delivery and tax included." in text
    assert f"It works until {until}." in text


def test_a_date_of_another_year_says_which(clock: Clock) -> None:
    clock.set(AT - timedelta(days=400))
    assert "It works until Mon, 21 Dec 2026, 14:00." in rendered("link-ready").text


def test_a_link_without_an_end_promises_none() -> None:
    mail = rendered("link-ready", expires_at=None)
    assert "until" not in mail.text
    assert "until" not in words(page(mail))


def test_a_note_keeps_its_lines() -> None:
    assert "As we said.\nTwo chairs." in rendered("link-ready").text
    assert "As we said.<br>Two chairs." in rendered("link-ready").html


def test_without_a_name_the_mail_says_hello_there() -> None:
    assert rendered("link-ready", first_name="").text.startswith("Hello there,\n")


def test_an_order_that_is_paid_later_does_not_say_paid() -> None:
    due = contexts.InvoiceDue("INV-2026-0007", date(2026, 12, 12), "IBAN SE35 5000\nNordic Bank")
    mail = rendered("receipt", is_paid=False, invoice=due)
    assert mail.title == "Thank you: order O-5521"
    assert "aid" not in mail.text
    assert "paid" not in words(page(mail))
    assert "Invoice INV-2026-0007: please pay 2 459,00 kr by Sat, 12 Dec" in mail.text.replace("\xa0", " ")
    assert "IBAN SE35 5000\nNordic Bank" in mail.text
    assert "IBAN SE35 5000<br>Nordic Bank" in mail.html


def test_a_deposit_says_what_was_paid_and_where_the_rest_is() -> None:
    mail = rendered("receipt", balance=Money(145900, "SEK"))
    assert mail.title == "Deposit paid: order O-5521"
    assert "You paid 1 000,00 kr as a deposit; 1 459,00 kr is still to pay." in mail.text.replace("\xa0", " ")
    assert "Pay the balance" in words(page(mail))
    assert "paid 1 000,00 kr of 2 459,00 kr" in rendered(
        "agent-paid", deposit=Money(100000, "SEK")).title.replace("\xa0", " ")


def test_tax_is_named_where_it_is_added_and_where_it_is_included() -> None:
    added = rendered("receipt", taxes=Money(61475, "SEK"), included_tax=Money(0, "SEK"))
    assert "Tax: 614,75\xa0kr" in added.text
    assert "of it tax" not in added.text
    included = rendered("receipt")
    assert "491,80\xa0kr of it tax" in included.text
    assert "Tax:" not in included.text


def test_where_there_is_nothing_to_try_again_the_agent_offers_help() -> None:
    mail = rendered("payment-failed", url=None)
    assert not page(mail).select("a")
    assert "I can make you a new one" in mail.text
    assert "You haven’t been charged." in mail.text


@pytest.mark.parametrize(("brand", "ink"), [
    ("#3848C8", "#ffffff"), ("#FFD400", "#11132b"), ("#000000", "#ffffff"), ("#FFFFFF", "#11132b"),
    ("#1f5f4a", "#ffffff"), ("#777777", "#000000"), ("#767676", "#ffffff")])
def test_the_button_is_readable_on_any_brand_colour(brand: str, ink: str) -> None:
    assert colors.ink_on(brand) == ink
    colored = contexts.Brand("Nordlight", "Nordlight AB", "Storgatan 1", brand)
    (link,) = page(rendered("link-ready", brand=colored)).select("a")
    assert f"background-color: {brand}; color: {ink};" in str(link["style"])
