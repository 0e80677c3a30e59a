"""Undoing an order at the desk: who may ask, who may decide, and what the page then says."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import disputing
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Refund
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Shop

SignedIn = Callable[[Staff], Client]
Work = Callable[[], int]
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def erik(session: Session, shop: Shop) -> Staff:
    """A manager of Maria's team."""
    shop.agent.team_id = make.team(session).id
    return make.staff(session, "Erik Holm", site=shop.site, role="manager", team_id=shop.agent.team_id)


@pytest.fixture
def paid(session: Session, shop: Shop, do_jobs: Work) -> str:
    """The number of Maria's paid order of two chairs."""
    order = make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 2})))
    do_jobs()
    return order.number


def said(answer: Answer, selector: str = "body") -> str:
    return answer.words(selector).replace("\xa0", " ")


def ask(client: Client, number: str, **typed: str) -> Answer:
    """Fill in and send the form as it was shown."""
    shown = client.get(f"/orders/{number}/refund")
    return client.submit(shown, "#refund-dialog form", **({"reason": "returned"} | typed))  # type: ignore[return-value]


def test_the_form_offers_what_is_left_and_a_manager_gives_it_back(
        signed_in: SignedIn, session: Session, erik: Staff, paid: str, do_jobs: Work) -> None:
    client = signed_in(erik)
    page = client.get(f"/orders/{paid}")
    assert [link["href"] for link in page.page.select("#order-acts a")] == [
        f"/orders/{paid}/cancellation", f"/orders/{paid}/refund"]
    shown = client.get(f"/orders/{paid}/refund")
    assert shown.one("#field-amount")["value"].replace("\xa0", " ") == "2 459,00"  # type: ignore[union-attr]
    assert ask(client, paid, amount="459", note=HOSTILE, **{"pieces-1": "1"}).status_code == 303
    do_jobs()
    answer = client.get(f"/orders/{paid}")
    refund = said(answer, "#order-refunds tbody tr")
    for words in ("459,00 kr", "Refunded", "The customer sent it back", "1 × Oak chair", HOSTILE, "Erik Holm"):
        assert words in refund
    money = said(answer, "#order-payment")
    assert "Refunded 459,00 kr" in money
    assert "Left 2 000,00 kr" in money
    assert "Partly refunded" in said(answer, "#page-header")
    assert "Refunded 459,00 kr · 2 000,00 kr left" in said(answer, "#order-timeline")
    assert "Partly refunded" in said(client.get("/orders"), "#orders-list tbody")
    assert answer.page.select("main script") == []


def test_an_agent_asks_and_reads_it_and_the_manager_finds_it(
        signed_in: SignedIn, maria: Client, erik: Staff, paid: str) -> None:
    assert "A manager has to agree first." in said(maria.get(f"/orders/{paid}/refund"))
    assert ask(maria, paid, amount="100").status_code == 303
    hers = maria.get(f"/orders/{paid}")
    assert "You asked to refund 100,00 kr" in said(hers, "#order-asked")
    assert [button.get_text(strip=True) for button in hers.page.select("#order-asked button")] == ["Take it back"]
    assert hers.page.select("#order-acts a") == []
    client = signed_in(erik)
    assert "Waits for a yes" in said(client.get("/orders?status=refund_asked"), "#orders-list tbody")
    his = client.get(f"/orders/{paid}")
    assert "Maria Lind asks to refund 100,00 kr" in said(his, "#order-asked")
    client.submit(his, '#order-asked form[action$="/approval"]')
    assert "On its way" in said(client.get(f"/orders/{paid}"), "#order-refunds")
    assert client.get("/orders?status=refund_asked").page.select("#orders-list tbody tr") == []


def test_an_agent_who_posts_the_yes_is_refused(maria: Client, session: Session, erik: Staff, paid: str) -> None:
    ask(maria, paid, amount="100")
    refund = session.scalars(select(Refund)).one()
    assert maria.post(f"/orders/{paid}/refunds/{refund.id}/approval").status_code == 403
    session.expire_all()
    assert refund.status == "asked"


def test_above_the_limit_a_second_manager_decides(
        signed_in: SignedIn, session: Session, shop: Shop, erik: Staff, paid: str) -> None:
    shop.site.refund_limits = {"SEK": 10_000}
    client = signed_in(erik)
    ask(client, paid, amount="101")
    assert "You asked to refund 101,00 kr" in said(client.get(f"/orders/{paid}"), "#order-asked")
    refund = session.scalars(select(Refund)).one()
    assert client.post(f"/orders/{paid}/refunds/{refund.id}/approval").status_code == 403
    eva = make.staff(session, "Eva Berg", site=shop.site, role="manager", team_id=erik.team_id)
    assert signed_in(eva).post(f"/orders/{paid}/refunds/{refund.id}/approval").status_code == 303


