"""What the address of a link brings along: it fills a new copy in, and never touches what the agent decided."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import Order, Subscription
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter


def visit_of(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession)).one()


def open_with(customer: Customer, **brought: str) -> None:
    """Open the first page with these parameters and press *Continue*."""
    customer.submit(customer.look(query_string=brought), "#offer-form")  # type: ignore[arg-type]


@pytest.fixture
def anyones(session: Session, shop: Shop) -> Linked:
    """A link for anyone, with nothing filled in by the agent."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))
    session.commit()
    return made


@pytest.fixture
def questions(session: Session) -> None:
    """What this house asks beside the address."""
    session.add_all([CustomField(slug="po", label="Purchase order"), CustomField(slug="vessel", label="Vessel")])


def given(session: Session, shop: Shop, minimum: int = 5_000, **terms: Any) -> Linked:
    """A link for a gift whose amount the customer names: 100,00 is suggested."""
    gift = make.product(session, "Gift", kind="service", weight_grams=0, is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10_000, minimum=minimum)
    made = make.link(session, make.selection(session, shop, {gift: 1}, for_anyone=True), **terms)
    session.commit()
    return made


def test_name_and_address_are_in_the_form_after_continue(session: Session, anyones: Linked, enter: Enter) -> None:
    """P-17, P-18, P-19."""
    bo = enter(anyones)
    open_with(bo, customer_email="Bo@Example.com", customer_name="Bo  Berg")
    assert bo.page is not None
    assert (bo.page.one("#field-email")["value"], bo.page.one("#field-name")["value"]) == ("Bo@example.com", "Bo Berg")


def test_the_first_page_stores_nothing_and_shows_the_address_masked(
        session: Session, anyones: Linked, client: Client) -> None:
    """C08: what is brought along rides in the form; nobody reads it off the page."""
    shown = client.get(anyones.path, query_string={"customer_email": "bo@example.com", "customer_name": "Bo Berg"})
    assert "Your receipt goes to b•••@example.com ." in shown.words(".trust")
    assert "bo@example.com" not in shown.words()
    assert "Bo Berg" not in shown.words()
    assert "Set-Cookie" not in shown.headers
    assert session.scalar(select(func.count()).select_from(CheckoutSession)) == 0


def test_a_plain_address_costs_no_statement_more_and_one_with_details_neither(
        anyones: Linked, client: Client, statements: Counting) -> None:
    for query in ({}, {"customer_email": "bo@example.com", "utm_source": "blog", "locale": "sv", "theme": "dark"}):
        with statements(at_most=2):
            assert client.get(anyones.path, query_string=query).status_code == 200


@pytest.mark.parametrize("query", [
    {"customer_email": "bo@"}, {"customer_email": "x" * 250 + "@example.com"}, {"customer_name": "B" * 201},
    {"amount": "12,50"}, {"product_id": "-1"}, {"theme": "<b>"}, {"locale": "../x"}, {"embed_origin": "https://a.b"},
    {"custom_field_data.": "x"}, {"custom_field_data.nobody_asks": "x"}, {"discount_code": "NOPE"}])
def test_what_will_not_do_is_ignored_and_never_blocks(
        session: Session, anyones: Linked, enter: Enter, query: dict[str, str]) -> None:
    """P-18: invalid values are ignored in silence."""
    bo = enter(anyones)
    open_with(bo, **query)
    assert bo.where == "/details"
    visit = visit_of(session)
    assert (visit.email, visit.name, visit.custom_fields, visit.session_metadata) == ("", "", {}, {})


def test_what_the_agent_fixed_stays(session: Session, shop: Shop, questions: None, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                       prefill={"email": "anna@example.com", "name": "Anna", "custom-po": "7"},
                       prefill_locks=("email", "name", "custom-po"))
    bo = enter(linked)
    open_with(bo, **{"customer_email": "bo@example.com", "customer_name": "Bo", "custom_field_data.po": "8"})
    visit = visit_of(session)
    assert (visit.email, visit.name, visit.custom_fields) == ("anna@example.com", "Anna", {"po": "7"})


def test_what_the_agent_only_filled_in_gives_way(session: Session, linked: Linked, enter: Enter) -> None:
    open_with(enter(linked), customer_email="bo@example.com")
    assert visit_of(session).email == "bo@example.com"


