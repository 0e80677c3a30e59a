"""What each step of a purchase costs in statements, the test provider's own among them."""

from sqlalchemy.orm import Session

from tests import make
from tests.harness.statements import Counting
from tests.make import Shop
from tests.storefront.walking import DETAILS, Enter

PROVIDERS = 1


def test_each_step_of_a_purchase_takes_few_statements(
        session: Session, shop: Shop, enter: Enter, statements: Counting) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    session.commit()
    buyer = enter(linked)
    with statements(at_most=2):
        first = buyer.look()
    token = first.page.select_one("#offer-form [name=form_token]")
    assert token is not None
    typed = {"form_token": str(token["value"])}

    def send(path: str, **more: str) -> str:
        answer = buyer.client.post(linked.path + path, data=typed | more)
        assert answer.status_code == 303, answer.text
        return answer.location

    with statements(at_most=7):
        send("/visit")
    with statements(at_most=5):
        send("/details", **DETAILS, country="SE")
    total = buyer.look("/delivery").page.select_one("[name=shown_total]")
    assert total is not None
    with statements(at_most=6 + PROVIDERS):
        provider = send("/payment", shown_total=str(total["value"]), method=str(shop.shipping.id))
    buyer.submit(buyer.client.get("/test-provider/" + provider.rsplit("/", 1)[-1]), ".bank-form", decision="approve")
    # One of them tells what this customer bought, whom the agent named.
    with statements(at_most=14 + PROVIDERS):
        assert send("/payment/confirmation").endswith("/receipt")
    with statements(at_most=2):
        assert buyer.look("/receipt").status_code == 200
