"""What adding products costs in statements, and that links without it pay nothing for it."""

from sqlalchemy.orm import Session

from tests import make
from tests.harness.statements import Counting
from tests.make import Shop
from tests.storefront.walking import Customer, Enter

UNLOCKED = {"changes": "more", "may_change_quantities": True, "may_add_products": True}


def test_an_unlocked_link_keeps_within_the_budgets(
        session: Session, shop: Shop, enter: Enter, statements: Counting) -> None:
    """Landing at most 5, claiming at most 15, however much was added."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), **UNLOCKED)
    other, *_ = make.many_products(session, 30, pricelist=shop.pricelist, warehouse=shop.warehouse)
    session.commit()
    anna = enter(linked)
    with statements(at_most=3):
        shown = anna.look()
    typed = {"form_token": str(shown.one("#offer-form [name=form_token]")["value"]), "from": "shop"}
    with statements(at_most=13):
        assert _add(anna, typed | {"variant": str(shop.bag.id)}) == 303
    _add(anna, typed | {"variant": str(other)})
    with statements(at_most=5):
        anna.look()
    with statements(at_most=4):
        anna.look("/shop")
    with statements(at_most=6):
        anna.look("/shop?q=oak+chair&kind=goods")


def test_a_link_with_quantities_alone_pays_nothing_for_it(
        session: Session, shop: Shop, enter: Enter, statements: Counting) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), changes="more",
                       may_change_quantities=True)
    session.commit()
    anna = enter(linked)
    with statements(at_most=2):
        anna.look()
    anna.go_on()
    with statements(at_most=3):
        anna.look()


def _add(anna: Customer, typed: dict[str, str]) -> int:
    return anna.client.post(f"{anna.linked.path}/additions", data=typed).status_code
