"""What the house does in the demo's stories, each through the service that does it for real."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.application.demo.stories import Act, Story
from sales_portal.application.demo.telling import Telling
from sales_portal.approvals import queries as approval_queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.core import clock
from sales_portal.core.money import exponent
from sales_portal.links import replacing, sending, stored_terms
from sales_portal.links import service as links
from sales_portal.links import terms as link_terms
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order, Subscription
from sales_portal.selections import discounts
from sales_portal.selections import queries as selection_queries
from sales_portal.selections import service as selections
from sales_portal.selections.basket import Basket, read_basket

BOUNCED = "The mail server of the recipient does not know this address"
REVOKED = "Ordered in the shop instead"


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
    "link": _link, "copy": _copy, "send": _send, "bounce": _bounce, "pause": _pause, "revoke": _revoke,
    "replace": _replace, "archive": _archive, "lapse": _lapse, "ask": _ask, "approve": _approve, "reject": _reject,
}
"""The acts of the table that are the house's."""
