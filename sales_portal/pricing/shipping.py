"""Ways to ship and what they charge, by weight and by what the items are worth."""

from dataclasses import dataclass
from enum import StrEnum


class Shipping(StrEnum):
    """What became of shipping in a quote."""

    NOT_NEEDED = "not_needed"
    CHARGED = "charged"
    FREE = "free"
    IGNORED = "ignored"
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True)
class ShippingTier:
    """What a method costs up to a weight for items worth at least `from_amount`; free from `free_over_amount`."""

    up_to_grams: int
    amount: int
    free_over_amount: int | None = None
    from_amount: int = 0


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """A way to deliver to one country."""

    id: int
    name: str
    tiers: tuple[ShippingTier, ...]
    min_days: int = 0
    max_days: int = 0
    needs_phone: bool = False

    def tier(self, grams: int, items_amount: int) -> ShippingTier | None:
        """The lightest tier that carries the parcel, of those the one for the most valuable items; None: too heavy."""
        fitting = [tier for tier in self.tiers if grams <= tier.up_to_grams and items_amount >= tier.from_amount]
        return min(fitting, key=lambda tier: (tier.up_to_grams, -tier.from_amount), default=None)

    def price(self, grams: int, items_amount: int) -> int | None:
        """The charge for a parcel of `grams` with items worth `items_amount`; None where it is too heavy."""
        tier = self.tier(grams, items_amount)
        if tier is None:
            return None
        return 0 if tier.free_over_amount is not None and items_amount >= tier.free_over_amount else tier.amount


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a shipping method is priced by: the weight of all that ships, and the items after discount."""

    ships: bool
    grams: int
    items_amount: int
