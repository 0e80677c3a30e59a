"""Who takes the seats of a training: a name and an e-mail for each seat, or a list where there are many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sales_portal.checkout import learners
from sales_portal.checkout.learners import Seat, Seats
from sales_portal.core import translation
from sales_portal.core.translation import _, _n
from sales_portal.selections import agreeing
from sales_portal.selections.agreeing import Learner
from sales_portal.storefront.forms.texts import one_line

MOST_FIELDS = 20
"""So many seats of a line have fields of their own; for more the names are typed or pasted as a list."""
LONGEST_LIST = 100_000


@dataclass(slots=True)
class SeatField:
    """One open seat as the page shows it; `is_buyer` where the buyer takes it, which only the first can be."""

    name: str
    number: int
    learner: Learner
    may_be_buyer: bool
    is_buyer: bool
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SeatGroup:
    """The seats of one line: those the agent named, and a field for each other one, or one list for all of them."""

    line_no: int
    title: str
    given: list[tuple[int, Learner]]
    fields: list[SeatField]
    open_count: int
    list_name: str = ""
    listed: str = ""
    error: str = ""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """What is wrong, by the id of its field."""
        has_many = len(self.fields) + len(self.given) > 1
        found = [(f"field-{one.name}-{part}", at(_("Seat {number}", number=one.number), text) if has_many else text)
                 for one in self.fields for part, text in one.errors.items()]
        return found + ([(f"field-{self.list_name}", self.error)] if self.error else [])


def groups_of(seats: Sequence[Seats], typed: Mapping[str, str] | None, buyer: Learner) -> list[SeatGroup]:
    """The seats as they are known, or as they were `typed`; `buyer` is who fills in the form."""
    return [_group(one, typed, buyer) for one in seats]


def check(groups: Sequence[SeatGroup]) -> bool:
    """Find what is wrong with what was typed, and tell whether all of it is right."""
    for group in groups:
        for one in group.fields:
            one.errors = {} if one.is_buyer else learners.check(one.learner)
        group.error = _wrong_list(group)
    return not any(group.mistakes for group in groups)


def named(groups: Sequence[SeatGroup], seats: Sequence[Seats], buyer: Learner) -> dict[Seat, Learner]:
    """Who was named for which seat."""
    found = {(group.line_no, one.number): buyer if one.is_buyer else one.learner
             for group in groups for one in group.fields}
    for group, one in zip(groups, seats, strict=True):
        listed = agreeing.read_learners(group.listed) if group.list_name else ()
        found |= {(one.line_no, seat): learner for seat, learner in zip(one.open, listed, strict=False)
                  if learner.name}
    return found


def _group(seats: Seats, typed: Mapping[str, str] | None, buyer: Learner) -> SeatGroup:
    given = [(seat, seats.learners[seat - 1]) for seat in sorted(seats.given)]
    group = SeatGroup(seats.line_no, seats.title, given, [], len(seats.open))
    if len(seats.open) <= MOST_FIELDS:
        group.fields = [_field(seats, seat, typed, buyer, is_first=place == 0) for place, seat in enumerate(seats.open)]
        return group
    group.list_name = f"learners-{seats.line_no}"
    known = agreeing.list_learners([seats.learners[seat - 1] for seat in seats.open]).rstrip()
    group.listed = known if typed is None else typed.get(group.list_name, "")[:LONGEST_LIST]
    return group


def _field(seats: Seats, seat: int, typed: Mapping[str, str] | None, buyer: Learner, *, is_first: bool) -> SeatField:
    name, known = f"learner-{seats.line_no}-{seat}", seats.learners[seat - 1]
    if typed is None:
        is_buyer = is_first and bool(known.name) and known == buyer
        return SeatField(name, seat, Learner() if is_buyer else known, is_first, is_buyer)
    learner = Learner(one_line(typed.get(f"{name}-name", "")), one_line(typed.get(f"{name}-email", "")))
    return SeatField(name, seat, learner, is_first, is_first and f"{name}-buyer" in typed)


def _wrong_list(group: SeatGroup) -> str:
    listed = agreeing.read_learners(group.listed)
    if len(listed) > group.open_count:
        return _n("{names} names are too many for {count} seat", "{names} names are too many for {count} seats",
                  group.open_count, names=len(listed))
    for number, learner in enumerate(listed, 1):
        for text in learners.check(learner).values() if learner.name or learner.email else ():
            return at(_("Line {number}", number=number), text)
    return ""


def at(place: str, text: str) -> str:
    """A mistake with the place it is in, where that is named."""
    inside = text[:1].lower() + text[1:] if translation.language() == translation.ENGLISH else text
    return _("{place}: {mistake}", place=place, mistake=inside) if place else text
