"""No link exists without the yes it needs, whatever way it is made."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.approvals import service as approvals
from sales_portal.approvals.errors import NeedsApproval
from sales_portal.core import clock, tokens
from sales_portal.history.service import SYSTEM
from sales_portal.links import service, stored_terms
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import LinkTerms, default_terms
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.counting import count_on
from tests.make import Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop, with a manager."""
    return kept_shop


@pytest.fixture
def erik(session: Session, shop: Shop) -> Staff:
    """Maria's manager."""
    shop.agent.team_id = make.team(session).id
    return make.staff(session, "Erik Holm", site=shop.site, role="manager", team_id=shop.agent.team_id)


@pytest.fixture
def cheap(session: Session, shop: Shop) -> Selection:
    """A bag 20 % off: more than an agent may give, less than a manager."""
    made = make.selection(session, shop)
    make.line(session, made, shop.bag, special_price=24_800)
    return made


def create(session: Session, selection: Selection, by: Any, **terms: Any) -> CheckoutLink:
    basket = read_basket(session, selection, is_locked=True)
    wanted = replace(default_terms(basket, clock.now()), **terms)
    return service.create_link(session, basket, wanted, agent=selection.agent, by=by,
                               request_key=tokens.new_public_id())


def test_a_price_over_the_limit_makes_no_link(session: Session, shop: Shop, cheap: Selection) -> None:
    with pytest.raises(NeedsApproval) as refused:
        create(session, cheap, shop.agent.actor)
    assert refused.value.text == "1 thing needs to be approved before the link may exist"
    assert session.scalars(select(CheckoutLink)).all() == []


def test_the_limit_is_that_of_whoever_acts(session: Session, erik: Staff, cheap: Selection) -> None:
    assert create(session, cheap, erik.actor).agent_id == cheap.agent_id


def test_a_machine_goes_no_further_than_the_agent_it_acts_for(session: Session, cheap: Selection) -> None:
    with pytest.raises(NeedsApproval):
        create(session, cheap, SYSTEM)


def test_a_yes_makes_it_possible_and_an_edit_impossible_again(
        session: Session, shop: Shop, erik: Staff, cheap: Selection) -> None:
    asked = make.approval(session, cheap)
    with pytest.raises(NeedsApproval):
        create(session, cheap, shop.agent.actor)
    assert approvals.approve(session, asked, read_basket(session, cheap), person=erik)
    assert create(session, cheap, shop.agent.actor).total_amount == 24_800 + 5_900
    make.line(session, cheap, shop.chair, special_price=1)
    with pytest.raises(NeedsApproval):
        create(session, cheap, shop.agent.actor)


@pytest.mark.parametrize(("name", "terms"), [
    ("ignore_shipping", {"ignores_shipping": True}), ("multi_use", {"policy": "reusable", "max_orders": 5}),
    ("ignore_tax", {"ignores_tax": True, "ignores_tax_reason": "Export"})])
def test_terms_the_site_asks_for_make_no_link_alone(
        session: Session, shop: Shop, erik: Staff, name: str, terms: dict[str, Any]) -> None:
    plain = make.selection(session, shop, {shop.chair: 1})
    assert create(session, plain, shop.agent.actor, **terms).id
    shop.site.asks_for = [name]
    session.flush()
    for person in (shop.agent, erik):
        with pytest.raises(NeedsApproval):
            create(session, plain, person.actor, **terms)
    assert create(session, plain, shop.agent.actor).id


def test_one_order_is_not_many(session: Session, shop: Shop) -> None:
    shop.site.asks_for = ["multi_use"]
    plain = make.selection(session, shop, {shop.chair: 1})
    assert create(session, plain, shop.agent.actor, policy="reusable", max_orders=1).id
    assert create(session, plain, shop.agent.actor, policy="first_closes").id


def test_a_link_without_agreed_prices_asks_the_database_nothing_more(
        session: Session, shop: Shop, cheap: Selection) -> None:
    plain = make.selection(session, shop, {shop.chair: 1})
    sent = count_on(session, lambda: create(session, plain, shop.agent.actor))
    assert not [sql for sql in sent if "FROM approval" in sql or "coalesce(staff" in sql]


def test_terms_packed_for_an_approval_come_back_as_they_were(session: Session, cheap: Selection) -> None:
    terms = replace(default_terms(read_basket(session, cheap), clock.now()), changes="more",
                    may_change_quantities=True, starts_at=clock.now(), metadata={"campaign": "spring"})
    assert stored_terms.unpack(stored_terms.pack(terms)) == terms
    assert stored_terms.unpack(stored_terms.pack(LinkTerms())) == LinkTerms()
    assert stored_terms.unpack({"a_later_version": 1}) == LinkTerms()
