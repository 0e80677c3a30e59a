"""What is brought along to a new copy, whatever it is: it never goes below a minimum or over what the agent decided."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomField
from sales_portal.checkout import copying, prefilling
from sales_portal.checkout.prefilling import Brought
from sales_portal.core import clock
from sales_portal.core.money import LARGEST
from sales_portal.links import parameters as names
from sales_portal.pricing.service import HIGHEST
from sales_portal.storefront.forms import parameters
from tests import make

QUESTION = CustomField(slug="po", label="Purchase order", hint="", is_required=False, position=1)
TEXTS = st.one_of(
    st.text(max_size=40), st.text(min_size=201, max_size=600), st.integers().map(str),
    st.sampled_from(["<script>alert(1)</script>", "12,50 €", "50 USD", "-1", "1e9", "\x00", "\ud800", "١٢", "SALE",
                     "anna@example.com", "a@b@c", "0", str(HIGHEST), str(HIGHEST + 1),
                     str(LARGEST), "{{7*7}}", "' OR 1=1 --"]))
NAMES = (names.EMAIL, names.NAME, names.CODE, names.AMOUNT, names.PRODUCT, "reference_id",
         "utm_source", "utm_content", "custom_field_data.po", "custom_field_data.other", "custom_field_data.", "locale")
QUERIES = st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6)


@given(sent=QUERIES)
@settings(max_examples=150, deadline=None)
def test_whatever_is_read_is_written_and_read_again_as_the_same(sent: dict[str, str]) -> None:
    """V144: what rides from the first page to *Continue* is what was accepted, within the limits of typed input."""
    brought = parameters.read(sent, lambda: [QUESTION])
    again = parameters.read(parameters.write(brought), lambda: [QUESTION])
    assert parameters.write(again) == parameters.write(brought)
    assert len(brought.email) <= 254
    assert len(brought.name) <= 200
    assert brought.amount is None or brought.amount >= 0
    assert set(brought.answers) <= {"po"}
    assert all(0 < len(text) <= 500 for text in (*brought.answers.values(), *brought.metadata.values()))
    assert not any(sign in text for text in parameters.write(brought).values() for sign in "\x00\n\r")


def test_no_copy_costs_less_than_the_agent_and_the_minimum_say(session: Session) -> None:
    """V144, P-08 with P-20, C-27: a locked price stays, a minimum holds, a forbidden code takes nothing off."""
    shop = make.shop(session)
    make.discount(session, 50_000, code="SALE")
    gift = make.product(session, "Gift", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10_000, minimum=5_000)
    selection = make.selection(session, shop, {gift: 1})
    make.line(session, selection, shop.chair, special_price=90_000)
    link = make.link(session, selection, allows_discount_codes=False, metadata={"utm_source": "agent"}).link

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(sent=QUERIES)
    def holds(sent: dict[str, Any]) -> None:
        brought = parameters.read(sent, list)
        visit = copying.draft(session, link, clock.now(), None, brought)
        lines = {line.title: line for line in visit.lines}
        asked = brought.amount
        named = asked if asked is not None and 5_000 <= asked <= HIGHEST else 10_000
        assert lines["Gift"].unit_amount == named
        assert lines["Oak chair, natural"].unit_amount == 90_000
        assert visit.total_amount == named + 90_000 + 5_900
        assert (visit.has_discounts, visit.session_metadata["utm_source"]) == (False, "agent")

    holds()


def test_what_a_link_leaves_open_is_all_that_is_left_of_it(session: Session) -> None:
    shop = make.shop(session)
    link = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                     prefill={"email": "anna@example.com"}, prefill_locks=("email",), metadata={"crm": "1"}).link
    brought = Brought(email="bo@example.com", name="Bo", discount_code="SALE", amount=5, product_id=7,
                      metadata={"crm": "2", "utm_source": "blog"})
    assert prefilling.left_open(brought, link) == Brought(name="Bo", amount=5, metadata={"utm_source": "blog"})
