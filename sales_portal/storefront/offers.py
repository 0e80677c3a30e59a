"""What a page shows of an offer: its lines and its totals, from the frozen link or from this browser's own copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.catalog.queries import Trial
from sales_portal.checkout import adding, copying, current, sold_out
from sales_portal.checkout import amounts as named
from sales_portal.checkout import queries as visits
from sales_portal.checkout.current import Amounts, Offered
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront.forms import quantities
from sales_portal.web import totals
from sales_portal.web.totals import Totals


@dataclass(frozen=True, slots=True)
class Row:
    """One product of the offer; amounts in minor units, `available` None where nothing can run out.

    With a `trial` nothing is paid now, and `list_amount` is the price of each period after it. What is not in stock
    and may be bought all the same follows after `follows_weeks`; what sold out may be waited for `could_wait_weeks`.
    With a `minimum_amount` the customer names the price, from there up, unless the agent fixed it. `added_variant` is
    set where the customer added it.
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
    answers: tuple[tuple[str, str], ...] = ()
    follows_weeks: int | None = None
    pack_size: int = 1
    could_wait_weeks: int | None = None
    minimum_amount: int | None = None
    offered_amount: int = 0
    may_name_price: bool = False
    product_id: int | None = None
    added_variant: int | None = None

    @property
    def suggestions(self) -> list[int]:
        """Amounts to choose from where the customer names the price, smallest first."""
        return sorted({self.minimum_amount or 0, self.list_amount, self.offered_amount} - {0})

    @property
    def is_added(self) -> bool:
        """Whether the customer added it."""
        return self.added_variant is not None

    @property
    def field(self) -> str:
        """The name of the field its quantity is typed in."""
        return f"{quantities.ADDED}{self.added_variant}" if self.is_added else f"{quantities.PREFIX}{self.line_no}"

    @property
    def total_amount(self) -> int:
        """Unit price times quantity, before any order discount."""
        return self.unit_amount * self.quantity

    @property
    def was_amount(self) -> int | None:
        """The pricelist's price where this one is lower; a price the customer names is compared with nothing."""
        is_lower = self.list_amount > self.unit_amount and self.trial is None and self.minimum_amount is None
        return self.list_amount if is_lower else None

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
    may_add: bool = False

    @property
    def offered(self) -> tuple[Row, ...]:
        """What the agent offers."""
        return tuple(row for row in self.rows if not row.is_added)

    @property
    def added(self) -> tuple[Row, ...]:
        """What the customer added."""
        return tuple(row for row in self.rows if row.is_added)

    @property
    def names_prices(self) -> bool:
        """Whether the customer says what anything of it costs."""
        return any(row.may_name_price for row in self.rows)

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
        """Whether nothing of what the agent offers is left."""
        return bool(self.rows) and all(row.is_gone for row in self.offered)

    @property
    def can_continue(self) -> bool:
        """Whether going on can lead to an order as things stand, or after a change the customer may make."""
        if self.is_sold_out:
            return False
        return all(row.is_added or (not row.is_gone and self.is_changeable(row)) for row in self.short)

    def is_changeable(self, row: Row) -> bool:
        """Whether the customer may take another quantity of `row`; a special price holds for one quantity."""
        return row.is_added or (self.may_change_quantities and not row.is_special_price)

    def most_of(self, row: Row) -> int | None:
        """How many of `row` the customer may take, in whole packs; None without a limit of the agent's."""
        return self.most_per_line - self.most_per_line % row.pack_size if self.most_per_line is not None else None


def offer_of(session: Session, link: CheckoutLink, visit: CheckoutSession | None = None) -> Offer:
    """The offer of `link`, with what this browser's copy changed where there is one; one statement.

    Subscription offers take one more, and so do prices that follow the pricelist, and what the customer added.
    """
    if visit is None and link.price_mode == "current":
        return _offer(session, link, copying.draft(session, link, clock.now()))
    return _offer(session, link, visit)


def _offer(session: Session, link: CheckoutLink, visit: CheckoutSession | None) -> Offer:
    return _built(session, link, visit, links.list_lines_with_stock(session, link.id))


