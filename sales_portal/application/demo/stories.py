"""What has happened at Nordlight so far, as its table tells it: who sold what to whom, and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sales_portal.application.demo import reading

_GOODS = re.compile(r"(?P<sku>[A-Z]{3}-\d{4})(?:\*(?P<quantity>\d+))?(?:=(?P<price>\d+):(?P<why>.+))?")
_ACT = re.compile(r"(?P<verb>[a-z]+)(?P<visitor>\d?)\+(?P<number>[\d.]+)(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a selection; `special_price` in whole units of its currency, with the reason."""

    sku: str
    quantity: int
    special_price: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody did; `visitor` counts the browsers that opened the link, `after` the act before."""

    verb: str
    visitor: int
    after: timedelta


@dataclass(frozen=True, slots=True)
class Story:
    """One selection and what came of it."""

    began: timedelta
    agent: str
    customer: str
    goods: tuple[Wanted, ...]
    terms: Mapping[str, str]
    note: str
    acts: tuple[Act, ...]

    @property
    def life(self) -> int:
        """How many days its link works."""
        return int(self.terms.get("life", 30))

    def buyer(self, visitor: int) -> str:
        """Who sits at browser `visitor`, by e-mail: the customer, unless the terms name the buyers."""
        named = self.terms.get("buyers", self.customer).split(",")
        return named[min(visitor, len(named)) - 1]


def tell() -> list[Story]:
    """Every story, oldest first."""
    return [
        Story(timedelta(days=float(days)), agent, customer, tuple(map(_wanted, goods.split(", "))), _terms(terms), note,
              tuple(_act(text) for text in acts.split()))
        for days, agent, customer, goods, terms, note, acts in reading.rows("stories")]


def _wanted(text: str) -> Wanted:
    found = _GOODS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    price = found["price"]
    return Wanted(found["sku"], int(found["quantity"] or 1), int(price) if price else None, found["why"] or "")


def _terms(text: str) -> dict[str, str]:
    pairs = (term.partition("=") for term in text.split())
    return {name: value.replace("_", " ") for name, _, value in pairs}


def _act(text: str) -> Act:
    found = _ACT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    after = timedelta(**{_UNITS[found["unit"]]: float(found["number"])})
    return Act(found["verb"], int(found["visitor"] or 1), after)
