"""Who sits on the seats of a training: asked of the customer wherever the agent left a seat open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.checkout import pricing, queries
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _
from sales_portal.core.writing import change
from sales_portal.customers import service as customers
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.agreeing import LONGEST_EMAIL, LONGEST_NAME, Learner

Who = Mapping[str, str]
NOBODY = {"name": "", "email": ""}
Seat = tuple[int, int]
"""A line and a seat of it, counted from 1."""


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of one line in order: who is known to sit there, and which of them the agent named."""

    line_no: int
    title: str
    learners: tuple[Learner, ...]
    given: frozenset[int]

    @property
    def is_complete(self) -> bool:
        """Whether everybody is known."""
        return all(learner.name for learner in self.learners)

    @property
    def open(self) -> list[int]:
        """The seats the customer is asked about."""
        return [seat for seat in range(1, len(self.learners) + 1) if seat not in self.given]


def list_seats(session: Session, visit: CheckoutSession, link: CheckoutLink) -> list[Seats]:
    """The seats of every training in the copy; without any, nothing more is read than the lines."""
    queries.load_lines(session, visit)
    lines = [line for line in pricing.items_of(visit) if _has_seats(line)]
    offered = {line.line_no: line.learners for line in links.list_lines(session, link.id)} if lines else {}
    return [_seats(line, offered.get(line.line_no, [])) for line in lines]


def check(learner: Learner) -> dict[str, str]:
    """What is wrong with who was named for a seat, by `name` and `email`: the name is needed, the e-mail is not."""
    wrong = {}
    if not learner.name:
        wrong["name"] = _("Enter the name of who takes this seat")
    elif len(learner.name) > LONGEST_NAME:
        wrong["name"] = _("Enter a name with at most {count} characters", count=LONGEST_NAME)
    if learner.email and not _is_email(learner.email):
        wrong["email"] = _("Enter an e-mail address like name@example.com")
    return wrong


def name_learners(session: Session, visit: CheckoutSession, seats: Sequence[Seats],
                  named: Mapping[Seat, Learner]) -> None:
    """Keep who takes the open seats of the copy; what the agent named stays, whatever `named` says.

    Seats that `named` does not have stay as they are. Raises `Invalid` for one without a name or with no e-mail.
    """
    lines = {line.line_no: line for line in pricing.items_of(visit)}
    for one in seats:
        kept = list(one.learners)
        for seat in one.open:
            kept[seat - 1] = named.get((one.line_no, seat), kept[seat - 1])
            if (one.line_no, seat) in named:
                _refuse_wrong(kept[seat - 1], one.line_no, seat)
        change(session, (lines[one.line_no], {
            "learners": [{"name": learner.name, "email": learner.email} for learner in kept]}))
    if seats:
        # An order takes lines that were read before its locks only where the copy's version is still the same.
        change(session, (visit, {}), counting="version")


def follow_quantity(visit: CheckoutSession, given: Mapping[int, Sequence[Who]] | None = None) -> None:
    """After a change of the lines: seats that are gone have nobody on them, and new ones are asked about.

    `given` is whom the agent named on the seats of a line, who sit there again when their seat is back.
    """
    for line in pricing.items_of(visit):
        if _has_seats(line):
            line.learners = seated((given or {}).get(line.line_no, ()), line.learners, line.quantity)
            if len([learner for learner in line.learners if learner["name"]]) < line.quantity:
                visit.details_at = None


def seated(given: Sequence[Who], kept: Sequence[Who], quantity: int) -> list[dict[str, str]]:
    """Who sits on `quantity` seats: whom the agent named, else who was kept; open seats at the end are left out."""
    seats = [dict(NOBODY) for seat in range(quantity)]
    for known in (kept, given):
        for seat, learner in enumerate(known[:quantity]):
            if learner["name"] or known is kept:
                seats[seat] = dict(learner)
    while seats and not any(seats[-1].values()):
        seats.pop()
    return seats


def _refuse_wrong(learner: Learner, line_no: int, seat: int) -> None:
    for part, text in check(learner).items():
        raise Invalid(f"learner-{line_no}-{seat}-{part}", text)


def _has_seats(line: CheckoutSessionLine) -> bool:
    return line.product_kind == "training"


def _seats(line: CheckoutSessionLine, offered: Sequence[Mapping[str, str]]) -> Seats:
    known = [Learner(**learner) for learner in line.learners[:line.quantity]]
    learners = (*known, *(Learner(),) * (line.quantity - len(known)))
    given = frozenset(seat for seat, learner in enumerate(offered[:line.quantity], 1) if learner["name"])
    return Seats(line.line_no, line.title, learners, given)


def _is_email(text: str) -> bool:
    try:
        return len(text) <= LONGEST_EMAIL and bool(customers.clean_email(text))
    except Invalid:
        return False
