"""What pages show about approvals: what needs a yes and who may give it, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_timedelta

from sales_portal.accounts.models import Staff
from sales_portal.approvals import deciding, rules
from sales_portal.approvals import queries as approvals
from sales_portal.approvals import service as approving
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Need, Offered, Terms, Whole, Why
from sales_portal.core.money import Money
from sales_portal.desk.forms.approvals import AskForm
from sales_portal.links import presets
from sales_portal.selections import basket as baskets
from sales_portal.selections.acts import CLOSED
from sales_portal.selections.basket import Basket
from sales_portal.selections.models import Selection
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

SITE_ASKS = {Why.IGNORES_SHIPPING: "Shipping is not charged", Why.IGNORES_TAX: "Tax is not charged",
             Why.SELLS_MANY: "The link can be paid more than once"}


@dataclass(frozen=True, slots=True)
class Asking:
    """The part of the Link dialog that asks: what needs a yes, who may give it and how soon they usually do."""

    whys: tuple[str, ...]
    approvers: str
    usually: str
    waiting: Approval | None
    form: AskForm


@dataclass(frozen=True, slots=True)
class Part:
    """What whoever decides sees of a line or of all lines; percentages are written out, and empty where unknown."""

    title: str
    list_price: Money | None
    price: Money
    discount: str
    margin: str
    list_margin: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InBuilder:
    """What the builder says: the newest request, what needs a yes now, who may give it, and what of all lines."""

    newest: Approval | None
    needs: tuple[Need, ...]
    approvers: str
    of_whole: tuple[str, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is due."""
        return self.newest is not None and self.newest.status == "waiting"

    @property
    def line_ids(self) -> frozenset[int]:
        """The lines that need a yes nobody has given yet."""
        return frozenset(need.line.line_id for need in self.needs if need.line is not None)

    def asks_about(self, line_id: int) -> bool:
        """Whether a change to this line withdraws what was asked for."""
        return self.newest is not None and self.is_waiting and any(
            item.kind == "whole" or item.asked.get("line_id") == line_id for item in self.newest.items)


def in_builder(basket: Basket) -> InBuilder:
    """What there is to say about `basket` under the terms it has so far; nothing once it is closed."""
    session, selection = db.session(), basket.selection
    if selection.status in CLOSED:
        return InBuilder(None, (), "")
    terms = Terms(ignores_shipping=selection.ignores_shipping, ignores_tax=selection.ignores_tax)
    newest, person = approvals.get_newest(session, selection.id), staff.current_staff()
    found = approving.list_needs(session, basket, terms, person.id)
    if newest is not None and newest.status == "waiting":
        approvers = names(approving.list_able(session, newest))
    else:
        approvers = names(_able(found, person)) if found else ""
    return InBuilder(newest, found, approvers, tuple(_of_whole(found, approvers, person)))


def waiting_for(selection: Selection, line_id: int) -> str:
    """The number of the request that a change to this line would withdraw; empty where none would be."""
    newest = approvals.get_newest(db.session(), selection.id)
    return newest.number if newest is not None and InBuilder(newest, (), "").asks_about(line_id) else ""


def asking(basket: Basket, terms: Terms) -> Asking | None:
    """What the Link dialog asks for under `terms`; None where nothing needs a yes."""
    session, person = db.session(), staff.current_staff()
    needs = approving.list_needs(session, basket, terms, person.id)
    if not needs:
        return None
    newest = approvals.get_newest(session, basket.selection.id)
    able = _able(needs, person)
    usual = approvals.usual_answer_time(session, [decider.id for decider in able])
    return Asking(tuple(text for need in needs for text in words(need, person)), names(able), duration(usual),
                  newest if newest is not None and newest.status == "waiting" else None, AskForm())


