"""L-15 to L-28: a link that names an account by its CRM id has one canonical owner, and moves nobody."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.customers.models import Account
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service, signing_in
from sales_portal.links.errors import BreaksAccountLinks
from sales_portal.sites import service as sites
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop

SHORT, WHOLE = "0011t00000AbCdE", "0011t00000AbCdEAAV"


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop."""
    return kept_shop


def linked(session: Session, shop: Shop, crm_account_id: str = SHORT, **values: object) -> Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: 1}, **values), crm_account_id=crm_account_id)


def test_l21_an_unknown_id_makes_the_account_and_says_so(session: Session, shop: Shop) -> None:
    shop.customer.company = "Svensson Möbler AB"
    made = linked(session, shop)
    account = session.scalars(select(Account)).one()
    assert (account.name, account.crm_id, made.link.account_id) == ("Svensson Möbler AB", WHOLE, account.id)
    assert session.scalars(select(Event.data).where(Event.name == "account.created")).all() == [
        {"account": "Svensson Möbler AB"}]


def test_l24_the_same_id_twice_is_the_same_owner_in_either_way_to_write_it(session: Session, shop: Shop) -> None:
    known = make.account(session, "Nordmann Group", crm_id=SHORT)
    links = [linked(session, shop, crm_id, for_anyone=True) for crm_id in (SHORT, WHOLE, SHORT)]
    assert {made.link.account_id for made in links} == {known.id}
    assert session.scalar(select(func.count()).select_from(Account)) == 1
    assert known.name == "Nordmann Group"


def test_l26_whose_customer_belongs_where_stays_so(session: Session, shop: Shop) -> None:
    own = make.account(session, "Own AB")
    shop.customer.account_id, shop.customer.company = own.id, "Own AB"
    made = linked(session, shop)
    other = session.get_one(Account, made.link.account_id)
    assert (other.crm_id, other.name) == (WHOLE, f"CRM account {SHORT}")
    assert shop.customer.account_id == own.id


def test_l37_a_contact_id_is_kept_for_reference_and_nothing_else(session: Session, shop: Shop) -> None:
    before = shop.customer.crm_contact_id
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), crm_contact_id="0031t00000XyZab")
    assert (made.link.crm_contact_id, made.link.account_id) == ("0031t00000XyZab", None)
    assert shop.customer.crm_contact_id == before


def test_l05_l06_a_link_without_an_id_hangs_on_its_customers_account(session: Session, shop: Shop) -> None:
    """Renewals and win-backs go to customers who are known."""
    shop.customer.account_id = make.account(session).id
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    assert (made.link.account_id, made.link.acts_for_account) == (shop.customer.account_id, False)


def test_l28_a_site_whose_customers_sign_in_refuses_them_with_the_reason(session: Session, shop: Shop) -> None:
    sites.let_sign_in(session, shop.site, is_required=True, by=SYSTEM)
    with pytest.raises(Invalid, match="Customers of this site sign in") as refused:
        linked(session, shop)
    assert refused.value.field == "crm_account_id"


def test_l27_signing_in_is_not_required_before_what_it_breaks_was_confirmed(
        session: Session, shop: Shop, clock: Clock) -> None:
    first, second = linked(session, shop).link, linked(session, shop).link
    service.revoke_link(session, linked(session, shop).link, "Wrong price", by=SYSTEM)
    make.link(session, make.selection(session, shop, {shop.chair: 1}))
    with pytest.raises(BreaksAccountLinks, match="2 links would not work any more") as refused:
        signing_in.require(session, shop.site, confirmed=(), by=SYSTEM)
    assert refused.value.details["links"] == [second, first]
    with pytest.raises(BreaksAccountLinks, match="2 links"):
        signing_in.require(session, shop.site, confirmed=(first.id,), by=SYSTEM)
    signing_in.require(session, shop.site, confirmed=(first.id, second.id), by=SYSTEM)
    assert shop.site.requires_sign_in
    clock.advance(days=60)
    assert signing_in.list_account_links(session, shop.site) == []
