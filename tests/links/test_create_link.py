"""Making a link of a selection."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.core import tokens
from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.links import queries, service
from sales_portal.links.addresses import Addresses
from sales_portal.links.errors import ExternalPatternMissing, SelectionBlocked
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine, LinkAddress
from sales_portal.links.terms import LinkTerms, default_terms
from sales_portal.pricing.models import Price
from sales_portal.selections.basket import read_basket
from tests import make
from tests.harness.counting import count_on


def test_a_link_freezes_titles_prices_and_the_total(session: Session) -> None:
    """P-06, C-14: one or several products, locked to the amounts that were saved."""
    shop = make.shop(session)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    session.get_one(Price, (shop.pricelist.id, shop.chair.id)).amount = 999_900
    shop.chair.product.title = "Something else"
    session.flush()
    lines = session.scalars(select(CheckoutLinkLine).order_by(CheckoutLinkLine.line_no)).all()
    assert [(line.title, line.quantity, line.unit_amount) for line in lines] == [
        ("Oak chair, natural", 2, 120_000), ("Linen bag", 1, 31_000)]
    assert linked.link.total_amount == 2 * 120_000 + 31_000 + 5_900
    assert linked.link.totals["shipping"] == 5_900


@pytest.mark.parametrize(("is_named", "minimum", "kept"), [(False, 5_000, None), (True, None, 0), (True, 5_000, 5_000)])
def test_a_line_says_a_minimum_where_the_customer_names_the_price_and_nowhere_else(
        session: Session, is_named: bool, minimum: int | None, kept: int | None) -> None:
    shop = make.shop(session)
    gift = make.product(session, "Gift", kind="service", is_pay_what_you_want=is_named)
    make.price(session, shop.pricelist, gift, 10_000, minimum=minimum)
    make.link(session, make.selection(session, shop, {gift: 1}))
    assert session.scalars(select(CheckoutLinkLine.minimum_amount)).one() == kept


def test_an_empty_selection_cannot_be_linked(session: Session) -> None:
    """P-06: at least one product."""
    shop = make.shop(session)
    with pytest.raises(SelectionBlocked) as refused:
        make.link(session, make.selection(session, shop))
    assert refused.value.text == "1 thing to fix before you can create the link"
    assert session.scalars(select(CheckoutLink)).all() == []


def test_the_same_request_key_twice_is_one_link(session: Session) -> None:
    shop = make.shop(session)
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 1}))
    terms = default_terms(basket, portal_clock.now())
    made = [service.create_link(session, basket, terms, agent=shop.agent, request_key="once", by=shop.agent.actor)
            for _ in range(2)]
    assert made[0].id == made[1].id
    assert len(session.scalars(select(CheckoutLink)).all()) == 1


def test_the_same_form_again_is_the_same_link_though_something_stands_in_the_way_now(session: Session) -> None:
    shop = make.shop(session)
    selection = make.selection(session, shop, {shop.chair: 1})
    basket = read_basket(session, selection)
    terms = default_terms(basket, portal_clock.now())
    made = service.create_link(session, basket, terms, agent=shop.agent, request_key="once", by=shop.agent.actor)
    shop.chair.product.unpublished_at = portal_clock.now()
    session.flush()
    blocked = read_basket(session, selection)
    assert blocked.blocks
    again = service.create_link(session, blocked, terms, agent=shop.agent, request_key="once", by=shop.agent.actor)
    assert (again.id, again.addresses[0].public_id) == (made.id, made.addresses[0].public_id)
    with pytest.raises(SelectionBlocked):
        service.create_link(session, blocked, terms, agent=shop.agent, request_key="new", by=shop.agent.actor)


def test_the_token_has_256_bits_and_stands_nowhere_in_clear(session: Session) -> None:
    shop = make.shop(session)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    address = session.scalars(select(LinkAddress)).one()
    assert len(linked.token) == 43
    assert len(address.public_id) == 32
    assert int(address.public_id, 16) >= 0
    assert address.token_sha256 == tokens.digest(linked.token)
    assert linked.token not in address.token_sealed
    assert linked.token not in str([event.data for event in session.scalars(select(Event))])


def test_a_wrong_token_finds_nothing_just_as_an_unknown_id(session: Session) -> None:
    shop = make.shop(session)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    other = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    assert queries.find_link(session, linked.public_id, linked.token) is not None
    assert queries.find_link(session, linked.public_id, other.token) is None
    assert queries.find_link(session, tokens.new_public_id(), linked.token) is None
    assert queries.find_link(session, linked.public_id, "") is None


def test_a_site_with_an_incomplete_address_pattern_refuses_links(session: Session) -> None:
    """C-07: without the pattern, or with half of it, *Link* says why there is none."""
    shop = make.shop(session)
    shop.site.link_url_pattern = "https://shop.example/selection/%basket%"
    with pytest.raises(ExternalPatternMissing):
        make.link(session, make.selection(session, shop, {shop.chair: 1}))


def test_a_pattern_without_its_places_says_what_it_lacks(session: Session) -> None:
    """C-07: an external storefront cannot be linked to without the pattern, and the agent reads why."""
    shop = make.shop(session)
    for pattern in ("https://shop.example/%hash%", "https://shop.example/", ""):
        shop.site.link_url_pattern = pattern
        with pytest.raises(ExternalPatternMissing, match="its link address lacks %basket% or %hash%"):
            make.link(session, make.selection(session, shop, {shop.chair: 1}))


@pytest.mark.parametrize("path", ["selection/%basket%/%hash%", "payment-link/%basket%/%hash%", "%hash%?of=%basket%"])
def test_a_link_has_the_address_the_storefront_claims_it_by(session: Session, path: str) -> None:
    """C-04, C-05, C-06: any path; `%basket%` becomes the selection's id there, `%hash%` the secret."""
    shop = make.shop(session)
    pattern = f"https://nameofthestore.example/{path}"
    shop.site.link_url_pattern = pattern
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    address = session.scalars(select(LinkAddress)).one()
    assert Addresses("https://portal.example").link_url(address, shop.site) == pattern.replace(
        "%basket%", linked.public_id).replace("%hash%", linked.token)
    shop.site.link_url_pattern = None
    assert Addresses("https://portal.example").link_url(address, shop.site) == (
        f"https://portal.example/selection/{linked.public_id}/{linked.token}")