def of_draft(session: Session, link: CheckoutLink, available: Sequence[int | None]) -> Offer:
    """The offer of a link that is not stored; `available` is what is left for each of its lines."""
    return _built(session, link, None, list(zip(link.lines, available, strict=True)))


def _built(session: Session, link: CheckoutLink, visit: CheckoutSession | None,
           offered: Sequence[tuple[Offered, int | None]]) -> Offer:
    added = adding.lines_of(visit) if visit is not None else []
    trials = catalog.list_trials(session, (
        line.offer_version_id for line in (*(line for line, _ in offered), *added) if not line.unit_amount))
    taken = {line.line_no: line.quantity for line in visit.lines if line.kind == "item"} if visit is not None else {}
    picks_one = link.changes == "pick_one"
    waited = {line.line_no: line.backorder_weeks for line in visit.lines} if visit is not None else {}
    if visit is not None and not picks_one:
        # What had sold out was left out.
        offered = [(line, available) for line, available in offered if line.line_no in taken]
    amounts = current.amounts_of(session, link, (line for line, _ in offered)) | _amounts_taken(visit)
    rows = tuple(_row(line, available, taken.get(line.line_no, line.quantity), trials, amounts[line.line_no],
                      line.pack_size, waited_weeks=waited.get(line.line_no), could_wait_weeks=line.could_wait_weeks,
                      may_name_price=named.may_name(link, line)) for line, available in offered)
    if visit is not None and added:
        rows += _added_rows(session, visit, trials, amounts)
    chosen = _chosen(rows, taken, link.preselected_line or 1) if picks_one else None
    return Offer(
        rows=rows, totals=totals.of_visit(visit, link) if visit is not None else totals.of_link(link),
        currency=link.currency, picks_one=picks_one, chosen=chosen,
        may_change_quantities=link.changes == "more" and link.may_change_quantities,
        most_per_line=link.max_per_line,
        knows_total=visit is not None or chosen in (None, link.preselected_line or 1), may_add=adding.may_add(link),
        may_go_without=sold_out.may_go_without(link))


def _added_rows(session: Session, visit: CheckoutSession, trials: Mapping[int, Trial],
                amounts: Mapping[int, Amounts]) -> tuple[Row, ...]:
    """What the customer added, in one statement; what the agent's lines take of the same stock is not there for it."""
    stand, rows = visits.list_added(session, visit.id), []
    for line in adding.lines_of(visit):
        pack_size, left = stand[line.line_no]
        if left is not None:
            left -= adding.count_beside(visit, line.stock_id)
        row = _row(line, left, line.quantity, trials, amounts[line.line_no], pack_size)
        rows.append(replace(row, added_variant=line.variant_id))
    return tuple(rows)


def _amounts_taken(visit: CheckoutSession | None) -> dict[int, Amounts]:
    """What the lines of this browser's copy cost since it was made."""
    items = [line for line in visit.lines if line.kind == "item"] if visit is not None else []
    return {line.line_no: Amounts(line.unit_amount, line.list_amount) for line in items}


def _chosen(rows: Sequence[Row], taken: Mapping[int, int], preselected: int) -> int:
    left = [row.line_no for row in rows if not row.is_gone]
    first = preselected if preselected in left or not left else left[0]
    return next(iter(taken), first)


def _row(line: Offered | CheckoutSessionLine, available: int | None, quantity: int, trials: Mapping[int, Trial],
         amounts: Amounts, pack_size: int, *, waited_weeks: int | None = None, could_wait_weeks: int | None = None,
         may_name_price: bool = False) -> Row:
    weeks = line.backorder_weeks if waited_weeks is None else waited_weeks
    follows = weeks if available is None or available < quantity else None
    available = available if weeks is None else None
    return Row(
        line_no=line.line_no, title=line.title, image=line.image, quantity=quantity,
        unit_amount=amounts.unit, list_amount=amounts.usual, is_special_price=line.is_special_price,
        offered_quantity=line.quantity, available=available, trial=trials.get(line.offer_version_id or 0),
        note=line.customer_note, answers=questions.said(line.answers, quantity), follows_weeks=follows,
        pack_size=pack_size, could_wait_weeks=could_wait_weeks,
        product_id=line.product_id, minimum_amount=line.minimum_amount, offered_amount=line.unit_amount,
        may_name_price=may_name_price)
