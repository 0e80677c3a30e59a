"""The ways a customer may be offered to pay, whoever provides them."""

from collections.abc import Collection
from dataclasses import dataclass

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


def split(text: str) -> tuple[str, ...]:
    """The slugs a column holds, in their order; what a later version no longer knows is left out."""
    return tuple(slug for slug in text.split() if slug in METHODS)


def joined(slugs: Collection[str]) -> str:
    """The slugs as a column holds them."""
    return " ".join(slugs)