def test_the_one_address_that_may_pay_is_typed_and_not_brought(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), only_email_may_pay=True,
                       prefill={"email": "anna@example.com"})
    for email in ("bo@example.com", "anna@example.com"):
        bo = enter(linked)
        open_with(bo, customer_email=email, customer_name="Bo")
        assert bo.where == "/details"
    session.rollback()
    assert set(session.scalars(select(CheckoutSession.email))) == {""}


def test_answers_are_taken_together_or_not_at_all(
        session: Session, anyones: Linked, questions: None, enter: Enter) -> None:
    """P-22: unknown slugs are dropped; one answer that won't do takes the others with it."""
    open_with(enter(anyones), **{"custom_field_data.po": " 4711 ", "custom_field_data.vessel": "Vega",
                                 "custom_field_data.nobody_asks": "x" * 900})
    assert visit_of(session).custom_fields == {"po": "4711", "vessel": "Vega"}
    open_with(enter(anyones), **{"custom_field_data.po": "4711", "custom_field_data.vessel": "V" * 501})
    session.rollback()
    assert session.scalars(select(CheckoutSession.custom_fields).order_by(CheckoutSession.id.desc())).first() == {}


@pytest.mark.parametrize(("amount", "expected"), [
    ("7500", 7_500), ("5000", 5_000), ("4999", 10_000), ("0", 10_000), ("-7500", 10_000), ("75.00", 10_000),
    ("75 EUR", 10_000), ("999999999999", 999_999_999_999), ("1000000000000", 10_000), ("9007199254740991", 10_000),
    ("9" * 400, 10_000),
    ("٧٥٠٠", 10_000), ("<script>", 10_000)])
def test_an_amount_in_minor_units_is_taken_from_the_minimum_on(
        session: Session, shop: Shop, enter: Enter, amount: str, expected: int) -> None:
    """P-21, V144: within the bounds of what is typed."""
    bo = enter(given(session, shop))
    shown = bo.look(query_string={"amount": amount})  # type: ignore[arg-type]
    assert f"{expected // 100:,}".replace(",", " ") in shown.words("#continue").replace("\u00a0", " ")
    bo.submit(shown, "#offer-form")
    assert visit_of(session).total_amount == expected


def test_an_amount_nobody_can_pay_is_not_taken(session: Session, shop: Shop, enter: Enter) -> None:
    """M159 with P-21: providers take no odd thousandths."""
    shop.market.currency = shop.pricelist.currency = "KWD"
    made = given(session, shop)
    for amount, expected in (("7505", 10_000), ("7500", 7_500)):
        bo = enter(made)
        open_with(bo, amount=amount)
        session.rollback()
        assert session.scalars(select(CheckoutSession.total_amount)
                               .order_by(CheckoutSession.id.desc())).first() == expected


def test_an_amount_the_agent_fixed_and_a_price_that_is_no_ones_to_name_stay(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    """V144: never overrides what the agent priced."""
    fixed = given(session, shop, prefill={"amount-1": "6000"}, prefill_locks=("amount-1",))
    for made, total in ((fixed, 6_000), (linked, 366_900)):
        open_with(enter(made), amount="5500")
        session.rollback()
        assert session.scalars(select(CheckoutSession.total_amount)
                               .order_by(CheckoutSession.id.desc())).first() == total


def test_a_code_is_taken_where_the_link_allows_codes_and_nowhere_else(
        session: Session, shop: Shop, enter: Enter) -> None:
    """P-08 with P-20: never where codes are off, not even by query."""
    make.discount(session, 10_000, code="SPRING10")
    for allows, total, discount in ((True, 113_900, "−120,00"), (False, 125_900, "")):
        linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), allows_discount_codes=allows)
        session.commit()
        bo = enter(linked)
        shown = bo.look(query_string={"discount_code": " spring10 "})  # type: ignore[arg-type]
        assert discount in shown.words("#totals")
        assert bool(shown.page.select("[name=discount_code]")) == allows
        bo.submit(shown, "#offer-form")
        session.rollback()
        newest = session.scalars(select(CheckoutSession).order_by(CheckoutSession.id.desc())).first()
        assert newest is not None
        assert (newest.total_amount, newest.has_discounts) == (total, allows)


