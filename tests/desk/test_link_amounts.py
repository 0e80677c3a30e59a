"""What a customer pays as they like: the amount a link starts with, and whether it may be changed."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Answer, Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def gift(session: Session, shop: Shop) -> Selection:
    """A chair and a gift card from 50 up that usually costs 500."""
    card = make.product(session, "Gift card", kind="service", prices={}, is_pay_what_you_want=True)
    make.price(session, shop.pricelist, card, 50_000, minimum=5_000)
    return make.selection(session, shop, {shop.chair: 1, card: 2})


def test_the_amount_of_what_one_pays_as_one_likes_is_filled_in_and_may_be_fixed(
        maria: Client, session: Session, gift: Selection) -> None:
    """P-21, C-15: what the checkout starts with is what the promise says and the row holds."""
    shown = linking.dialog(maria, gift)
    assert linking.values(shown, "prefill-amount-2") == ["500,00"]
    assert shown.page.select("[name='prefill-amount-1']") == []
    typed = {"prefill-amount-2": "750", "lock": ["amount-2"]}
    told = linking.preview(maria, gift, shown, **typed).words("#promise").replace("\xa0", " ")
    assert "for 2 759,00 kr" in told
    linking.create(maria, linking.dialog(maria, gift), **typed)
    link = linking.only_link(session)
    assert (link.prefill["amount-2"], link.prefill_locks) == ("75000", ["amount-2"])
    assert link.total_amount == 120_000 + 2 * 75_000 + 5_900
    page = maria.get(f"/links/{link.number}")
    assert isinstance(page, Answer)
    assert "Amount of Gift card, filled in 750,00 kr (fixed)" in page.words("#link-facts").replace("\xa0", " ")


@pytest.mark.parametrize(("typed", "told"), [
    ("49,99", "Enter at least 50,00"), ("-60", "Enter at least 50,00"), ("much", "Enter an amount like 1080,50"),
    ("", "Fill in the amount before you fix it")])
def test_an_amount_below_the_least_or_none_at_all_is_said_at_its_field(
        maria: Client, gift: Selection, typed: str, told: str) -> None:
    answer = linking.create(maria, linking.dialog(maria, gift), **{"prefill-amount-2": typed, "lock": ["amount-2"]})
    assert answer.status_code == 422
    assert answer.words("[id='field-prefill-amount-2-error']").replace("\xa0", " ") == told
    assert linking.values(answer, "prefill-amount-2") == [typed]
    assert answer.one("#link-more-parts").get("open") is not None
