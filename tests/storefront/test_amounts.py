"""Pay what you want: the customer names the price from the minimum up, unless the agent fixed it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import OrderLine
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


@pytest.fixture
def tree(session: Session, shop: Shop) -> Variant:
    """A tree to plant: 100,00 or more, 250,00 suggested; nothing is shipped."""
    made = make.product(session, "Plant a tree", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, made, 25_000, minimum=10_000)
    return made


@pytest.fixture
def open_price(session: Session, shop: Shop, tree: Variant) -> Linked:
    """A link for one tree that changes nothing else."""
    return make.link(session, make.selection(session, shop, {tree: 1}, for_anyone=True))


def copies(session: Session) -> list[tuple[int, int]]:
    """Unit price and total of every copy."""
    session.rollback()
    found = session.scalars(select(CheckoutSession).order_by(CheckoutSession.id)).all()
    return [(visit.lines[0].unit_amount, visit.total_amount) for visit in found]


def test_the_page_states_the_minimum_and_suggests(open_price: Linked, client: Client) -> None:
    shown = client.get(open_price.path)
    field = shown.one("#field-amount-1")
    assert (field["value"], field["inputmode"]) == ("250,00", "decimal")
    assert shown.words("#field-amount-1-hint") == "100,00 or more."
    assert shown.words("#amount-1 .input-affix") == "kr"
    chips = [(chip["value"], chip["aria-pressed"]) for chip in shown.page.select(".suggestions button")]
    assert chips == [("10000", "false"), ("25000", "true")]
    assert "was" not in shown.words(".offer")


def test_enter_in_a_field_takes_no_suggested_amount(open_price: Linked, client: Client) -> None:
    first = client.get(open_price.path).page.select("#offer-form button[type=submit]")[0]
    assert (first.get("formaction"), first.get("name")) == (None, None)


@pytest.mark.parametrize(("typed", "amount"), [
    ("300", 30_000), ("1 080,50", 108_050), ("1080.50", 108_050), ("100,00", 10_000), ("300 kr", 30_000)])
def test_an_amount_is_read_as_people_of_the_market_write_it(
        session: Session, open_price: Linked, enter: Enter, typed: str, amount: int) -> None:
    anna = enter(open_price)
    answer = anna.post("/lines/1/amount", "#offer-form", **{"amount-1": typed})
    assert (answer.status_code, answer.location) == (303, f"{open_price.path}#field-amount-1")
    assert copies(session) == [(amount, amount)]


@pytest.mark.parametrize(("typed", "message"), [
    ("99,99", "Enter at least 100,00"), ("0", "Enter at least 100,00"), ("-300", "Enter at least 100,00"),
    ("300,005", "Enter an amount with at most 2 decimals"), ("much", "Enter an amount like 1080,50"),
    ("", "Enter an amount like 1080,50"), ("<script>", "Enter an amount like 1080,50"),
    ("1" * 13, "Enter a smaller amount"), ("9" * 5000, "Enter an amount like 1080,50"),
])
@pytest.mark.parametrize("path", ["/lines/1/amount", "/visit"])
def test_a_wrong_amount_is_refused_in_words_and_stays(
        session: Session, open_price: Linked, enter: Enter, path: str, typed: str, message: str) -> None:
    """P-21, V144: below the minimum, too large, no number."""
    answer = enter(open_price).post(path, "#offer-form", **{"amount-1": typed})
    assert answer.status_code == 422
    assert answer.words("#field-amount-1-error") == message
    assert answer.one("#field-amount-1")["value"] == typed
    assert copies(session) == []


def test_an_amount_goes_along_with_continue_and_is_what_the_order_holds(
        session: Session, open_price: Linked, enter: Enter) -> None:
    anna = enter(open_price)
    shown = anna.go_on(**{"amount-1": "420"})
    assert anna.where == "/details"
    anna.submit(shown, "#details-form", email="anna@example.com", name="Anna Svensson")
    assert anna.page.words("#pay .button-label").replace("\u00a0", " ") == "Pay 420,00 kr"
    anna.decide("approve")
    anna.confirm()
    session.rollback()
    assert session.scalars(select(OrderLine.line_amount)).all() == [42_000]


def test_a_suggestion_is_one_press(session: Session, open_price: Linked, enter: Enter) -> None:
    anna = enter(open_price)
    anna.post("/lines/1/amount", "#offer-form", **{"amount-1": "250,00", "suggested-1": "10000"})
    assert copies(session) == [(10_000, 10_000)]
    assert anna.look().one(".suggestions [aria-pressed=true]")["value"] == "10000"
    for wrong in ("9999", "-1", "x", "9" * 40):
        anna.post("/lines/1/amount", "#offer-form", **{"amount-1": "100,00", "suggested-1": wrong})
        assert copies(session) == [(10_000, 10_000)]


def test_an_amount_nobody_can_pay_is_refused_beside_its_field(
        session: Session, shop: Shop, tree: Variant, enter: Enter) -> None:
    """M159: providers take no odd thousandths, typed or made up."""
    shop.market.currency = shop.pricelist.currency = "KWD"
    anna = enter(make.link(session, make.selection(session, shop, {tree: 1}, for_anyone=True)))
    for typed in ({"amount-1": "30,005"}, {"amount-1": "30,000", "suggested-1": "30005"}):
        answer = anna.post("/lines/1/amount", "#offer-form", **typed)
        assert answer.status_code == 422
        assert "Enter an amount whose last digit is 0" in answer.words("#amount-1")
        assert copies(session) == []
    anna.post("/lines/1/amount", "#offer-form", **{"amount-1": "30,010"})
    assert copies(session) == [(30_010, 30_010)]


@pytest.mark.parametrize("path", ["/lines/1/amount", "/visit", "/code", "/lines/1/quantity"])
def test_an_amount_the_agent_fixed_cannot_be_changed_by_a_made_up_form(
        session: Session, shop: Shop, tree: Variant, enter: Enter, path: str) -> None:
    """P-23, V144: what is locked stays, and so does every price that is not the customer's to name."""
    locked = make.link(session, make.selection(session, shop, {tree: 1}, for_anyone=True),
                       prefill={"amount-1": "40000"}, prefill_locks=("amount-1",))
    special = make.selection(session, shop, for_anyone=True)
    make.line(session, special, tree, special_price=15_000)
    fixed = make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True))
    for linked, before in ((locked, 40_000), (make.link(session, special), 15_000), (fixed, 31_000)):
        anna = enter(linked)
        anna.go_on()
        assert not anna.look().page.select("[name^=amount-]")
        answer = anna.post(path, "#offer-form", **{"amount-1": "500"})
        assert answer.status_code == 409
        assert copies(session)[-1][0] == before