def test_creating_a_link_takes_few_statements_whatever_the_number_of_lines(
        session: Session) -> None:
    shop = make.shop(session)
    variants = [make.product(session, f"Product {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5})
                for number in range(60)]
    selection = make.selection(session, shop, dict.fromkeys(variants, 1))
    sent = count_on(session, lambda: make.link(session, selection))
    assert len(sent) <= 25, "\n".join(sent)


@pytest.mark.parametrize(("terms", "field", "text"), [
    ({"changes": "everything"}, "changes", "Choose what the customer can change"),
    ({"changes": "more"}, "changes", "Choose what may be changed: quantities, products, or nothing at all"),
    ({"changes": "pick_one"}, "changes", "Add a second product, so that there is something to pick from"),
    ({"changes": "more", "may_change_quantities": True, "max_per_line": 0}, "max_per_line",
     "Enter a quantity from 1 to 10000"),
    ({"changes": "more", "may_change_quantities": True, "max_per_line": 1}, "max_per_line",
     "The most per line must be at least what the selection holds"),
    ({"policy": "twice"}, "policy", "Choose how often the link can be paid"),
    ({"policy": "single", "max_orders": 2}, "max_orders",
     "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"policy": "reusable", "max_orders": 0}, "max_orders",
     "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"skips_landing": True}, "skips_landing",
     "Only a link that can be paid any number of times may skip its first page"),
    ({"ignores_tax": True}, "ignores_tax_reason", "Give a reason for not charging tax"),
    ({"label": "x" * 201}, "label", "Enter a name with at most 200 characters"),
    ({"metadata": {"k" * 41: "v"}}, "metadata", "Metadata keys can have up to 40 characters"),
    ({"metadata": {"k": "v" * 501}}, "metadata", "Metadata values can have up to 500 characters"),
    ({"metadata": {str(number): 1 for number in range(51)}}, "metadata", "Metadata can have up to 50 entries"),
])
def test_contradicting_terms_are_refused_by_field(session: Session, terms: dict[str, object], field: str,
                                                  text: str) -> None:
    shop = make.shop(session)
    selection = make.selection(session, shop, {shop.chair: 2})
    with pytest.raises(Invalid) as refused:
        make.link(session, selection, **terms)
    assert (refused.value.field, refused.value.text) == (field, text)


@pytest.mark.parametrize(("start", "end", "text"), [
    (None, timedelta(0), "The end must be in the future"),
    (None, timedelta(days=-1), "The end must be in the future"),
    (timedelta(days=2), timedelta(days=2), "The end must be after the start"),
    (timedelta(days=3), timedelta(days=2), "The end must be after the start"),
])
def test_a_link_ends_after_it_starts_and_in_the_future(session: Session, start: timedelta | None, end: timedelta,
                                                       text: str) -> None:
    shop = make.shop(session)
    at = portal_clock.now()
    with pytest.raises(Invalid) as refused:
        make.link(session, make.selection(session, shop, {shop.chair: 1}), expires_at=at + end,
                  starts_at=at + start if start is not None else None)
    assert refused.value.text == text


def test_a_site_decides_how_long_links_may_live(session: Session) -> None:
    shop = make.shop(session)
    shop.site.max_link_days, shop.site.allows_endless_links = 60, False
    selection = make.selection(session, shop, {shop.chair: 1})
    with pytest.raises(Invalid, match="Choose an end within 60 days"):
        make.link(session, selection, expires_at=portal_clock.now() + timedelta(days=61))
    with pytest.raises(Invalid, match="Choose an end: this site has no links without one"):
        make.link(session, selection, expires_at=None)


def test_a_dialog_starts_with_terms_that_are_always_allowed(session: Session) -> None:
    shop = make.shop(session)
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 1}))
    terms = default_terms(basket, portal_clock.now())
    assert (terms.changes, terms.policy, terms.label) == ("nothing", "single", "Anna Svensson – Oak chair, natural")
    assert terms.expires_at is not None
    assert timedelta(days=29) < terms.expires_at - portal_clock.now() <= timedelta(days=30)
    assert isinstance(terms, LinkTerms)
