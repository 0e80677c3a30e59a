"""Where a site asks customers to sign in, a code by mail stands between *Continue* and the details."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, SignInCode
from sales_portal.history.models import Event
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Answer
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter

OTHER = {"0": "1"}


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A site whose customers sign in."""
    shop.site.requires_sign_in = True
    return shop


def mails(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).where(Delivery.template == "sign-in-code").order_by(Delivery.id)))


def code_in(mail: Delivery) -> str:
    found = re.findall(r"^\d{6}$", messaging.display_body(mail).text, re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(buyer: Customer, **typed: str) -> Answer:
    """*Continue*, and a code."""
    return buyer.submit(buyer.go_on(), "#sign-in-form", **({"email": "anna@example.com"} | typed))


def enter_code(buyer: Customer, code: str) -> Answer:
    assert buyer.page is not None
    return buyer.submit(buyer.page, "#sign-in-form", code=code)


def test_l27_a_code_by_mail_comes_before_the_details_and_fixes_the_address(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = ask(anna)
    assert (anna.where, shown.words("h1")) == ("/sign-in", "Type the code")
    field = shown.one("[name=code]")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    (mail,) = mails(session)
    assert (mail.recipient, mail.title) == ("anna@example.com", "Your code for Nordic Home")
    shown = enter_code(anna, code_in(mail))
    assert anna.where == "/details"
    assert "anna@example.com You signed in with this address." in shown.words("#fixed-details")
    assert shown.page.select("[name=email]") == []
    anna.submit(shown, "#details-form", name="Anna Svensson", street="Storgatan 1", postcode="111 22",
                city="Stockholm", email="other@example.com")
    anna.buy()
    session.rollback()
    assert session.scalars(select(Order)).one().email == "anna@example.com"
    assert "visit.signed_in" in set(session.scalars(select(Event.name)))


def test_nothing_of_the_checkout_opens_before(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    for path in ("/details", "/delivery"):
        anna.look(path)
        assert anna.where == "/sign-in"
    for path in ("/details", "/delivery", "/payment"):
        answer = anna.post(path, email="anna@example.com", name="Anna", country="SE", street="Storgatan 1",
                           postcode="111 22", city="Stockholm")
        assert (answer.status_code, answer.location.rsplit("/", 1)[-1]) == (303, "sign-in")
    session.rollback()
    assert session.scalars(select(CheckoutSession.details_at)).one() is None


def test_a_visit_from_before_signs_in_before_it_pays(shop: Shop, linked: Linked, enter: Enter) -> None:
    shop.site.requires_sign_in = False
    anna = enter(linked)
    anna.give_details()
    shop.site.requires_sign_in = True
    assert anna.page is not None
    anna.submit(anna.page, "#pay-form")
    assert anna.where == "/sign-in"


def test_the_code_stands_nowhere_in_the_database(session: Session, linked: Linked, enter: Enter) -> None:
    ask(enter(linked))
    (mail,) = mails(session)
    code, kept = code_in(mail), session.scalars(select(SignInCode)).one()
    assert code not in mail.body_text + mail.body_html + mail.title + str(mail.sealed_url)
    assert len(kept.code_digest) == 64
    assert code not in str(list(session.scalars(select(Event.data))))


def test_a_new_code_ends_the_one_before(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = ask(anna)
    anna.submit(shown, "#new-code-form")
    first, second = (code_in(mail) for mail in mails(session))
    if first != second:
        assert "This is not the code we sent" in enter_code(anna, first).words(".error-summary")
    enter_code(anna, second)
    assert anna.where == "/details"


def test_a_code_is_over_after_ten_minutes(session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    anna = enter(linked)
    shown = ask(anna)
    code = code_in(mails(session)[0])
    clock.advance(minutes=10)
    shown = anna.submit(shown, "#sign-in-form", code=code)
    assert "This code is over" in shown.text
    assert shown.words("h1") == "Sign in"


def test_five_wrong_tries_end_a_code(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    ask(anna)
    code = code_in(mails(session)[0])
    for _ in range(4):
        assert enter_code(anna, wrong(code)).words("#field-code-error").startswith("This is not the code we sent")
    assert "This code is over" in enter_code(anna, wrong(code)).text
    shown = ask(anna)
    session.rollback()
    assert shown.words("h1") == "Type the code"
    assert session.scalars(select(SignInCode.tries)).one() == 0


def test_spaces_in_a_code_are_no_mistake(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    ask(anna)
    code = code_in(mails(session)[0])
    enter_code(anna, f" {code[:3]} {code[3:]} ")
    assert anna.where == "/details"


def test_nobody_signs_in_with_the_code_of_another_visit(session: Session, linked: Linked, enter: Enter) -> None:
    anna, eve = enter(linked), enter(linked)
    ask(anna)
    ask(eve, email="eve@example.com")
    annas, eves = (code_in(mail) for mail in mails(session))
    if annas != eves:
        enter_code(eve, annas)
        assert eve.where == "/sign-in"


def test_codes_to_one_address_are_few_in_an_hour(session: Session, linked: Linked, enter: Enter) -> None:
    for _ in range(5):
        ask(enter(linked), email="Anna@Example.com")
    shown = ask(enter(linked))
    assert shown.status_code == 429
    assert "You asked for many codes" in shown.words(".error-summary")
    assert len(mails(session)) == 5


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "x" * 300 + "@example.com", "a@example.com\r\nBcc: eve@e.se"])
def test_what_is_no_address_keeps_what_was_typed(session: Session, linked: Linked, enter: Enter, typed: str) -> None:
    shown = ask(enter(linked), email=typed)
    assert shown.status_code == 422
    assert shown.page.select("#field-email-error")
    assert mails(session) == []


def test_the_one_who_may_pay_is_the_only_one_who_gets_a_code(session: Session, shop: Shop, enter: Enter) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    linked = make.link(session, selection, only_email_may_pay=True)
    buyer = enter(linked)
    shown = ask(buyer, email="eve@example.com")
    assert "made for another e-mail address" in shown.words(".error-summary")
    assert "anna@example.com" not in shown.text
    ask(buyer)
    assert [mail.recipient for mail in mails(session)] == ["anna@example.com"]


def test_a_fixed_address_gets_the_code_whatever_a_form_says(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), prefill_locks=("email",))
    buyer = enter(linked)
    shown = buyer.go_on()
    assert "anna@example.com" not in shown.text
    buyer.submit(shown, "#sign-in-form", email="eve@example.com")
    assert [mail.recipient for mail in mails(session)] == ["anna@example.com"]


def test_a_copy_that_comes_back_after_a_day_signs_in_again(
        session: Session, linked: Linked, enter: Enter, clock: Clock) -> None:
    anna = enter(linked)
    ask(anna)
    enter_code(anna, code_in(mails(session)[0]))
    clock.advance(hours=23)
    anna.look("/details")
    clock.advance(hours=2)
    anna.go_on()
    assert anna.where == "/sign-in"


def test_signing_in_takes_few_statements_and_others_none(
        session: Session, linked: Linked, enter: Enter, statements: Counting) -> None:
    anna = enter(linked)
    shown = anna.go_on()
    with statements(at_most=8):
        answer = anna.client.submit(shown, "#sign-in-form", email="anna@example.com")
    assert answer.status_code == 303
    assert session.scalar(select(func.count()).select_from(SignInCode)) == 1
    assert anna.look("/sign-in").status_code == 200
