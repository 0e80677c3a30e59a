"""Orders that are paid later: placed on trust, numbered without a gap, marked paid once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.orders import cancelling, invoicing, jobs, placing
from sales_portal.orders.errors import InvoiceSettled, NoInvoice
from sales_portal.orders.models import Invoice, Order
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments.invoice_gateway import InvoiceGateway
from sales_portal.payments.models import Payment, PaymentEvent
from sales_portal.sites.methods import INVOICE
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    kept_shop.site.bank_details = "IBAN SE35 5000 0000 0549 1000 0003"
    return kept_shop


def bought(session: Session, shop: make.Shop) -> Order:
    return make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})), method=INVOICE)


def pay(session: Session, order: Order, shop: make.Shop, reference: str = "OCR 4711",
        paid_on: date | None = None) -> None:
    invoicing.mark_paid(session, order.id, paid_on=paid_on or invoicing.today_at(shop.site), reference=reference,
                        by=shop.agent.actor)


def invoice_of(session: Session, order: Order) -> Invoice:
    return session.scalars(select(Invoice).where(Invoice.order_id == order.id)).one()


def test_an_order_by_invoice_is_placed_on_trust_and_waits_for_its_money(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    payment = session.get_one(Payment, order.payment_id)
    assert (order.status, payment.status, payment.capture_mode) == ("placed", "authorised", "by_hand")
    assert payment.captured_amount == 0
    assert "payment.capture" not in session.scalars(select(Job.topic)).all()
    invoice, today = invoice_of(session, order), invoicing.today_at(shop.site)
    assert (invoice.number, invoice.issued_on) == (f"INV-{today.year}-0001", today)
    assert invoice.due_on == today + timedelta(days=14)
    assert invoice.bank_details == "IBAN SE35 5000 0000 0549 1000 0003"


def test_placing_again_answers_the_same_order_and_makes_no_second_invoice(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    again = placing.place_order(session, order.payment_id or 0, make.gateways(session), source="worker")
    assert (again.outcome, again.order_id) == ("already", order.id)
    assert len(session.scalars(select(Invoice)).all()) == 1


def test_no_job_captures_or_voids_what_waits_for_an_invoice(session: Session, shop: make.Shop, clock: Clock) -> None:
    payment_id = bought(session, shop).payment_id
    session.commit()
    sessions = sessionmaker(session.get_bind())
    loop = Loop(sessions, jobs.handlers(sessions, make.gateways(session)))
    for _ in range(3):
        clock.advance(days=1)
        loop.run_once()
    assert session.get_one(Payment, payment_id).status == "authorised"
    assert session.scalars(select(Job.topic).where(Job.topic.like("payment.%"), Job.done_at.is_(None))).all() == []


def test_each_site_counts_its_invoices_by_itself_and_without_a_gap(session: Session, shop: make.Shop) -> None:
    numbers = [invoice_of(session, bought(session, shop)).number for _ in range(2)]
    year = invoicing.today_at(shop.site).year
    assert numbers == [f"INV-{year}-0001", f"INV-{year}-0002"]
    other = make.site(session, "Southern Home")
    session.commit()
    assert invoicing._next_no(session, other.id, year) == 1
    assert invoicing._next_no(session, shop.site.id, year + 1) == 1


def test_an_order_that_cannot_be_placed_uses_no_number(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    key = make.payment(session, make.visit(session, linked), method=INVOICE)
    session.execute(text("UPDATE stock SET on_hand = 0, held = 0"))
    session.commit()
    assert placing.place_order(session, key, make.gateways(session), source="customer").outcome == "lost"
    session.execute(text("UPDATE stock SET on_hand = 40"))
    session.commit()
    assert invoice_of(session, bought(session, shop)).sequence_no == 1


def test_the_mark_paid_takes_the_money_once(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    pay(session, order, shop)
    session.commit()
    session.expire_all()
    payment, invoice = session.get_one(Payment, order.payment_id), invoice_of(session, order)
    assert (payment.status, payment.captured_amount, order.status) == ("captured", order.total_amount, "paid")
    assert session.scalars(select(PaymentEvent.to_status).order_by(PaymentEvent.seq)).all() == [
        "created", "authorised", "capturing", "captured"]
    assert (invoice.paid_on, invoice.paid_reference) == (invoicing.today_at(shop.site), "OCR 4711")
    with pytest.raises(InvoiceSettled):
        pay(session, order, shop)
    session.rollback()
    told = session.scalars(select(Event).where(Event.name == "invoice.paid")).one()
    assert told.actor_id == shop.agent.id


def test_who_marks_it_second_is_told_whatever_they_saw_before(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    key, at, by = order.id, invoicing.today_at(shop.site), shop.agent.actor
    session.commit()
    with Session(session.get_bind(), expire_on_commit=False) as late:
        seen = late.get_one(Payment, late.get_one(Order, key).payment_id)
        late.commit()
        pay(session, order, shop)
        session.commit()
        assert seen.status == "authorised"
        with pytest.raises(InvoiceSettled):
            invoicing.mark_paid(late, key, paid_on=at, reference="", by=by)
    assert len(session.scalars(select(Event).where(Event.name == "order.paid")).all()) == 1


@pytest.mark.parametrize(("days", "reference", "field"), [
    (1, "", "paid_on"), (-1, "", "paid_on"), (0, "x" * 121, "reference"), (0, "a\nb", "reference")])
def test_a_day_or_reference_that_cannot_be_is_refused_by_name(
        session: Session, shop: make.Shop, days: int, reference: str, field: str) -> None:
    order = bought(session, shop)
    with pytest.raises(Invalid) as refused:
        pay(session, order, shop, reference, invoicing.today_at(shop.site) + timedelta(days=days))
    assert refused.value.field == field
    session.rollback()
    assert session.get_one(Payment, order.payment_id).status == "authorised"


def test_an_order_paid_by_card_has_no_invoice_to_mark(session: Session, shop: make.Shop) -> None:
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
    with pytest.raises(NoInvoice):
        pay(session, order, shop)


def test_a_cancelled_order_asks_nobody_to_pay_its_invoice(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    cancelling.ask_cancellation(session, order.id, "customer", "", person=shop.agent, may_decide=True)
    session.commit()
    session.expire_all()
    assert invoice_of(session, order).voided_at is not None
    assert session.get_one(Payment, order.payment_id).status == "voided"


def test_an_unpaid_invoice_can_be_voided_and_keeps_its_number(session: Session, shop: make.Shop) -> None:
    order = bought(session, shop)
    invoicing.void(session, order.id, by=shop.agent.actor)
    session.commit()
    session.expire_all()
    assert session.get_one(Payment, order.payment_id).status == "voided"
    assert invoice_of(session, order).voided_at is not None
    with pytest.raises(InvoiceSettled):
        pay(session, order, shop)
    session.rollback()
    assert invoice_of(session, bought(session, shop)).sequence_no == 2


def test_it_is_overdue_from_the_day_after_its_last_one(session: Session, shop: make.Shop) -> None:
    invoice = invoice_of(session, bought(session, shop))
    assert not invoice.is_overdue(invoice.due_on)
    assert invoice.is_overdue(invoice.due_on + timedelta(days=1))
    invoice.paid_on = invoice.due_on
    assert not invoice.is_overdue(invoice.due_on + timedelta(days=1))


def test_the_day_of_an_invoice_is_the_sites_own(session: Session, shop: make.Shop, clock: Clock) -> None:
    clock.set(clock.now().replace(year=2027, month=1, day=1, hour=0, minute=30) - timedelta(hours=1))
    assert invoice_of(session, bought(session, shop)).issued_on == date(2027, 1, 1)


def test_an_invoice_says_all_its_gateway_has_to_remember() -> None:
    reference = "invoice:0123456789abcdef0123456789abcdef:125900:SEK"
    intent = InvoiceGateway().fetch(reference)
    assert (intent.payment_id, intent.amount, intent.currency, intent.status) == (
        "0123456789abcdef0123456789abcdef", 125900, "SEK", "authorised")


def test_placing_by_invoice_takes_few_statements(session: Session, shop: make.Shop) -> None:
    bought(session, shop)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    key = make.payment(session, make.visit(session, linked), method=INVOICE)
    sent = count_on(session, lambda: placing.place_order(session, key, make.gateways(session), source="customer"))
    assert len(sent) <= 22, "\n".join(sent)
