"""What pages show about approvals: what needs a yes and who may give it, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_timedelta

from sales_portal.accounts.models import Staff
from sales_portal.approvals import deciding, rules
from sales_portal.approvals import queries as approvals
from sales_portal.approvals import service as approving
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Need, Offered, Terms, Why
from sales_portal.desk.forms.approvals import AskForm
from sales_portal.selections import basket as baskets
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
class InBuilder:
    """What the builder says: the newest request, what needs a yes now, and the lines that are asked about."""

    newest: Approval | None
    needs: tuple[Need, ...]
    approvers: str

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is due."""
        return self.newest is not None and self.newest.status == "waiting"

    def asks_about(self, line_id: int) -> bool:
        """Whether a change to this line withdraws what was asked for."""
        return self.newest is not None and self.is_waiting and any(
            item.asked.get("line_id") == line_id for item in self.newest.items)


def in_builder(basket: Basket) -> InBuilder:
    """What there is to say about `basket` under the terms it has so far."""
    session, selection = db.session(), basket.selection
    terms = Terms(ignores_shipping=selection.ignores_shipping, ignores_tax=selection.ignores_tax)
    newest = approvals.get_newest(session, selection.id)
    found = approving.list_needs(session, basket, terms, staff.current_staff().id)
    is_waiting = newest is not None and newest.status == "waiting"
    return InBuilder(newest, found, names(approving.list_able(session, newest)) if newest and is_waiting else "")


def asking(basket: Basket, terms: Terms) -> Asking | None:
    """What the Link dialog asks for under `terms`; None where nothing needs a yes."""
    session, person = db.session(), staff.current_staff()
    needs = approving.list_needs(session, basket, terms, person.id)
    if not needs:
        return None
    newest = approvals.get_newest(session, basket.selection.id)
    items = [ApprovalItem(kind=need.kind, asked=deciding.asked_of(need)) for need in needs]
    able = approving.able_of(approvals.list_deciders(session, person), items)
    usual = approvals.usual_answer_time(session, [decider.id for decider in able])
    return Asking(tuple(text for need in needs for text in words(need, person)), names(able), duration(usual),
                  newest if newest is not None and newest.status == "waiting" else None, AskForm())


def settle(selection: Selection) -> str:
    """Withdraw the request that waits where an act changed what was asked for; says so, or nothing."""
    session = db.session()
    newest = approvals.get_newest(session, selection.id)
    if newest is None or newest.status != "waiting":
        return ""
    basket = baskets.read_basket(session, selection)
    withdrawn = approving.withdraw_changed(session, basket, by=staff.current_staff().actor)
    return f"{withdrawn.number} is withdrawn: what you asked for has changed." if withdrawn is not None else ""


def words(need: Need, person: Staff) -> list[str]:
    """Why a part needs a yes, a sentence each."""
    line = need.line
    if line is None:
        return [f"{SITE_ASKS[why]}: this site asks for a yes." for why in need.whys]
    return [_why(why, line, person) for why in need.whys]


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


def _why(why: Why, line: Offered, person: Staff) -> str:
    limit = person.price_limits[0]
    if why is Why.OVER_LIMIT and line.percent is not None and limit is not None:
        percent = formatting.percent(rounded(line.percent, limit))
        return f"{line.title}: {percent} is over your {formatting.percent(limit)} limit."
    if why is Why.BELOW_MARGIN:
        return f"{line.title}: below the minimum margin."
    return f"{line.title}: the pricelist has no price for it."


def rounded(percent: int, limit: int = rules.WHOLE) -> int:
    """A percentage to two decimals, unless that would look like the limit it is over."""
    short = (percent + 5) // 10 * 10
    return percent if percent > limit >= short else short


def margin(thousandths: int) -> str:
    """A margin to one decimal, written out."""
    return formatting.percent((thousandths + 50) // 100 * 100)


def discount(line: Offered) -> str:
    """How far below the list price a line is, written out; empty where there is none."""
    return "" if line.percent is None else formatting.percent(rounded(line.percent))
