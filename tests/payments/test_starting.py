"""T0: a payment is promised before the provider hears of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout import service as checkout
from sales_portal.checkout.errors import OfferUpdated, VisitEnded
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock as portal_clock
from sales_portal.inventory import service as inventory
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links.errors import LinkNotOpen
from sales_portal.outbox.models import Job
from sales_portal.payments import starting
from sales_portal.payments.errors import PaymentRunning, ProviderDown, SoldOut, TooManyAttempts, TotalChanged
from sales_portal.payments.gateway import ANY_SUM, GatewayDown, Intent, IntentRequest
from sales_portal.payments.methods import Way
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.sites.methods import CARD
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def start(session: Session, visit: CheckoutSession, shown: int | None = None,
          gateway: object = None) -> starting.Started:
    return starting.start_payment(
        session, visit, gateway=gateway or make.gateway(session),  # type: ignore[arg-type]
        shown_total=visit.total_amount if shown is None else shown, return_url="http://localhost/return")


def ready(session: Session, shop: make.Shop, quantity: int = 1, **terms: object) -> tuple[make.Linked, CheckoutSession]:
    linked = make.link(session, make.selection(session, shop, {shop.chair: quantity}), **terms)
    visit = make.visit(session, linked)
    session.commit()
    return linked, visit


def raise_to(session: Session, visit: CheckoutSession, linked: make.Linked, quantity: int) -> None:
    session.refresh(visit, ["lines"])
    checkout.set_quantity(session, visit, link_queries.lock_link(session, linked.link.id), 1, quantity)
    session.commit()


def test_a_payment_is_created_with_its_step_its_look_and_the_providers_reference(
        session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    started = start(session, visit)
    payment = session.get_one(Payment, started.payment_id)
    assert (payment.status, payment.amount, payment.currency) == ("created", 125_900, "SEK")
    assert payment.capture_mode == "manual"
    assert payment.gateway_reference == session.scalars(select(TestIntent.reference)).one()
    assert session.scalars(select(PaymentEvent.to_status)).all() == ["created"]
    assert session.scalars(select(Job.topic)).all() == ["payment.resolve"]
    assert started.redirect_url.startswith("http://localhost/test-provider/")


def test_pressing_pay_twice_is_one_payment_at_the_same_page(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    first, second = start(session, visit), start(session, visit)
    assert first == second
    assert len(session.scalars(select(Payment)).all()) == len(session.scalars(select(TestIntent)).all()) == 1


def test_a_total_that_is_not_the_copys_is_refused_before_anything_is_written(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    with pytest.raises(TotalChanged):
        start(session, visit, shown=1)
    session.rollback()
    assert session.scalars(select(Payment)).all() == []


def test_a_changed_copy_gives_up_the_payment_left_unconfirmed_and_starts_another(
        session: Session, shop: make.Shop) -> None:
    linked, visit = ready(session, shop, changes="more", may_change_quantities=True)
    first = start(session, visit)
    raise_to(session, visit, linked, 2)
    second = start(session, visit)
    assert session.get_one(Payment, first.payment_id).status == "cancelled"
    assert session.get_one(Payment, second.payment_id).amount == 245_900


def test_while_a_payment_is_with_the_bank_no_other_one_starts(session: Session, shop: make.Shop) -> None:
    linked, visit = ready(session, shop, changes="more", may_change_quantities=True)
    make.payment(session, visit, "approve")
    raise_to(session, visit, linked, 2)
    with pytest.raises(PaymentRunning):
        start(session, visit)


def test_a_dead_link_starts_no_payment(session: Session, shop: make.Shop) -> None:
    linked, visit = ready(session, shop)
    links.revoke_link(session, linked.link, "", by=shop.agent.actor)
    session.commit()
    with pytest.raises(LinkNotOpen):
        start(session, visit)


def test_a_checkout_that_ended_starts_no_payment(session: Session, shop: make.Shop, clock: Clock) -> None:
    _, visit = ready(session, shop)
    clock.advance(hours=25)
    with pytest.raises(VisitEnded):
        start(session, visit)


def test_an_offer_that_was_updated_is_shown_before_it_is_paid(session: Session, shop: make.Shop) -> None:
    linked, visit = ready(session, shop)
    linked.link.offer_version += 1
    session.commit()
    with pytest.raises(OfferUpdated):
        start(session, visit)


def test_a_payment_whose_name_was_never_kept_is_found_before_another_takes_its_place(
        session: Session, shop: make.Shop) -> None:
    linked, visit = ready(session, shop, changes="more", may_change_quantities=True)
    first = start(session, visit)
    session.get_one(Payment, first.payment_id).gateway_reference = None
    session.commit()
    raise_to(session, visit, linked, 2)
    start(session, visit)
    assert session.scalars(select(Payment.status).order_by(Payment.id)).all() == ["cancelled", "created"]
    assert session.scalars(select(TestIntent.status).order_by(TestIntent.id)).all() == ["cancelled", "open"]


@pytest.mark.parametrize(("policy", "is_refused"), [("single", True), ("first_closes", False)])
def test_who_was_there_before_the_first_purchase_pays_as_the_policy_says(
        session: Session, shop: make.Shop, policy: str, is_refused: bool) -> None:
    linked, visit = ready(session, shop, policy=policy)
    session.commit()
    linked.link.status, linked.link.consumed_at = "consumed", portal_clock.now()
    session.commit()
    if not is_refused:
        assert session.get_one(Payment, start(session, visit).payment_id).status == "created"
        return
    with pytest.raises(LinkNotOpen):
        start(session, visit)


def test_what_is_sold_out_is_said_before_paying_with_what_is_left(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop, quantity=3)
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 2, by=shop.agent.actor)
    session.commit()
    with pytest.raises(SoldOut) as refused:
        start(session, visit)
    assert refused.value.details["lines"] == {1: 2}


def test_a_payment_may_start_until_the_link_ends_and_not_after(session: Session, shop: make.Shop, clock: Clock) -> None:
    linked, visit = ready(session, shop)
    assert linked.link.expires_at is not None
    clock.set(linked.link.expires_at)
    visit.expires_at = linked.link.expires_at.replace(year=2100)
    session.commit()
    with pytest.raises(LinkNotOpen):
        start(session, visit)


def test_attempts_are_capped(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    for _ in range(starting.MAX_ATTEMPTS):
        started = start(session, visit)
        session.get_one(Payment, started.payment_id).status = "declined"
        session.commit()
    with pytest.raises(TooManyAttempts):
        start(session, visit)


class DeadGateway:
    name = "test"

    def limits(self, currency: str) -> tuple[int, int]:
        return ANY_SUM

    def create(self, request: IntentRequest) -> Intent:
        raise GatewayDown


def test_a_provider_that_does_not_answer_leaves_the_copy_payable(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    with pytest.raises(ProviderDown):
        start(session, visit, gateway=DeadGateway())
    assert session.scalars(select(Payment.status)).all() == ["cancelled"]
    assert start(session, visit).payment_id == 2


class Watching:
    """A provider that looks whether the portal's session has a transaction open while it is talked to."""

    name = "test"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.real = make.gateway(session)
        self.saw_transaction: bool | None = None

    def limits(self, currency: str) -> tuple[int, int]:
        return ANY_SUM

    def create(self, request: IntentRequest) -> Intent:
        self.saw_transaction = self.session.in_transaction()
        return self.real.create(request)


def test_no_transaction_is_open_while_the_provider_is_asked(session: Session, shop: make.Shop) -> None:
    _, visit = ready(session, shop)
    watching = Watching(session)
    start(session, visit, gateway=watching)
    assert watching.saw_transaction is False


def test_starting_takes_few_statements_whatever_the_number_of_lines(session: Session, shop: make.Shop) -> None:
    variants = [make.product(session, f"Product {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5})
                for number in range(60)]
    linked = make.link(session, make.selection(session, shop, dict.fromkeys(variants, 1)))
    visit = make.visit(session, linked)
    total = visit.total_amount
    session.flush()
    sent = count_on(session, lambda: starting._promise(
        session, starting._hold_visit(session, visit.id), Way(CARD, make.gateway(session)), total))
    assert len(sent) <= 9, "\n".join(sent)
