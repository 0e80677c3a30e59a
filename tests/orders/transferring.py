"""What the tests of methods that take the money at once begin with."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.inventory.models import Stock, StockHold
from sales_portal.orders import placing
from sales_portal.orders.placing import Placing
from sales_portal.sites.methods import BANK_TRANSFER
from tests import make


def linked(session: Session, shop: make.Shop, quantity: int = 2, **terms: Any) -> make.Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: quantity}), **terms)


def paying(session: Session, link: make.Linked, decision: str | None = "approve") -> int:
    return make.payment(session, make.visit(session, link), decision, method=BANK_TRANSFER)


def place(session: Session, key: int) -> Placing:
    return placing.place_order(session, key, make.gateways(session), source="customer")


def stock_of_chairs(session: Session, shop: make.Shop) -> tuple[int, int]:
    held, on_hand = session.execute(
        select(Stock.held, Stock.on_hand).where(Stock.variant_id == shop.chair.id)).one()
    open_holds = session.scalars(select(StockHold.quantity).where(StockHold.released_at.is_(None))).all()
    assert sum(open_holds) == held
    return on_hand, held
