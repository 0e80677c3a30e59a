"""A newer offer at the address that was sent, with all that was offered before kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals.errors import NeedsApproval
from sales_portal.checkout import service as checkout
from sales_portal.checkout import updating as copies
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import queries as links
from sales_portal.links import service as life
from sales_portal.links import updating
from sales_portal.links.errors import LinkEnded, NothingNew, OfferElsewhere, OfferMovedOn, SelectionBlocked
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.links.terms import LinkTerms
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import SelectionClosed
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop, approving


@pytest.fixture
def shop(session: Session) -> Shop:
    return make.shop(session)


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: 1}, discount=make.discount(session)))


def add_cap(session: Session, shop: Shop, linked: Linked) -> None:
    selections.add_line(session, linked.link.selection, shop.cap.id, 1, by=SYSTEM)


def update(session: Session, linked: Linked, key: str = "key", shown: int = 1) -> bool:
    links.lock_link(session, linked.link.id)
    link = links.get_link(session, linked.link.number)
    assert link is not None
    return updating.update_offer(session, link, read_basket(session, link.selection, is_locked=True), shown=shown,
                                 request_key=key, by=link.agent.actor)


def allow(session: Session, linked: Linked) -> None:
    """Somebody says yes to all the selection needs a yes for."""
    selection = session.get_one(Selection, linked.link.selection_id)
    basket = read_basket(session, selection, is_locked=True)
    approving.cover(session, basket, LinkTerms(), basket.selection.agent)


def test_the_same_address_holds_the_selection_as_it_is_now(session: Session, shop: Shop, linked: Linked) -> None:
    """Mission §3 row 4, amendment 10: the address stays."""
    address = session.scalars(select(LinkAddress.public_id)).all()
    add_cap(session, shop, linked)
    assert update(session, linked)
    link = session.get_one(CheckoutLink, linked.link.id)
    assert [line.title for line in links.list_lines(session, link.id)] == ["Oak chair, natural", "Wool cap"]
    assert (link.offer_version, link.items_count, link.selection_version) == (2, 2, linked.link.selection.version)
    assert link.total_amount == link.totals["total"]
    assert session.scalars(select(LinkAddress.public_id)).all() == address


def test_what_was_offered_before_is_kept(session: Session, shop: Shop, linked: Linked) -> None:
    total, before = linked.link.total_amount, linked.link.selection_version
    add_cap(session, shop, linked)
    update(session, linked)
    (old,) = updating.list_versions(session, linked.link.id)
    assert (old.number, old.total_amount, old.selection_version, old.items_count) == (1, total, before, 1)
    assert [(line["title"], line["quantity"]) for line in old.lines] == [("Oak chair, natural", 1)]
    assert len(old.discounts) == 1
    fact = session.scalars(select(Event).where(Event.name == "link.updated")).one()
    assert (fact.data["total_before"], fact.data["offer_version"]) == (total, 2)


def test_the_same_form_sent_twice_updates_once(session: Session, shop: Shop, linked: Linked) -> None:
    add_cap(session, shop, linked)
    assert update(session, linked)
    assert not update(session, linked)
    assert session.get_one(CheckoutLink, linked.link.id).offer_version == 2


def test_who_looked_at_an_older_offer_is_told(session: Session, shop: Shop, linked: Linked) -> None:
    add_cap(session, shop, linked)
    update(session, linked)
    selections.add_line(session, linked.link.selection, shop.bag.id, 1, by=SYSTEM)
    with pytest.raises(OfferMovedOn):
        update(session, linked, "another", shown=1)
    assert update(session, linked, "another", shown=2)


def test_a_selection_that_did_not_change_has_nothing_new(session: Session, linked: Linked) -> None:
    with pytest.raises(NothingNew):
        update(session, linked)


def test_a_link_that_is_over_cannot_be_updated(session: Session, shop: Shop, linked: Linked) -> None:
    add_cap(session, shop, linked)
    life.revoke_link(session, linked.link, "", by=SYSTEM)
    with pytest.raises(LinkEnded):
        update(session, linked)


def test_a_paid_link_cannot_be_updated(session: Session, shop: Shop, linked: Linked) -> None:
    """Brief §7.7: paid meanwhile, the edit is refused."""
    add_cap(session, shop, linked)
    make.order(session, linked)
    with pytest.raises((LinkEnded, SelectionClosed)):
        update(session, linked)


def test_a_selection_for_somebody_else_takes_a_new_link(session: Session, shop: Shop, linked: Linked) -> None:
    selections.set_customer(session, linked.link.selection, make.customer(session, "Bo Berg"), by=SYSTEM)
    with pytest.raises(OfferElsewhere, match="is for somebody else by now"):
        update(session, linked)


def test_a_selection_in_another_market_takes_a_new_link(session: Session, shop: Shop, linked: Linked) -> None:
    """I16: an order has the currency and market of its link."""
    selection = linked.link.selection
    selection.market_id, selection.version = make.norway(session, shop, {}).id, selection.version + 1
    session.flush()
    with pytest.raises(OfferElsewhere, match="another market"):
        update(session, linked)


def test_a_selection_with_problems_is_not_offered(session: Session, shop: Shop, linked: Linked) -> None:
    basket = read_basket(session, linked.link.selection)
    selections.remove_line(session, linked.link.selection, basket.rows[0].line_id, by=SYSTEM)
    with pytest.raises(SelectionBlocked):
        update(session, linked)


def test_what_goes_further_needs_a_yes(session: Session, shop: Shop, linked: Linked) -> None:
    selections.set_terms(session, linked.link.selection, ignores_shipping=False, ignores_tax=True, reason="Export",
                         by=SYSTEM)
    selections.set_quantity(session, linked.link.selection,
                            read_basket(session, linked.link.selection).rows[0].line_id, 2, by=SYSTEM)
    shop.site.asks_for = ["ignore_tax", "ignore_shipping", "multi_use"]
    linked.link.ignores_tax = True
    session.flush()
    with pytest.raises(NeedsApproval):
        update(session, linked)
    assert session.get_one(CheckoutLink, linked.link.id).offer_version == 1


def test_a_discount_that_began_after_the_link_was_made_counts(
        session: Session, shop: Shop, linked: Linked, clock: Clock) -> None:
    """Its rules are judged by when the offer was frozen, not by when the link was made."""
    clock.advance(days=2)
    autumn = make.discount(session, 20000, name="Autumn", starts_at=clock.now() - timedelta(days=1))
    make.give(session, linked.link.selection, autumn)
    linked.link.selection.version += 1
    session.flush()
    allow(session, linked)
    update(session, linked)
    link = session.get_one(CheckoutLink, linked.link.id)
    visit = checkout.claim(session, link, visitor_token=None).visit
    assert visit.total_amount == link.total_amount
    assert link.discount_amount > 12000


def test_a_special_price_never_grows_against_the_offer_its_copy_is_of(
        session: Session, shop: Shop) -> None:
    """I28, C-27: accepting gives the quantity of the offer where the price was agreed on so many."""
    selection = make.selection(session, shop)
    row = make.line(session, selection, shop.bag, 2, special_price=25000)
    linked = make.link(session, selection, changes="more", may_change_quantities=True)
    visit = checkout.claim(session, linked.link, visitor_token=None).visit
    selections.set_quantity(session, selection, row.id, 1, by=SYSTEM)
    allow(session, linked)
    update(session, linked)
    held = session.get_one(CheckoutSession, visit.id)
    assert [line.quantity for line in held.lines if line.kind == "item"] == [2]
    copies.accept(session, held, links.lock_link(session, linked.link.id))
    assert [line.quantity for line in held.lines if line.kind == "item"] == [1]
    assert held.offer_version == 2


def test_a_frozen_instant_is_the_links_own_until_it_is_updated(
        session: Session, shop: Shop, linked: Linked, clock: Clock) -> None:
    assert linked.link.frozen_at == linked.link.created_at
    clock.advance(hours=1)
    add_cap(session, shop, linked)
    update(session, linked)
    assert session.get_one(CheckoutLink, linked.link.id).frozen_at == clock.now()