def test_what_the_agent_filled_in_and_left_open_is_where_the_customer_starts(
        session: Session, shop: Shop, tree: Variant, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {tree: 1}), prefill={"amount-1": "40000"})
    anna = enter(linked)
    shown = anna.look()
    assert shown.one("#field-amount-1")["value"] == "400,00"
    assert [chip["value"] for chip in shown.page.select(".suggestions button")] == ["10000", "25000", "40000"]
    anna.post("/lines/1/amount", "#offer-form", **{"amount-1": "300"})
    assert copies(session) == [(30_000, 30_000)]


def test_one_of_several_to_pick_has_its_own_amount(
        session: Session, shop: Shop, tree: Variant, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1, tree: 1}), changes="pick_one")
    anna = enter(linked)
    assert anna.look().page.select(".radio-card-nested #field-amount-2")
    anna.go_on(line_no="2", **{"amount-2": "333"})
    assert copies(session) == [(33_300, 33_300)]
    anna.post("/choice", "#offer-form", line_no="1", **{"amount-2": "333"})
    assert copies(session)[0][0] == 31_000


def test_a_product_that_asks_for_no_minimum_may_be_free(
        session: Session, shop: Shop, enter: Enter) -> None:
    song = make.product(session, "A song", kind="service", is_pay_what_you_want=True,
                        prices={shop.pricelist: 5_000})
    anna = enter(make.link(session, make.selection(session, shop, {song: 2}, for_anyone=True)))
    assert anna.look().words("#field-amount-1-hint") == "Any amount, also nothing."
    assert "What you want to pay for each" in anna.look().words("#amount-1")
    anna.go_on(**{"amount-1": "0"})
    assert copies(session) == [(0, 0)]


def test_a_currency_without_decimals_takes_none(session: Session, shop: Shop, enter: Enter) -> None:
    market = make.market(session, "Japan", site=shop.site, currency="JPY", locale="ja_JP", countries=["JP"],
                         warehouses=[shop.warehouse])
    prices = make.pricelist(session, market, "Retail JPY")
    make.tax_rate(session, "JP", 10000)
    song = make.product(session, "A song", kind="service", is_pay_what_you_want=True)
    make.price(session, prices, song, 500, minimum=100)
    linked = make.link(session, make.selection(session, shop, {song: 1}, market=market, pricelist=prices))
    anna = enter(linked)
    assert anna.post("/visit", "#offer-form", **{"amount-1": "500.5"}).words("#field-amount-1-error") == (
        "Enter an amount without decimals")
    anna.go_on(**{"amount-1": "1,200"})
    assert copies(session) == [(1_200, 1_200)]


def test_a_copy_that_wakes_up_keeps_the_price_the_customer_named(
        session: Session, shop: Shop, tree: Variant, enter: Enter) -> None:
    """Also where the link follows its pricelist."""
    linked = make.link(session, make.selection(session, shop, {tree: 1}, for_anyone=True), price_mode="current")
    anna = enter(linked)
    anna.go_on(**{"amount-1": "420"})
    session.rollback()
    session.scalars(select(CheckoutSession)).one().status = "expired"
    session.commit()
    anna.post("/code", "#offer-form")
    assert copies(session) == [(42_000, 42_000)]
