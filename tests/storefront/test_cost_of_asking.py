"""What a checkout costs in statements where its link asks for more: a code, a price, learners, a VAT number."""

from sqlalchemy.orm import Session

from tests import make
from tests.harness.statements import Counting
from tests.make import Shop
from tests.storefront.walking import DETAILS, Enter


def test_a_checkout_that_asks_for_everything_keeps_to_the_budget(
        session: Session, shop: Shop, enter: Enter, statements: Counting) -> None:
    """Landing at most 5, claim 15, each step 12."""
    make.discount(session, 10000, code="TEN")
    tree = make.product(session, "Plant a tree", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, tree, 25_000, minimum=10_000)
    course = make.training(session, "Wood care", at=shop.warehouse, prices={shop.pricelist: 50_000})
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1, tree: 1, course: 1}, for_anyone=True,
                                               discount=make.discount(session, 5000)), allows_discount_codes=True)
    session.commit()
    buyer = enter(linked)
    with statements(at_most=5):
        first = buyer.look()
    token = str(first.page.select_one("#offer-form [name=form_token]")["value"])

    def send(path: str, **more: str) -> None:
        answer = buyer.client.post(linked.path + path, data={"form_token": token} | more)
        assert answer.status_code == 303, answer.text

    with statements(at_most=15):
        send("/visit", **{"amount-2": "300"})
    with statements(at_most=12):
        send("/details", **DETAILS, country="SE", **{"learner-3-1-buyer": "1"})
    with statements(at_most=12):
        send("/delivery", method=str(shop.shipping.id), code="TEN")
    with statements(at_most=12):
        total = buyer.look("/delivery").one("[name=shown_total]")["value"]
    with statements(at_most=12):
        send("/payment", shown_total=str(total), method=str(shop.shipping.id))
    with statements(at_most=5):
        buyer.look()
