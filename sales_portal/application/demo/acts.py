"""What people do in the demo's stories, each through the service that does it for real."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.application.demo.staging import Stage
from sales_portal.application.demo.stories import Act, Story
from sales_portal.approvals import queries as approval_queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.checkout import adding, learners, shelf
from sales_portal.checkout import queries as visit_queries
from sales_portal.checkout import service as checkout
from sales_portal.checkout.models import CheckoutSession
from sales_portal.checkout.service import Details
from sales_portal.core import clock
from sales_portal.core.money import exponent
from sales_portal.customers.models import Customer
from sales_portal.links import notices, opening, replacing, sending, stored_terms
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links import terms as link_terms
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders import placing
from sales_portal.orders.models import Order, Subscription
from sales_portal.payments import starting, test_gateway
from sales_portal.selections import discounts
from sales_portal.selections import queries as selection_queries
from sales_portal.selections import service as selections
from sales_portal.selections.agreeing import Learner
from sales_portal.selections.basket import Basket, read_basket
from sales_portal.selections.models import Selection

BOUNCED = "The mail server of the recipient does not know this address"
DEVICES = (("phone", "Safari"), ("phone", "Chrome"), ("computer", "Firefox"), ("computer", "Edge"))
REVOKED = "Ordered in the shop instead"


@dataclass(slots=True)
class Telling:
    """One story being told: what its acts have made so far."""

    stage: Stage
    story: Story
    number: int
    selection_id: int = 0
    link_id: int = 0
    tokens: dict[int, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """Where everything is done."""
        return self.stage.session

    @property
    def agent(self) -> Staff:
        """Who sells."""
        return self.session.get_one(Staff, self.stage.staff[self.story.agent])

    @property
    def customer(self) -> Customer | None:
        """Whom the selection is for; None for anyone."""
        buyer = self.stage.buyers.get(self.story.customer)
        return self.session.get_one(Customer, buyer.customer_id) if buyer is not None else None

    @property
    def selection(self) -> Selection:
        """What the agent put together."""
        return self.session.get_one(Selection, self.selection_id)

    @property
    def link(self) -> CheckoutLink:
        """The newest link of the story, read afresh."""
        return link_queries.lock_link(self.session, self.link_id)

    @property
    def whole_link(self) -> CheckoutLink:
        """The same with everything its page names."""
        found = link_queries.get_link(self.session, self.link.number)
        if found is None:
            raise LookupError(self.link_id)
        return found

    @property
    def address(self) -> LinkAddress:
        """The secret address of that link."""
        return self.session.scalars(
            select(LinkAddress).where(LinkAddress.link_id == self.link_id).order_by(LinkAddress.id)
            .limit(1)).one()

    def visit(self, visitor: int) -> CheckoutSession:
        """The private copy of a browser."""
        found = visit_queries.get_visit(self.session, self.link_id, self.tokens[visitor])
        if found is None:
            raise LookupError(visitor)
        return found


def begin(telling: Telling) -> None:
    """The agent puts the selection together."""
    session, story, by = telling.session, telling.story, telling.agent.actor
    selection = selections.create_selection(session, agent=telling.agent, customer=telling.customer, by=by)
    for wanted in story.goods:
        added = selections.add_line(session, selection, telling.stage.variants[wanted.sku], wanted.quantity, by=by)
        if wanted.special_price is not None:
            amount = wanted.special_price * 10 ** exponent(selection.currency)
            selections.set_special_price(session, selection, added.line.id, amount, wanted.why, by=by)
    if code := story.terms.get("discount"):
        discounts.add_by_code(session, selection, code, by=by)
    if story.note:
        selections.set_notes(session, selection, customer_note=story.note, by=by)
    telling.selection_id = selection.id


def _link(telling: Telling, act: Act) -> None:
    basket = read_basket(telling.session, telling.selection)
    link = links.create_link(telling.session, basket, _terms(telling.story, basket), agent=telling.agent,
                             request_key=f"demo-{telling.number}-{telling.link_id}", by=telling.agent.actor)
    telling.link_id = link.id


def _terms(story: Story, basket: Basket) -> link_terms.LinkTerms:
    said, at = story.terms, clock.now()
    terms = link_terms.default_terms(basket, at)
    policy = "reusable" if "any" in said or "max" in said else "first_closes" if "first" in said else "single"
    return replace(
        terms, policy=policy, max_orders=int(said["max"]) if "max" in said else None,
        changes="more" if "more" in said else "pick_one" if "pick" in said else "nothing",
        may_change_quantities="more" in said, may_add_products="more" in said and "shop" in said,
        max_per_line=int(said["max-line"]) if "max-line" in said else None,
        ignores_shipping="no-delivery" in said, ignores_tax="no-tax" in said,
        ignores_tax_reason=said.get("no-tax", ""), label=said.get("label", terms.label),
        starts_at=at + timedelta(days=int(said["starts"])) if "starts" in said else None,
        expires_at=None if "endless" in said else at + timedelta(days=story.life),
        prefill_locks=tuple(said["fixed"].split(",")) if "fixed" in said else (), after_message=said.get("after", ""),
        price_mode="current" if "current" in said else "frozen", skips_landing="skips" in said,
        allows_discount_codes="codes" in said,
        metadata={"campaign": said["campaign"]} if "campaign" in said else {})


def _copy(telling: Telling, act: Act) -> None:
    links.mark_copied(telling.session, telling.link, by=telling.agent.actor)


def _send(telling: Telling, act: Act) -> None:
    _mail(telling)


def _bounce(telling: Telling, act: Act) -> None:
    messaging.mark_failed(telling.session, _mail(telling), BOUNCED)


def _mail(telling: Telling) -> Delivery:
    buyer = telling.stage.buyers[telling.story.buyer(1)]
    return sending.send_link(telling.session, telling.whole_link, to=buyer.email, to_name=buyer.name,
                             urls=telling.stage.addresses, by=telling.agent.actor)


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


def _pause(telling: Telling, act: Act) -> None:
    links.pause_link(telling.session, telling.link, by=telling.agent.actor)


def _revoke(telling: Telling, act: Act) -> None:
    links.revoke_link(telling.session, telling.link, REVOKED, by=telling.agent.actor)


def _replace(telling: Telling, act: Act) -> None:
    session, by = telling.session, telling.agent.actor
    [line, *_] = selection_queries.list_lines(session, telling.selection_id)
    selections.set_quantity(session, telling.selection, line.id, line.quantity + 2, by=by)
    old, basket = telling.whole_link, read_basket(session, telling.selection, is_locked=True)
    made = replacing.replace_link(session, old, basket, request_key=f"demo-{telling.number}", by=by)
    telling.link_id = made.id
    _send(telling, act)


def _archive(telling: Telling, act: Act) -> None:
    selections.archive_selection(telling.session, telling.selection, by=telling.agent.actor)


def _lapse(telling: Telling, act: Act) -> None:
    orders = select(Order.id).where(Order.link_id == telling.link_id)
    telling.session.execute(update(Subscription).where(Subscription.order_id.in_(orders)).values(status="lapsed"))


def _ask(telling: Telling, act: Act) -> None:
    basket = read_basket(telling.session, telling.selection, is_locked=True)
    terms = _terms(telling.story, basket)
    approvals.ask(telling.session, basket, stored_terms.decided_of(terms), stored_terms.pack(terms),
                  message=telling.story.terms.get("asks", ""), wants_link="link" not in _verbs(telling.story),
                  person=telling.agent, request_key=f"demo-{telling.number}-ask", by=telling.agent.actor)


def _approve(telling: Telling, act: Act) -> None:
    approval, manager = _asked(telling)
    basket = read_basket(telling.session, telling.selection, is_locked=True)
    if not approvals.approve(telling.session, approval, basket, comment=telling.story.terms.get("yes", ""),
                             person=manager):
        raise RuntimeError(f"story {telling.number}: changed before the answer")


def _reject(telling: Telling, act: Act) -> None:
    approval, manager = _asked(telling)
    approvals.reject(telling.session, approval, reason=telling.story.terms["no"], person=manager)


def _asked(telling: Telling) -> tuple[Approval, Staff]:
    approval = approval_queries.get_newest(telling.session, telling.selection_id)
    manager = accounts.get_staff_by_email(telling.session, "manager@demo.example")
    if approval is None or manager is None:
        raise LookupError(telling.number)
    return approval, manager


def _verbs(story: Story) -> set[str]:
    return {act.verb for act in story.acts}


VERBS: dict[str, Callable[[Telling, Act], None]] = {
    "link": _link, "copy": _copy, "send": _send, "bounce": _bounce, "open": _open, "visit": _visit, "add": _add,
    "details": _details, "pay": _pay, "decline": _decline, "leave": _leave, "pause": _pause, "revoke": _revoke,
    "replace": _replace, "archive": _archive, "lapse": _lapse, "ask": _ask, "approve": _approve, "reject": _reject,
}
"""What an act of the table does."""

ASKING = frozenset({"send", "bounce", "pay", "decline", "leave", "replace", "ask", "approve", "reject"})
"""Acts that leave the worker something to do."""