def test_a_code_that_is_over_or_takes_nothing_off_leaves_the_preset_discount(
        session: Session, shop: Shop, enter: Enter) -> None:
    make.discount(session, fixed_amount=500, currency="EUR", code="EURO")
    make.discount(session, 5_000, code="SMALL", is_combinable=False)
    preset = make.discount(session, 20_000, name="Loyal")
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}, discount=preset),
                       allows_discount_codes=True)
    session.commit()
    for code in ("EURO", "SMALL"):
        open_with(enter(linked), discount_code=code)
        session.rollback()
        newest = session.scalars(select(CheckoutSession).order_by(CheckoutSession.id.desc())).first()
        assert newest is not None
        assert [held.discount_id for held in newest.discounts] == [preset.id], code


def test_a_code_that_was_brought_is_counted_when_it_is_paid(session: Session, shop: Shop, enter: Enter) -> None:
    code = make.discount(session, 10_000, code="SPRING10", usage_limit=1)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), allows_discount_codes=True)
    session.commit()
    anna = enter(linked)
    open_with(anna, discount_code="SPRING10")
    session.rollback()
    session.refresh(code)
    assert code.uses_count == 0
    anna.buy()
    session.rollback()
    session.refresh(code)
    assert (code.uses_count, session.scalars(select(Order.total_amount)).one()) == (1, 113_900)


def test_a_product_is_picked_and_its_total_shown(session: Session, shop: Shop, enter: Enter) -> None:
    """P-23: `product_id` preselects."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}, for_anyone=True),
                       changes="pick_one")
    session.commit()
    bo = enter(linked)
    shown = bo.look(query_string={"product_id": str(shop.bag.product_id)})  # type: ignore[arg-type]
    assert shown.one("[name=line_no][checked]")["value"] == "2"
    assert "369,00" in shown.words("#continue")
    bo.submit(shown, "#offer-form")
    assert [line.title for line in visit_of(session).lines if line.kind == "item"] == ["Linen bag"]


def test_a_copy_that_lives_goes_on_as_it_is(session: Session, anyones: Linked, enter: Enter) -> None:
    bo = enter(anyones)
    bo.go_on()
    open_with(bo, customer_email="bo@example.com")
    assert visit_of(session).email == ""


def test_what_was_brought_survives_a_press_of_another_button_and_the_longer_list(
        session: Session, shop: Shop, enter: Enter) -> None:
    many = {make.product(session, f"Thing {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5}): 1
            for number in range(6)}
    linked = make.link(session, make.selection(session, shop, many, for_anyone=True), changes="more",
                       may_change_quantities=True)
    session.commit()
    bo = enter(linked)
    shown = bo.look(query_string={"customer_email": "bo@example.com"})  # type: ignore[arg-type]
    longer = bo.client.get(str(shown.one(".offer-more a")["href"]))
    wrong = bo.submit(longer, "#offer-form", **{"quantity-1": "none"})
    assert wrong.status_code == 422
    bo.submit(wrong, "#offer-form", **{"quantity-1": "2"})
    assert visit_of(session).email == "bo@example.com"


def test_metadata_goes_from_link_to_copy_to_order_to_subscription_and_the_links_own_wins(
        session: Session, shop: Shop, enter: Enter) -> None:
    """P-10, P-11, P-12, P-23."""
    plan = make.offer(session, prices={shop.pricelist: 19_900})
    linked = make.link(session, make.selection(session, shop, {plan: 1}),
                       metadata={"crm": "0034", "utm_source": "agent"})
    session.commit()
    anna = enter(linked)
    open_with(anna, utm_source="blog", utm_medium="mail", reference_id="R-1", utm_term="", utm_content="c" * 501)
    expected = {"crm": "0034", "utm_source": "agent", "utm_medium": "mail", "reference_id": "R-1"}
    assert visit_of(session).session_metadata == expected
    anna.buy()
    session.rollback()
    assert session.scalars(select(Order)).one().order_metadata == expected
    assert session.scalars(select(Subscription)).one().subscription_metadata == expected


def test_a_link_with_as_much_metadata_as_it_may_have_takes_no_more(
        session: Session, shop: Shop, enter: Enter) -> None:
    full = {f"key-{number}": "x" for number in range(49)}
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), metadata=full)
    session.commit()
    open_with(enter(linked), utm_source="blog", utm_medium="mail")
    assert len(visit_of(session).session_metadata) == 50


@pytest.mark.parametrize(("asked", "shown"), [("dark", "dark"), ("light", "light"), ("sepia", "system")])
def test_the_page_is_as_dark_as_the_address_asks(anyones: Linked, client: Client, asked: str, shown: str) -> None:
    assert client.get(anyones.path, query_string={"theme": asked}).one("html")["data-theme"] == shown
