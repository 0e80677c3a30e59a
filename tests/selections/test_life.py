"""A selection is a draft, is linked, is won or put away; won and archived ones stay as they are."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.history.service import CUSTOMER
from sales_portal.selections import discounts
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.errors import NoMarket, SelectionClosed, TooManyLines
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.time import Clock
from tests.make import Shop


def _names(session: Session, selection: Selection) -> list[str]:
    return list(session.scalars(select(Event.name).where(
        Event.subject_type == "selections", Event.subject_id == selection.id).order_by(Event.id)))


def test_a_new_selection_is_an_empty_draft_in_the_sites_first_market(session: Session, shop: Shop) -> None:
    make.market(session, "Later", site=shop.site, position=2)
    make.market(session, "Of another house", site=make.site(session), position=0)
    made = selections.create_selection(session, agent=shop.agent, by=shop.agent.actor)
    assert (made.status, made.version, made.customer, made.agent) == ("draft", 1, None, shop.agent)
    assert (made.market, made.pricelist, made.currency, made.site_id) == (
        shop.market, shop.pricelist, "SEK", shop.site.id)
    assert made.number == f"S-{1000 + made.id}"
    assert _names(session, made) == ["selection.created"]


def test_a_customers_own_market_and_pricelist_come_first(session: Session, shop: Shop) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", position=2)
    make.pricelist(session, norway, "Retail NOK")
    vip = make.pricelist(session, norway, "VIP NOK", position=2)
    anna = make.customer(session, market=norway, pricelist=vip)
    made = selections.create_selection(session, agent=shop.agent, customer=anna, by=shop.agent.actor)
    assert (made.customer, made.market, made.pricelist, made.currency) == (anna, norway, vip, "NOK")


def test_a_customers_pricelist_of_another_market_is_passed_over(session: Session, shop: Shop) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", position=2)
    foreign = make.pricelist(session, norway, "Retail NOK")
    anna = make.customer(session, pricelist=foreign)
    made = selections.create_selection(session, agent=shop.agent, customer=anna, by=shop.agent.actor)
    assert (made.market, made.pricelist) == (shop.market, shop.pricelist)


def test_a_pricelist_out_of_force_is_passed_over(session: Session, shop: Shop) -> None:
    make.pricelist(session, shop.market, "Summer SEK", position=0, ends_at=portal_clock.now())
    made = selections.create_selection(session, agent=shop.agent, by=shop.agent.actor)
    assert made.pricelist is shop.pricelist


def test_without_a_market_or_a_pricelist_it_is_refused_with_what_is_missing(session: Session) -> None:
    site = make.site(session, "Nordic Home")
    agent = make.staff(session, site=site)
    for _ in range(2):
        with pytest.raises(NoMarket, match=r"^Nordic Home has no market with a pricelist yet\."):
            selections.create_selection(session, agent=agent, by=agent.actor)
        make.market(session, site=site)


def test_a_selection_may_start_with_lines(session: Session, shop: Shop) -> None:
    made = selections.create_selection(session, agent=shop.agent, lines={shop.bag.id: 3, shop.chair.id: 1},
                                       by=shop.agent.actor)
    assert [(row.title, row.quantity) for row in read_basket(session, made).rows] == [
        ("Linen bag", 3), ("Oak chair, natural", 1)]
    assert made.version == 1


def test_first_lines_keep_the_rules_of_lines(session: Session, shop: Shop) -> None:
    for lines, refusal in (({shop.bag.id: 0}, Invalid), ({shop.bag.id: 10_001}, Invalid),
                           (dict.fromkeys(range(1, 202), 1), TooManyLines)):
        with pytest.raises(refusal):
            selections.create_selection(session, agent=shop.agent, lines=lines, by=shop.agent.actor)


def test_linking_keeps_version_and_edits_open(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    for _ in range(2):
        selections.mark_linked(session, selection)
    assert (selection.status, selection.version) == ("linked", 1)
    selections.add_line(session, selection, shop.chair.id, 1, by=shop.agent.actor)
    session.commit()
    assert (selection.status, selection.version) == ("linked", 2)


def test_a_payment_wins_it_once(session: Session, shop: Shop, clock: Clock) -> None:
    at = clock.advance(hours=1)
    selection = make.selection(session, shop, status="linked", changed_at=at)
    at = clock.advance(hours=1)
    assert selections.mark_won(session, selection.id, by=CUSTOMER)
    assert not selections.mark_won(session, selection.id, by=CUSTOMER)
    session.refresh(selection)
    assert (selection.status, selection.changed_at) == ("won", at)
    assert _names(session, selection) == ["selection.won"]


@pytest.mark.parametrize("status", ["draft", "linked", "archived"])
def test_whatever_it_was_before_a_payment_wins_it(session: Session, shop: Shop, status: str) -> None:
    selection = make.selection(session, shop, status=status)
    assert selections.mark_won(session, selection.id, by=CUSTOMER)


def test_nothing_is_won_where_there_is_no_selection(session: Session, shop: Shop) -> None:
    assert not selections.mark_won(session, 10**6, by=CUSTOMER)


ACTS: dict[str, Callable[[Session, Selection, Shop, int], object]] = {
    "add": lambda s, sel, shop, key: selections.add_line(s, sel, shop.bag.id, 1, by=shop.agent.actor),
    "quantity": lambda s, sel, shop, key: selections.set_quantity(s, sel, key, 2, by=shop.agent.actor),
    "price": lambda s, sel, shop, key: selections.set_special_price(s, sel, key, 1, "why", by=shop.agent.actor),
    "unprice": lambda s, sel, shop, key: selections.drop_special_price(s, sel, key, by=shop.agent.actor),
    "remove": lambda s, sel, shop, key: selections.remove_line(s, sel, key, by=shop.agent.actor),
    "restore": lambda s, sel, shop, key: selections.restore_line(s, sel, key, by=shop.agent.actor),
    "customer": lambda s, sel, shop, key: selections.set_customer(s, sel, None, by=shop.agent.actor),
    "notes": lambda s, sel, shop, key: selections.set_notes(s, sel, label="x", by=shop.agent.actor),
    "terms": lambda s, sel, shop, key: selections.set_terms(
        s, sel, ignores_shipping=True, ignores_tax=False, by=shop.agent.actor),
    "discount": lambda s, sel, shop, key: discounts.add_by_code(s, sel, "SUMMER10", by=shop.agent.actor),
    "no discount": lambda s, sel, shop, key: discounts.remove_discount(s, sel, 1, by=shop.agent.actor),
    "switch": lambda s, sel, shop, key: selections.switch_market(s, sel, shop.market.id, by=shop.agent.actor),
    "archive": lambda s, sel, shop, key: selections.archive_selection(s, sel, by=shop.agent.actor),
    "link": lambda s, sel, shop, key: selections.mark_linked(s, sel),
}


@pytest.mark.parametrize(("status", "word"), [("won", "paid"), ("archived", "archived")])
def test_a_closed_selection_refuses_every_act(session: Session, shop: Shop, status: str, word: str) -> None:
    make.discount(session, code="SUMMER10")
    selection = make.selection(session, shop, status=status)
    line = make.line(session, selection, shop.chair)
    for act in ACTS.values():
        with pytest.raises(SelectionClosed) as refused:
            act(session, selection, shop, line.id)
        assert refused.value.text == f"{selection.number} is {word} and can't be changed any more."
        session.flush()
        assert (selection.version, _names(session, selection)) == (1, [])


def test_one_closed_by_somebody_else_meanwhile_is_closed(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    selections.mark_won(session, selection.id, by=CUSTOMER)
    assert selection.status == "draft"
    with pytest.raises(SelectionClosed):
        selections.mark_linked(session, selection)
    with pytest.raises(SelectionClosed):
        selections.add_line(session, selection, shop.bag.id, 1, by=shop.agent.actor)


def test_archiving_is_recorded(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    selections.archive_selection(session, selection, by=shop.agent.actor)
    session.commit()
    assert (selection.status, selection.version, _names(session, selection)) == ("archived", 2, ["selection.archived"])
