"""What customers do in the demo's stories, each through the service that does it for real."""

from collections.abc import Callable

from sales_portal.application.demo.stories import Act
from sales_portal.application.demo.telling import Telling
from sales_portal.checkout import adding, learners, shelf
from sales_portal.checkout import service as checkout
from sales_portal.checkout.service import Details
from sales_portal.links import notices, opening
from sales_portal.orders import placing
from sales_portal.payments import starting, test_gateway
from sales_portal.selections.agreeing import Learner

DEVICES = (("phone", "Safari"), ("phone", "Chrome"), ("computer", "Firefox"), ("computer", "Edge"))


def _open(telling: Telling, act: Act) -> None:
    device, browser = DEVICES[(telling.number + act.visitor) % len(DEVICES)]
    opening.note_opened(telling.session, telling.link, opening.Opener(
        f"demo-{telling.number}-{act.visitor}", telling.address.public_id, device, browser))
    _know_opened(telling)


def _know_opened(telling: Telling) -> None:
    # What was opened long ago is no news to anybody when the portal starts.
    notices.say_once(telling.session, telling.link, notices.OPENED)


def _visit(telling: Telling, act: Act) -> None:
    claimed = checkout.claim(telling.session, telling.link, visitor_token=None, choice=act.visitor)
    telling.tokens[act.visitor] = claimed.visitor_token
    _know_opened(telling)


def _add(telling: Telling, act: Act) -> None:
    good, *_ = shelf.suggest(telling.session, telling.link, {
        line.product_id for line in telling.visit(act.visitor).lines if line.product_id is not None})
    adding.add(telling.session, telling.visit(act.visitor), telling.link, good.variant_id)


def _details(telling: Telling, act: Act) -> None:
    buyer = telling.stage.buyers[telling.story.buyer(act.visitor)]
    order_number = telling.story.terms.get("po")
    checkout.give_details(telling.session, telling.visit(act.visitor), telling.link, Details(
        email=buyer.email, name=buyer.name, phone=buyer.phone, company=buyer.company,
        custom_fields={"purchase-order-number": order_number} if order_number else {}, **buyer.home))
    _take_seat(telling, act, Learner(buyer.name, buyer.email))


def _take_seat(telling: Telling, act: Act, learner: Learner) -> None:
    """Who buys training sits on its first seat; the others follow."""
    visit = telling.visit(act.visitor)
    seats = learners.list_seats(telling.session, visit, telling.link)
    learners.name_learners(telling.session, visit, seats, {(one.line_no, 1): learner for one in seats})


def _leave(telling: Telling, act: Act) -> None:
    _start(telling, act)


def _start(telling: Telling, act: Act) -> starting.Started:
    visit, back = telling.visit(act.visitor), telling.stage.addresses.link_url(telling.address)
    return starting.start_payment(telling.session, visit, gateway=telling.stage.gateways["test"],
                                  shown_total=visit.total_amount, return_url=f"{back}/payment")


def _pay(telling: Telling, act: Act) -> None:
    if telling.visit(act.visitor).total_amount == 0:
        placing.place_free_order(telling.session, telling.visit(act.visitor))
    else:
        _decide(telling, act, "approve", "placed")


def _decline(telling: Telling, act: Act) -> None:
    _decide(telling, act, "decline", "declined")


def _decide(telling: Telling, act: Act, decision: str, outcome: str) -> None:
    started = _start(telling, act)
    intent = test_gateway.find_page(telling.session, started.redirect_url.rpartition("/")[2])
    if intent is None:
        raise LookupError(started.redirect_url)
    test_gateway.decide(telling.session, intent, decision)
    telling.session.commit()
    placed = placing.place_order(telling.session, started.payment_id, telling.stage.gateways, source="customer")
    if placed.outcome != outcome:
        raise RuntimeError(f"story {telling.number}: {placed}")


VERBS: dict[str, Callable[[Telling, Act], None]] = {
    "open": _open, "visit": _visit, "add": _add, "details": _details, "leave": _leave, "pay": _pay,
    "decline": _decline,
}
"""The acts of the table that are customers'."""