def settle(selection: Selection) -> str:
    """Withdraw the request that waits where an act changed what was asked for; says so, or nothing."""
    session = db.session()
    newest = approvals.get_newest(session, selection.id)
    if newest is None or newest.status != "waiting":
        return ""
    basket = presets.apply_packed(session, baskets.read_basket(session, selection), newest.terms)
    withdrawn = approving.withdraw_changed(session, basket, by=staff.current_staff().actor)
    return f"{withdrawn.number} is withdrawn: what you asked for has changed." if withdrawn is not None else ""


def words(need: Need, person: Staff) -> list[str]:
    """Why a part needs a yes, a sentence each."""
    part = need.line or need.whole
    if part is None:
        return [f"{SITE_ASKS[why]}: this site asks for a yes." for why in need.whys]
    return [_why(why, part, title_of(part), person) for why in need.whys]


def title_of(part: Offered | Whole) -> str:
    """What a part that has a price is called."""
    return part.title if isinstance(part, Offered) else f"All lines with {part.labels}"


def names(people: Iterable[Staff]) -> str:
    """Who may answer: one, or one of several."""
    found = [person.name for person in people]
    return f"{', '.join(found[:-1])} or {found[-1]}" if len(found) > 1 else "".join(found)


def duration(taken: timedelta | None) -> str:
    """A time people take, roughly; empty where nobody knows."""
    return "" if taken is None else format_timedelta(max(taken, timedelta(minutes=1)), locale=formatting.locale())


def beyond(items: Sequence[ApprovalItem], person: Staff) -> list[str]:
    """Why this person may not say yes to all of these, in words."""
    return [approving.WORDS[why] for why in deciding.list_beyond(items, person)]


def _able(needs: Iterable[Need], person: Staff) -> list[Staff]:
    items = [ApprovalItem(kind=need.kind, asked=deciding.asked_of(need)) for need in needs]
    return approving.able_of(approvals.list_deciders(db.session(), person), items)


def _of_whole(needs: Iterable[Need], approvers: str, person: Staff) -> Iterator[str]:
    who = f"{approvers or 'A manager'} can approve it."
    for need in needs:
        if need.whole is not None:
            yield from (f"{_why(why, need.whole, title_of(need.whole), person)} {who}" for why in need.whys)


def _why(why: Why, part: Offered | Whole, title: str, person: Staff) -> str:
    limit = person.price_limits[0]
    if why is Why.OVER_LIMIT and part.percent is not None and limit is not None:
        percent = formatting.percent(rounded(part.percent, limit))
        return f"{title}: {percent} is over your {formatting.percent(limit)} limit."
    if why is Why.BELOW_MARGIN:
        return f"{title}: below the minimum margin."
    return f"{title}: the pricelist has no price for it."


def rounded(percent: int, limit: int = rules.WHOLE) -> int:
    """A percentage to two decimals, unless that would look like the limit it is over."""
    short = (percent + 5) // 10 * 10
    return percent if percent > limit >= short else short


def margin(thousandths: int) -> str:
    """A margin to one decimal, written out."""
    return formatting.percent((thousandths + 50) // 100 * 100)


def part_of(item: ApprovalItem) -> Part | None:
    """A part that has a price; None for one of the terms."""
    line, whole = deciding.line_of(item), deciding.whole_of(item)
    if whole is not None:
        all_listed, asked = (Money(amount, whole.currency) for amount in (whole.list_amount, whole.asked_amount))
        return Part(title_of(whole), all_listed, asked, _discount(whole), _margin(whole.margin))
    if line is None:
        return None
    listed = Money(line.list_amount, line.currency) if line.list_amount is not None else None
    return Part(f"{line.quantity} × {line.title}", listed, Money(line.unit_amount, line.currency), _discount(line),
                _margin(line.margin), _margin(line.list_margin), line.reason)


def _margin(thousandths: int | None) -> str:
    return "" if thousandths is None else margin(thousandths)


def _discount(part: Offered | Whole) -> str:
    return "" if part.percent is None else formatting.percent(rounded(part.percent))
