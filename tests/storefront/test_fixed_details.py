"""What the agent fixed stands as text and stays, whatever is posted; and one address alone may pay."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import Order
from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Enter

KNOWN = {**DETAILS, "country": "SE", "phone": "+46 70 123 45 67", "company": "Möbler AB"}


def the_copy(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession)).one()


def fixed(session: Session, shop: Shop, *locks: str, **prefill: str) -> Linked:
    """A link for a chair with these names locked."""
    return make.link(session, make.selection(session, shop, {shop.chair: 1}),
                     prefill={**KNOWN, **prefill}, prefill_locks=locks)


@pytest.mark.parametrize("name", ["email", "name", "company"])
def test_a_fixed_field_is_text_and_what_is_posted_for_it_is_ignored(
        session: Session, shop: Shop, enter: Enter, name: str) -> None:
    anna = enter(fixed(session, shop, name))
    anna.go_on()
    shown = anna.look("/details")
    assert shown.page.select(f"[name={name}]") == []
    assert KNOWN[name] in shown.words("#fixed-details")
    anna.submit(shown, "#details-form", **{name: "eve@example.com", "city": "Lund"})
    assert anna.where == "/delivery"
    visit = the_copy(session)
    assert (getattr(visit, name), visit.city) == (KNOWN[name], "Lund")


def test_a_fixed_address_is_one_and_another_country_cannot_be_posted(
        session: Session, shop: Shop, enter: Enter) -> None:
    make.shipping(session, shop.market, {"NO": 99900})
    anna = enter(fixed(session, shop, "address"))
    anna.go_on()
    shown = anna.look("/details")
    assert shown.page.select("#details-address") == []
    assert "Storgatan 1 111 22 Stockholm" in shown.words("#fixed-details")
    anna.submit(shown, "#details-form", country="NO", street="Elsewhere 1", street_2="c/o Eve", name="Anna S.")
    visit = the_copy(session)
    assert (visit.country, visit.street, visit.street_2, visit.city) == ("SE", "Storgatan 1", "", "Stockholm")
    assert (visit.name, visit.total_amount) == ("Anna S.", 125900)


def test_a_fixed_answer_and_a_fixed_phone_stay(session: Session, shop: Shop, enter: Enter) -> None:
    session.add(CustomField(slug="po", label="Order number", is_required=True))
    shop.shipping.needs_phone = True
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                       prefill={**KNOWN, "custom-po": "PO-7"}, prefill_locks=("custom-po", "phone"))
    anna = enter(linked)
    anna.go_on()
    shown = anna.look("/details")
    assert "Order number PO-7" in shown.words("#fixed-details")
    anna.submit(shown, "#details-form", **{"custom-po": "PO-8"})
    assert anna.page is not None
    assert "The driver calls +46 70 123 45 67 ." in anna.page.words("#delivery-methods")
    assert anna.page.page.select("[name^=phone]") == []
    anna.pay(**{f"phone-{shop.shipping.id}": "+46 70 999 99 99"})
    visit = the_copy(session)
    assert (visit.custom_fields, visit.phone) == ({"po": "PO-7"}, "+46 70 123 45 67")


def test_what_is_prefilled_and_not_fixed_can_be_changed(session: Session, shop: Shop, enter: Enter) -> None:
    anna = enter(fixed(session, shop))
    anna.go_on()
    shown = anna.look("/details")
    assert shown.page.select("#fixed-details") == []
    anna.submit(shown, "#details-form", name="Bo Berg", email="bo@example.com")
    assert (the_copy(session).name, the_copy(session).email) == ("Bo Berg", "bo@example.com")


def test_a_fixed_address_nothing_goes_to_is_told_and_not_paid(session: Session, shop: Shop, enter: Enter) -> None:
    anna = enter(fixed(session, shop, "address", country="NO"))
    shown = anna.go_on()
    assert anna.where == "/details"
    assert "We can't deliver to Norway" in shown.words("#unreachable")
    refused = anna.submit(shown, "#details-form", country="SE")
    assert refused.status_code == 422
    assert the_copy(session).details_at is None


def test_only_the_named_address_may_pay_and_it_is_never_shown(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), prefill=KNOWN, only_email_may_pay=True)
    anna = enter(linked)
    assert "Only a•••@example.com may pay" in anna.look().words("main")
    shown = anna.go_on()
    assert anna.where == "/details"
    assert "anna@example.com" not in shown.get_data(as_text=True)
    assert shown.words("#field-email-hint") == "This offer is for a•••@example.com. Enter that address."
    refused = anna.submit(shown, "#details-form", email="eve@example.com")
    assert refused.status_code == 422
    assert refused.words("#field-email-error") == (
        "This offer was made for another e-mail address. Enter the one it was sent to")
    assert refused.one("#field-name")["value"] == "Anna Svensson"
    assert the_copy(session).details_at is None
    anna.post("/payment", shown_total="125900", method=str(shop.shipping.id))
    session.rollback()
    assert session.scalars(select(Order)).all() == []
    anna.submit(refused, "#details-form", email=" Anna@Example.com ")
    assert anna.where == "/delivery"
    anna.buy()
    session.rollback()
    assert session.scalars(select(Order.email)).one().lower() == "anna@example.com"