@pytest.mark.parametrize(("typed", "field"), [
    ({"amount": "x"}, "amount"), ({"amount": ""}, "amount"), ({"amount": "99999"}, "amount"),
    ({"amount": "5", "reason": ""}, "reason"), ({"amount": "5", "reason": "other"}, "note"),
    ({"amount": "5", "pieces-1": "x"}, "pieces-1"), ({"amount": "5", "pieces-1": "3"}, "pieces-1")])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
        signed_in: SignedIn, session: Session, erik: Staff, paid: str, typed: dict[str, str], field: str) -> None:
    answer = ask(signed_in(erik), paid, note="My words", **({} if "note" in typed else typed)) \
        if typed.get("reason") != "other" else ask(signed_in(erik), paid, **typed)
    assert answer.status_code == 422
    assert answer.one("#error-summary a")["href"] == f"#field-{field}"
    assert answer.one(f"#field-{field}")["aria-invalid"] == "true"
    if typed.get("reason") != "other":
        assert answer.one("#field-note").get_text(strip=True) == "My words"
    assert session.scalars(select(Refund)).all() == []


@pytest.mark.parametrize("left", ["", "x", "-1", "9" * 30, "245800"])
def test_a_page_that_is_out_of_date_refunds_nothing(
        signed_in: SignedIn, session: Session, erik: Staff, paid: str, left: str) -> None:
    answer = ask(signed_in(erik), paid, amount="100", left=left)
    assert answer.status_code == 409
    assert "Somebody else refunded" in said(answer)
    assert session.scalars(select(Refund)).all() == []


def test_a_manager_cancels_and_the_page_says_so(signed_in: SignedIn, session: Session, erik: Staff, paid: str,
                                                do_jobs: Work) -> None:
    client = signed_in(erik)
    shown = client.get(f"/orders/{paid}/cancellation")
    assert "2 459,00 kr to Anna Svensson" in said(shown, "#cancellation-dialog")
    client.submit(shown, "#cancellation-dialog form", reason="mistake", note="Ordered twice")
    do_jobs()
    answer = client.get(f"/orders/{paid}")
    assert "Cancelled" in said(answer, "#order-status")
    assert "Our mistake, Erik Holm: Ordered twice" in said(answer, "#order-facts")
    assert "Erik Holm cancelled order" in said(answer, "#order-timeline")
    assert answer.page.select("#order-acts a") == []
    assert session.scalars(select(Payment.status)).all() == ["refunded"]


def test_an_agent_asks_to_cancel_and_takes_it_back(maria: Client, session: Session, erik: Staff, paid: str) -> None:
    shown = maria.get(f"/orders/{paid}/cancellation")
    maria.submit(shown, "#cancellation-dialog form", reason="customer")
    page = maria.get(f"/orders/{paid}")
    assert "You asked to cancel this order" in said(page, "#order-asked")
    maria.submit(page, '#order-asked form[action$="/refusal"]')
    assert maria.get(f"/orders/{paid}").page.select("#order-asked form") == []
    assert session.scalars(select(Order.status)).all() == ["paid"]


def test_another_agents_order_is_not_there(signed_in: SignedIn, session: Session, shop: Shop, paid: str) -> None:
    client = signed_in(make.staff(session, "Ben Ek", site=shop.site))
    for path in ("refund", "cancellation"):
        assert client.get(f"/orders/{paid}/{path}").status_code == 404
        assert client.post(f"/orders/{paid}/{path}", data={"reason": "customer"}).status_code == 404


def test_a_dialog_opens_in_place_and_is_a_page_by_itself(signed_in: SignedIn, erik: Staff, paid: str) -> None:
    client = signed_in(erik)
    for path, root in (("refund", "order-refund"), ("cancellation", "order-cancellation")):
        assert client.get(f"/orders/{paid}/{path}", htmx=True).one(f"#{root} > dialog")
        assert client.get(f"/orders/{paid}/{path}").one(f"#{root} > section h1")


def test_a_dispute_is_a_flag(maria: Client, session: Session, paid: str) -> None:
    disputing.record_dispute(session, session.scalars(select(Payment.id)).one(), "dp_1", amount=5000)
    answer = maria.get(f"/orders/{paid}")
    assert "The customer’s bank asks 50,00 kr back" in said(answer, "#order-asked")
    assert "Disputed 50,00 kr open" in said(answer, "#order-payment")
    assert "Disputed" in said(maria.get("/orders"), "#orders-list tbody")
