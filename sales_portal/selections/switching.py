"""Another market or pricelist: what would change, before anything does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import LARGEST, Money, increment, ratio
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Pricelist
from sales_portal.selections import basket, queries
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.selections.errors import NotSoldThere
from sales_portal.selections.models import Selection


@dataclass(frozen=True, slots=True)
class Choices:
    """What happens to lines that do not go along: taken out without a price, special prices kept as a discount.

    Otherwise such a line stays without a price, and such a special price goes. `amounts` are what lines that lose a
    special price cost there instead, by line, in minor units of the currency there.
    """

    takes_out: bool = False
    keeps_discounts: bool = False
    amounts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switched:
    """A selection before and after a switch of market or pricelist, line by line in the same order."""

    market: Market
    pricelist: Pricelist
    before: Basket
    after: Basket

    @property
    def before_total(self) -> Money:
        """What the customer would have paid."""
        return Money(self.before.quote.total_amount, self.before.quote.currency)

    @property
    def after_total(self) -> Money:
        """What the customer would pay now."""
        return Money(self.after.quote.total_amount, self.after.quote.currency)

    @property
    def rows(self) -> list[tuple[BasketRow, BasketRow]]:
        """Each line before and after."""
        return list(zip(self.before.rows, self.after.rows, strict=True))

    @property
    def without_price(self) -> list[BasketRow]:
        """The lines of products the new pricelist has no price for."""
        return [row for row in self.after.rows if row.unit_amount is None and not row.is_ad_hoc]

    @property
    def special_prices_removed(self) -> list[BasketRow]:
        """The lines that lose their special price, as they were before; ad-hoc lines are among them."""
        return [old for old, new in self.rows if old.is_special_price and not new.is_special_price]

    def special_price_of(self, line_id: int) -> int | None:
        """What a special price is there at the same discount, to the nearest payable sum; None without a list price."""
        old, new = next((old, new) for old, new in self.rows if old.line_id == line_id)
        if old.unit_amount is None or not old.list_amount or new.list_amount is None or old.is_ad_hoc:
            return None
        return ratio(new.list_amount * old.unit_amount, old.list_amount, increment(self.pricelist.currency))


def settle_lines(session: Session, selection: Selection, switched: Switched, choices: Choices) -> None:
    """Let the lines of `selection` go along as it was chosen; an amount of another currency is never kept."""
    lost = {row.line_id for row in switched.special_prices_removed}
    kept = {line_id: switched.special_price_of(line_id) for line_id in lost} if choices.keeps_discounts else {}
    kept |= {line_id: _checked(line_id, amount) for line_id, amount in choices.amounts.items() if line_id in lost}
    priced = {line_id for line_id, amount in kept.items() if amount is not None}
    out = {row.line_id for row in switched.without_price} - priced if choices.takes_out else set()
    changes_currency = switched.before_total.currency != switched.after_total.currency
    for line in queries.list_lines(session, selection.id):
        if line.id in out:
            session.delete(line)
            continue
        if line.id in lost:
            line.special_price_amount = kept.get(line.id)
            line.special_price_reason = line.special_price_reason if line.special_price_amount is not None else ""
        if changes_currency:
            line.chosen_amount = None


def _checked(line_id: int, amount: int) -> int:
    if not 0 <= amount <= LARGEST:
        raise Invalid(f"amount_{line_id}", "Enter an amount from 0 up" if amount < 0 else "Enter a smaller amount")
    return amount


def compare(session: Session, selection: Selection, market_id: int, pricelist_id: int | None = None) -> Switched:
    """What `selection` is and what it would be in that market and pricelist; changes nothing.

    Without a pricelist it is the market's first. Refuses an unknown market, and a pricelist not sold there.
    """
    market, pricelist = choose(session, market_id, pricelist_id)
    before = basket.read_basket(session, selection)
    return Switched(market, pricelist, before, basket.read_elsewhere(session, selection, market, pricelist))


def choose(session: Session, market_id: int, pricelist_id: int | None = None) -> tuple[Market, Pricelist]:
    """The market with its countries, and one of its pricelists: the named one, or its first."""
    market = markets.get_market(session, market_id)
    if market is None:
        raise NotFound(thing="this market")
    sold = pricing.list_pricelists(session, market.id)
    chosen = [pricelist for pricelist in sold if pricelist_id in (None, pricelist.id)]
    if not chosen:
        raise (NotSoldThere(market.name) if sold else Invalid("market", f"{market.name} has no pricelist yet."))
    return market, chosen[0]
