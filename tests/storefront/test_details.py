"""Who buys and where it goes: what is asked, what is refused in which words, and what is skipped."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.checkout.models import CheckoutSession
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Enter


@pytest.fixture
def anyone(session: Session, shop: Shop) -> Linked:
    """A link for anyone: nothing is prefilled, a chair has to be shipped."""
    return make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True))


def the_copy(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession)).one()


def prefill(session: Session, linked: Linked, **values: str) -> None:
    session.get_one(CheckoutLink, linked.link.id).prefill = values


def test_everything_typed_is_kept_and_leads_on(session: Session, anyone: Linked, enter: Enter) -> None:
    anna = enter(anyone)
    anna.give_details(company="Svensson Möbler AB", street_2="c/o Berg", postcode="11122")
    assert anna.where == "/delivery"
    visit = the_copy(session)
    assert (visit.email, visit.name, visit.company, visit.street, visit.street_2, visit.postcode, visit.city,
            visit.country) == ("anna@example.com", "Anna Svensson", "Svensson Möbler AB", "Storgatan 1", "c/o Berg",
                               "11122", "Stockholm", "SE")


def test_empty_fields_are_named_above_and_beside_in_the_same_words(anyone: Linked, enter: Enter) -> None:
    """C11."""
    anna = enter(anyone)
    shown = anna.submit(anna.go_on(), "#details-form")
    assert shown.status_code == 422
    assert shown.one("title").get_text().startswith("Error: ")
    summary = {link["href"]: link.get_text() for link in shown.page.select("#error-summary a")}
    assert summary == {
        "#field-email": "Enter your e-mail address", "#field-name": "Enter your full name",
        "#field-street": "Enter the street and number", "#field-postcode": "Enter the postcode",
        "#field-city": "Enter the town or city"}
    for target, message in summary.items():
        field = shown.one(target)
        assert field["aria-invalid"] == "true"
        assert shown.words(f"{target}-error") == message
        assert f"{target[1:]}-error" in str(field["aria-describedby"]).split()


@pytest.mark.parametrize(("field", "typed", "message"), [
    ("email", "anna", "Enter an e-mail address like name@example.com"),
    ("email", "anna@", "Enter an e-mail address like name@example.com"),
    ("email", "anna@example.com, bo@example.com", "Enter an e-mail address like name@example.com"),
    ("postcode", "12", "12 is not a postcode in Sweden"),
    ("name", "A" * 201, "Enter a name with at most 200 characters"),
    ("street", "x" * 201, "Enter an address with at most 200 characters"),
    ("country", "NO", "We can't deliver to Norway with this offer. We deliver to Sweden."),
    ("country", "", "Choose the country"),
])
def test_a_wrong_value_is_refused_in_words_and_stays(
        session: Session, anyone: Linked, enter: Enter, field: str, typed: str, message: str) -> None:
    anna = enter(anyone)
    shown = anna.give_details(**{field: typed})
    assert shown.status_code == 422
    assert [link.get_text() for link in shown.page.select("#error-summary a")] == [message]
    assert shown.words(f"#field-{field}-error") == message
    for name, value in (DETAILS | {field: typed}).items():
        if name != "country" and field != "country":
            assert shown.one(f"#field-{name}")["value"] == value
    assert the_copy(session).details_at is None


def test_a_link_that_ships_nothing_asks_for_no_address(session: Session, shop: Shop, enter: Enter) -> None:
    advice = make.product(session, "An hour of advice", kind="service", prices={shop.pricelist: 250_000})
    linked = make.link(session, make.selection(session, shop, {advice: 1}, for_anyone=True))
    anna = enter(linked)
    shown = anna.go_on()
    assert [field["name"] for field in shown.page.select("#details-form input:not([type=hidden])")] == [
        "email", "name", "company", "vat_number"]
    anna.submit(shown, "#details-form", email="anna@example.com", name="Anna")
    assert anna.where == "/delivery"
    assert anna.page.words("h1") == "Payment"


def test_the_step_is_skipped_where_the_agent_filled_everything_in(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    prefill(session, linked, **DETAILS, country="SE")
    anna = enter(linked)
    shown = anna.go_on()
    assert anna.where == "/delivery"
    assert "anna@example.com" in shown.words("#delivery-done")
    assert "111 22 Stockholm" in shown.words("#delivery-done")


def test_a_prefilled_address_that_is_incomplete_is_shown_to_be_completed(
        session: Session, linked: Linked, enter: Enter) -> None:
    prefill(session, linked, **(DETAILS | {"postcode": "12"}), country="SE")
    anna = enter(linked)
    shown = anna.go_on()
    assert anna.where == "/details"
    assert not shown.page.select("#error-summary")
    assert shown.one("#field-postcode")["value"] == "12"


def test_a_prefilled_country_nothing_goes_to_is_said_before_anything_is_typed(
        session: Session, linked: Linked, enter: Enter) -> None:
    prefill(session, linked, country="NO")
    shown = enter(linked).go_on()
    assert shown.words("#unreachable") == "We can't deliver to Norway with this offer. We deliver to Sweden."


def test_only_countries_with_a_way_to_ship_are_offered_by_name(session: Session, shop: Shop, enter: Enter) -> None:
    make.shipping(session, shop.market, {"NO": 9900, "DK": 9900})
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    shown = enter(linked).go_on()
    options = {option["value"]: option.get_text() for option in shown.page.select("#field-country option")}
    assert options == {"DK": "Denmark", "NO": "Norway", "SE": "Sweden"}
    assert shown.one("#field-country option[selected]")["value"] == "SE"


@pytest.mark.parametrize(("country", "order"), [
    ("SE", ["street", "postcode", "city"]), ("US", ["street", "city", "region", "postcode"]),
    ("GB", ["street", "city", "postcode"]), ("JP", ["postcode", "region", "street"]),
    ("IE", ["street", "city", "region", "postcode"]), ("AE", ["street", "region"])])
def test_another_country_asks_its_own_lines_and_keeps_what_was_typed(
        session: Session, shop: Shop, enter: Enter, country: str, order: list[str]) -> None:
    make.shipping(session, shop.market, dict.fromkeys(("US", "GB", "JP", "IE", "AE"), 9900))
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    anna = enter(linked)
    anna.go_on()
    token = anna.page.one("[name=form_token]")["value"]
    shown = anna.client.post(f"{linked.path}/details?act=country", data={
        **DETAILS, "country": country, "form_token": token})
    assert shown.status_code == 200
    names = [element["name"] for element in shown.page.select("#details-address [name]")]
    assert [name for name in names if name not in ("country", "street_2")] == order
    assert not shown.page.select(".field-error")
    assert shown.one("#field-email")["value"] == "anna@example.com"
    assert shown.one("#field-street")["value"] == "Storgatan 1"
    assert the_copy(session).details_at is None


def test_a_region_is_chosen_from_the_countrys_own(session: Session, shop: Shop, enter: Enter) -> None:
    make.shipping(session, shop.market, {"US": 9900})
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    anna = enter(linked)
    american = {"country": "US", "postcode": "95014", "city": "Cupertino"}
    shown = anna.give_details(**american)
    assert shown.words("#field-region-error") == "Choose the state"
    shown = anna.give_details(**american, region="Narnia")
    assert shown.words("#field-region-error") == "Choose the state"
    anna.give_details(**american, region="CA")
    assert the_copy(session).region == "CA"


def test_the_houses_own_questions_are_asked_and_kept(session: Session, anyone: Linked, enter: Enter) -> None:
    session.add(CustomField(slug="purchase-order", label="Purchase order number", is_required=True))
    session.add(CustomField(slug="floor", label="Floor", hint="So the driver finds you", position=2))
    anna = enter(anyone)
    shown = anna.give_details()
    assert [link.get_text() for link in shown.page.select("#error-summary a")] == ["Enter the purchase order number"]
    assert "Floor (optional)" in shown.words("#details-form")
    anna.give_details(**{"custom-purchase-order": "PO-77", "custom-floor": "3"})
    assert the_copy(session).custom_fields == {"purchase-order": "PO-77", "floor": "3"}
    assert anna.look("/details").one("[name=custom-floor]")["value"] == "3"


def test_a_required_question_keeps_the_step_from_being_skipped(
        session: Session, linked: Linked, enter: Enter) -> None:
    session.add(CustomField(slug="purchase-order", label="Purchase order number", is_required=True))
    prefill(session, linked, **DETAILS, country="SE")
    anna = enter(linked)
    anna.go_on()
    assert anna.where == "/details"


def test_coming_back_shows_what_was_typed_here(anyone: Linked, enter: Enter) -> None:
    anna = enter(anyone)
    anna.give_details(street="Tysta gatan 9")
    shown = anna.look("/details")
    assert shown.one("#field-street")["value"] == "Tysta gatan 9"
    assert [link["href"] for link in shown.page.select(".step a")] == [anyone.path]


def test_a_page_open_for_too_long_is_shown_again_with_everything_typed(
        session: Session, anyone: Linked, enter: Enter, clock: Clock) -> None:
    anna = enter(anyone)
    anna.go_on()
    shown = anna.submit(anna.page, "#details-form", **(DETAILS | {"form_token": "stale"}))
    assert shown.status_code == 400
    assert shown.words("#problem") == (
        "This page was open for too long. Nothing was lost: reload it and press the button again.")
    assert shown.one("#field-street")["value"] == "Storgatan 1"
    anna.submit(shown, "#details-form")
    assert anna.where == "/delivery"


def test_every_field_tells_browser_and_keyboard_what_it_is(anyone: Linked, enter: Enter) -> None:
    shown = enter(anyone).go_on()
    told = {element["name"]: element.get("autocomplete") for element in
            shown.page.select("#details-form input:not([type=hidden]), #details-form select")}
    assert told == {
        "email": "email", "name": "name", "country": "shipping country", "street": "shipping address-line1",
        "street_2": "shipping address-line2", "postcode": "shipping postal-code", "city": "shipping address-level2",
        "company": "organization", "vat_number": "off"}
    assert shown.one("#field-email")["inputmode"] == "email"
    assert shown.one("#field-postcode")["inputmode"] == "numeric"


def test_a_field_that_was_left_is_looked_at_alone_and_nothing_is_kept(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.go_on()
    token = shown.one("#details-form [name=form_token]")["value"]
    checked = anna.client.post(f"{linked.path}/details?act=check&field=postcode", data={
        "form_token": token, "email": "anna@", "name": "", "country": "SE", "postcode": "12"})
    assert checked.status_code == 200
    assert checked.words("#field-postcode-error") == "12 is not a postcode in Sweden"
    assert not checked.page.select("#field-email-error, #field-name-error")
    assert checked.one("#field-email")["value"] == "anna@"
    session.rollback()
    kept = session.scalars(select(CheckoutSession)).one()
    assert (kept.email, kept.postcode, kept.details_at) == ("anna@example.com", "", None)
