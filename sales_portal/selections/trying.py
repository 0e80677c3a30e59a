"""A switch of market or pricelist as it would end, before anything is changed."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.core.money import Money
from sales_portal.history.service import Actor
from sales_portal.selections import basket, service
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.selections.models import Selection
from sales_portal.selections.switching import Choices, Switched


@dataclass(frozen=True, slots=True)
class Tried:
    """What a switch would do: `switched` before any choice, `after` with the choices made."""

    switched: Switched
    after: Basket

    @property
    def rows(self) -> list[tuple[BasketRow, BasketRow | None]]:
        """Each line before and after; None where it would be taken out."""
        return [(row, self.after.row(row.line_id)) for row in self.switched.before.rows]

    @property
    def after_total(self) -> Money:
        """What the customer would pay."""
        return Money(self.after.quote.total_amount, self.after.quote.currency)


def try_switch(session: Session, selection: Selection, market_id: int, pricelist_id: int | None, choices: Choices, *,
               by: Actor) -> Tried:
    """Do the switch, read what came of it, and take it back: what is shown is what pressing the button does."""
    step = session.begin_nested()
    try:
        switched = service.switch_market(session, selection, market_id, pricelist_id, by=by, choices=choices)
        return Tried(switched, basket.read_basket(session, selection))
    finally:
        step.rollback()
