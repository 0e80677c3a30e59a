"""A link in the place of another: the same terms for the selection as it is now, and the old one ends."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals.errors import NeedsApproval
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import queries as links
from sales_portal.links import renewing, replacing
from sales_portal.links import service as life
from sales_portal.links.errors import LinkEnded, ReplacedMeanwhile
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop

CRM_ID = "0011t00000AbCdEAAV"


@pytest.fixture
def shop(session: Session, clock: Clock) -> Shop:
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    return make.shop(session)


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: 1}))


def loaded(session: Session, linked: Linked) -> CheckoutLink:
    """The link as the desk reads it before it acts."""
    links.lock_link(session, linked.link.id)
    link = links.get_link(session, linked.link.number)
    assert link is not None
    return link


def replace(session: Session, linked: Linked, key: str = "key") -> CheckoutLink:
    link = loaded(session, linked)
    return replacing.replace_link(session, link, read_basket(session, link.selection, is_locked=True),
                                  request_key=key, by=link.agent.actor)


def test_the_new_link_is_of_the_selection_as_it_is_and_the_old_one_is_dead(
        session: Session, shop: Shop, linked: Linked, clock: Clock) -> None:
    """A10: one act revokes the wrong link and makes the right one."""
    selections.add_line(session, linked.link.selection, shop.cap.id, 1, by=SYSTEM)
    made = replace(session, linked)
    assert made.items_count == 2
    old = session.get_one(CheckoutLink, linked.link.id)
    assert (old.state(clock.now()), old.status, old.replaced_by_id) == (LinkState.REPLACED, "revoked", made.id)
    assert links.list_lines(session, old.id)[0].quantity == 1


def test_both_links_tell_of_it(session: Session, linked: Linked) -> None:
    made = replace(session, linked)
    fact = session.scalars(select(Event).where(Event.name == "link.replaced")).one()
    assert (fact.subject_id, fact.context_id) == (linked.link.id, made.id)
    assert (fact.data["link"], fact.data["replacement"]) == (linked.link.number, made.number)


def test_the_same_form_sent_twice_makes_one_link(session: Session, linked: Linked) -> None:
    assert replace(session, linked) is replace(session, linked)


def test_of_two_people_one_replaces_it_and_the_other_is_told(session: Session, linked: Linked) -> None:
    made = replace(session, linked)
    with pytest.raises(ReplacedMeanwhile, match=f"{linked.link.number} was replaced by {made.number} already"):
        replace(session, linked, "another")


def test_it_has_the_same_terms(session: Session, shop: Shop) -> None:
    linked = make.link(
        session, make.selection(session, shop, {shop.chair: 2}), changes="more", may_change_quantities=True,
        max_per_line=4, policy="first_closes", ignores_shipping=True, label="For the reading room",
        allows_discount_codes=True, prefill={"email": "a@example.com", "city": "Kiruna"}, prefill_locks=("email",),
        language="en-SE", crm_account_id=CRM_ID, after_message="Thanks", metadata={"source": "fair"})
    made = replace(session, linked)
    link = session.get_one(CheckoutLink, linked.link.id)
    for name in ("changes", "may_change_quantities", "max_per_line", "policy", "ignores_shipping", "label",
                 "allows_discount_codes", "prefill", "prefill_locks", "language", "crm_account_id", "after_message",
                 "link_metadata"):
        assert getattr(made, name) == getattr(link, name)


@pytest.mark.parametrize(("days", "most", "end"), [
    (None, None, datetime(2026, 12, 22, 22, 59, tzinfo=UTC)), (3, None, datetime(2026, 12, 4, 22, 59, tzinfo=UTC)),
    (30, 10, datetime(2026, 12, 11, 12, tzinfo=UTC))])
def test_its_end_is_as_many_days_ahead_within_what_the_site_allows(
        session: Session, shop: Shop, clock: Clock, days: int | None, most: int | None, end: datetime) -> None:
    """Mission §3 row 18; the last minute of a day at the site."""
    at = clock.now()
    until = {"expires_at": at + timedelta(days=days)} if days else {"expires_at": at + timedelta(days=21, hours=11)}
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **until)
    shop.site.link_days = min(shop.site.link_days, most or 30)
    shop.site.max_link_days = most
    clock.advance(days=10)
    assert replace(session, linked).expires_at == end


def test_an_endless_link_gets_an_end_where_the_site_no_longer_allows_none(session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), expires_at=None)
    shop.site.allows_endless_links = False
    assert replace(session, linked).expires_at == datetime(2026, 12, 21, 22, 59, tzinfo=UTC)


def test_what_was_filled_in_for_one_customer_is_not_handed_to_another(session: Session, shop: Shop) -> None:
    linked = make.link(
        session, make.selection(session, shop, {shop.chair: 1}), prefill={"email": "anna@example.com", "street": "A 1"},
        prefill_locks=("email",), only_email_may_pay=True, crm_account_id=CRM_ID)
    selections.set_customer(session, linked.link.selection, make.customer(session, "Bo Berg"), by=SYSTEM)
    made = replace(session, linked)
    assert made.prefill["name"] == "Bo Berg"
    assert "street" not in made.prefill
    assert (made.prefill_locks, made.only_email_may_pay, made.crm_account_id) == ([], False, "")


@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_a_dead_link_can_be_replaced(session: Session, linked: Linked, clock: Clock, end: str) -> None:
    if end == "revoked":
        life.revoke_link(session, linked.link, "", by=SYSTEM)
    else:
        clock.advance(days=31)
        life.expire_due(session)
        session.flush()
    made = replace(session, linked)
    old = session.get_one(CheckoutLink, linked.link.id)
    assert (old.status, old.state(clock.now())) == (end, LinkState.REPLACED)
    assert made.is_open(clock.now())


def test_a_paid_link_cannot(session: Session, linked: Linked) -> None:
    make.order(session, linked)
    with pytest.raises(LinkEnded, match="is paid already"):
        replace(session, linked)


def test_what_goes_further_needs_a_yes_as_for_any_link(session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    selections.set_terms(session, linked.link.selection, ignores_shipping=True, ignores_tax=False, reason="",
                         by=SYSTEM)
    shop.site.asks_for = ["ignore_shipping"]
    with pytest.raises(NeedsApproval):
        replace(session, linked)
    assert session.get_one(CheckoutLink, linked.link.id).replaced_by_id is None


def test_the_way_to_the_newest_leads_past_links_that_were_replaced_too(session: Session, linked: Linked) -> None:
    made = replace(session, linked)
    newest = replace(session, Linked(made, linked.path, linked.token))
    address = links.get_newer_address(session, session.get_one(CheckoutLink, linked.link.id), linked.public_id)
    assert address is not None
    assert address.link_id == newest.id


def test_what_was_changed_on_the_selection_counts_and_the_rest_of_the_terms_stays(
        session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    selections.set_quantity(session, selection, read_basket(session, selection).rows[0].line_id, 2, by=SYSTEM)
    linked = make.link(session, selection, ignores_shipping=True)
    link = loaded(session, linked)
    assert renewing.terms_now(session, link, read_basket(session, selection)).ignores_shipping
    selections.set_terms(session, selection, ignores_shipping=False, ignores_tax=True, reason="Export", by=SYSTEM)
    terms = renewing.terms_now(session, link, read_basket(session, selection))
    assert (terms.ignores_shipping, terms.ignores_tax, terms.ignores_tax_reason) == (True, True, "Export")


def test_a_discount_of_the_links_own_goes_along(session: Session, shop: Shop) -> None:
    summer = make.discount(session, 10000)
    selection = make.selection(session, shop, {shop.chair: 1})
    selections.set_quantity(session, selection, read_basket(session, selection).rows[0].line_id, 2, by=SYSTEM)
    linked = make.link(session, selection, discount_id=summer.id)
    made = replace(session, linked)
    assert made.discount_amount == session.get_one(CheckoutLink, linked.link.id).discount_amount > 0
