"""Approvals: what an agent asks for, and the yes of somebody who may give it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from sales_portal.accounts.models import Role, Staff
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.core import tokens
from sales_portal.links import presets, stored_terms
from sales_portal.links.terms import LinkTerms
from sales_portal.selections.basket import Basket, read_basket
from sales_portal.selections.models import Selection
from tests.make import people


def approval(session: Session, selection: Selection, terms: LinkTerms | None = None, **asked: Any) -> Approval:
    """A request of the selection's agent that waits; `asked` are further arguments of `approvals.service.ask`."""
    wanted = terms or LinkTerms()
    basket = presets.apply(session, read_basket(session, selection, is_locked=True), wanted)
    agent = selection.agent
    return approvals.ask(session, basket, stored_terms.decided_of(wanted), stored_terms.pack(wanted), **{
        "person": agent, "by": agent.actor, "request_key": tokens.new_public_id(), **asked})


def cover(session: Session, basket: Basket, terms: LinkTerms, agent: Staff) -> None:
    """A yes to all that `agent` needs one for; nothing where they need none."""
    decided = stored_terms.decided_of(terms)
    if not approvals.list_needs(session, basket, decided, agent.id):
        return
    asked = approvals.ask(session, basket, decided, {}, wants_link=False, person=agent, by=agent.actor,
                          request_key=tokens.new_public_id())
    assert approvals.approve(session, asked, basket, person=_owner(session, basket.selection))


def _owner(session: Session, selection: Selection) -> Staff:
    """The administrator of the test's shop, who may approve anything; made where there is none."""
    query = select(Staff).join(Staff.role).where(Role.slug == "admin").order_by(Staff.id)
    found = session.scalars(query.options(contains_eager(Staff.role).joinedload(Role.grants))).unique().first()
    return found or people.staff(session, "Astrid Berg", site=selection.site, role="admin")
