"""What a page shows of an offer: its lines and its totals, from the frozen link or from this browser's own copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.queries import Trial
from sales_portal.checkout import current, sold_out
from sales_portal.checkout import service as checkout
from sales_portal.checkout.current import Amounts, Offered
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront import totals
from sales_portal.storefront.totals import Totals


@dataclass(frozen=True, slots=True)
class Row:
    """One product of the offer; amounts in minor units, `available` None where nothing can run out.

    With a `trial` nothing is paid now, and `list_amount` is the price of each period after it. What is not in stock
    and may be bought all the same follows after `follows_weeks`; what sold out may be waited for `could_wait_weeks`.
    """

    line_no: int
    title: str
    image: str | None
    quantity: int
    unit_amount: int
    list_amount: int
    is_special_price: bool
    offered_quantity: int
    available: int | None
    trial: Trial | None = None
    note: str = ""
    follows_weeks: int | None = None
    pack_size: int = 1
    could_wait_weeks: int | None = None

    @property
    def total_amount(self) -> int:
        """Unit price times quantity, before any order discount."""
        return self.unit_amount * self.quantity

    @property
    def was_amount(self) -> int | None:
        """The pricelist's price where this one is lower."""
        return self.list_amount if self.list_amount > self.unit_amount and self.trial is None else None

    @property
    def period_amount(self) -> int:
        """What each period after the trial costs, before tax that comes on top."""
        return self.list_amount * self.quantity

    @property
    def is_gone(self) -> bool:
        """Whether there is none left at all."""
        return self.available is not None and self.available <= 0

    @property
    def is_short(self) -> bool:
        """Whether there is less left than wanted."""
        return self.available is not None and self.available < self.quantity


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything of an offer one page shows. `chosen` is the picked line where the customer picks one.

    `knows_total` is false where `totals` are another product's: nothing was picked yet and the first is sold out.
    """

    rows: tuple[Row, ...]
    totals: Totals
    currency: str
    picks_one: bool
    chosen: int | None
    may_change_quantities: bool
    most_per_line: int | None
    knows_total: bool = True
    may_go_without: bool = False

    @property
    def lines_count(self) -> int:
        """How many lines the customer takes."""
        return 1 if self.picks_one else len(self.rows)

    @property
    def short(self) -> tuple[Row, ...]:
        """What stands in the way of buying: lines with too little left that the customer takes."""
        taken = [row for row in self.rows if not self.picks_one or row.line_no == self.chosen]
        return tuple(row for row in taken if row.is_short)

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing of it is left."""
        return bool(self.rows) and all(row.is_gone for row in self.rows)

    @property
    def can_continue(self) -> bool:
        """Whether going on can lead to an order as things stand, or after a change the customer may make."""
        if self.is_sold_out:
            return False
        return all(not row.is_gone and self.is_changeable(row) for row in self.short)

    def is_changeable(self, row: Row) -> bool:
        """Whether the customer may take another quantity of `row`; a special price holds for one quantity."""
        return self.may_change_quantities and not row.is_special_price

    def most_of(self, row: Row) -> int | None:
        """How many of `row` the customer may take, in whole packs; None without a limit of the agent's."""
        return self.most_per_line - self.most_per_line % row.pack_size if self.most_per_line is not None else None


def offer_of(session: Session, link: CheckoutLink, visit: CheckoutSession | None = None) -> Offer:
    """The offer of `link`, with what this browser's copy changed where there is one; one statement.

    Subscription offers take one more, and so do prices that follow the pricelist.
    """
    if visit is None and link.price_mode == "current":
        return _offer(session, link, checkout.draft(session, link, clock.now()))
    return _offer(session, link, visit)


def _offer(session: Session, link: CheckoutLink, visit: CheckoutSession | None) -> Offer:
    return _built(session, link, visit, links.list_lines_with_stock(session, link.id))


def of_draft(session: Session, link: CheckoutLink, available: Sequence[int | None]) -> Offer:
    """The offer of a link that is not stored; `available` is what is left for each of its lines."""
    return _built(session, link, None, list(zip(link.lines, available, strict=True)))


def _built(session: Session, link: CheckoutLink, visit: CheckoutSession | None,
           offered: Sequence[tuple[Offered, int | None]]) -> Offer:
    trials = catalog.list_trials(session, (line.offer_version_id for line, _ in offered if not line.unit_amount))
    taken = {line.line_no: line.quantity for line in visit.lines if line.kind == "item"} if visit is not None else {}
    picks_one = link.changes == "pick_one"
    waited = {line.line_no: line.backorder_weeks for line in visit.lines} if visit is not None else {}
    if visit is not None and not picks_one:
        # What had sold out was left out.
        offered = [(line, available) for line, available in offered if line.line_no in taken]
    amounts = current.amounts_of(session, link, (line for line, _ in offered)) | _amounts_taken(visit)
    rows = tuple(_row(line, available, taken.get(line.line_no, line.quantity), trials, amounts[line.line_no],
                      waited.get(line.line_no))
                 for line, available in offered)
    chosen = _chosen(rows, taken, link.preselected_line or 1) if picks_one else None
    return Offer(
        rows=rows, totals=totals.of_visit(visit, link) if visit is not None else totals.of_link(link),
        currency=link.currency, picks_one=picks_one, chosen=chosen,
        may_change_quantities=link.changes == "more" and link.may_change_quantities,
        most_per_line=link.max_per_line,
        knows_total=visit is not None or chosen in (None, link.preselected_line or 1),
        may_go_without=sold_out.may_go_without(link))


def _amounts_taken(visit: CheckoutSession | None) -> dict[int, Amounts]:
    """What the lines of this browser's copy cost since it was made."""
    items = [line for line in visit.lines if line.kind == "item"] if visit is not None else []
    return {line.line_no: Amounts(line.unit_amount, line.list_amount) for line in items}


def _chosen(rows: Sequence[Row], taken: Mapping[int, int], preselected: int) -> int:
    left = [row.line_no for row in rows if not row.is_gone]
    first = preselected if preselected in left or not left else left[0]
    return next(iter(taken), first)


def _row(line: Offered, available: int | None, quantity: int, trials: Mapping[int, Trial],
         amounts: Amounts, waited_weeks: int | None = None) -> Row:
    weeks = line.backorder_weeks if waited_weeks is None else waited_weeks
    follows = weeks if available is None or available < quantity else None
    available = available if weeks is None else None
    return Row(
        line_no=line.line_no, title=line.title, image=line.image, quantity=quantity,
        unit_amount=amounts.unit, list_amount=amounts.usual, is_special_price=line.is_special_price,
        offered_quantity=line.quantity, available=available, trial=trials.get(line.offer_version_id or 0),
        note=line.customer_note, follows_weeks=follows, pack_size=line.pack_size,
        could_wait_weeks=line.could_wait_weeks)
