"""The ways a customer may be offered to pay, whoever provides them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sales_portal.core.errors import Invalid
from sales_portal.core.translation import N_


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay. `capture_mode` says when the money moves.

    It is `manual` (authorised first, taken for a placed order), `auto` (taken as the customer confirms) or `by_hand`
    (later, and staff say so).
    """

    slug: str
    capture_mode: str
    label: str


CARD = Method("card", "manual", N_("Card"))
BANK_TRANSFER = Method("bank_transfer", "auto", N_("Instant bank transfer"))
STRIPE = Method("stripe", "manual", N_("Card or wallet"))
INVOICE = Method("invoice", "by_hand", N_("Invoice"))

METHODS = {method.slug: method for method in (CARD, STRIPE, BANK_TRANSFER, INVOICE)}
"""Slug → method: all there are. Which of them a portal has is up to its gateways."""


def in_their_places(places: Mapping[str, str], known: Collection[str], field: str) -> tuple[str, ...]:
    """The slugs that were given a place, first place first; raises `Invalid` naming `field`."""
    wanted = {slug: place for slug, place in places.items() if place}
    if any(slug not in known or not (place.isascii() and place.isdecimal() and len(place) < 4)
           for slug, place in wanted.items()):
        raise Invalid(field, "Choose a place for each way to pay, or that it is not offered")
    if len(set(map(int, wanted.values()))) < len(wanted):
        raise Invalid(field, "Two ways to pay have the same place: give each its own")
    return tuple(sorted(wanted, key=lambda slug: int(wanted[slug])))


def split(text: str) -> tuple[str, ...]:
    """The slugs a column holds, in their order; what a later version no longer knows is left out."""
    return tuple(slug for slug in text.split() if slug in METHODS)


def joined(slugs: Collection[str]) -> str:
    """The slugs as a column holds them."""
    return " ".join(slugs)
