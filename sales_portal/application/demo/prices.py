"""Nordlight's pricelists: from one price in kronor to what people expect to read in each currency."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session

from sales_portal.application.demo import catalogue, reading
from sales_portal.application.demo.reading import Item
from sales_portal.core.money import exponent
from sales_portal.pricing import service as pricing
from sales_portal.pricing.models import Price, Pricelist

Sells = Callable[[Item, str], bool]
ABROAD_GRAMS = 30_000
ON_REQUEST = frozenset({"Chandelier Gren", "Corner sofa Skär"})
"""Sold to partners only: other lists have no price for them, so that this can be seen."""

SUGGESTED = {
    # minor units: what is suggested, and the least
    "GFT-0010": {"SEK": (50_000, 10_000), "EUR": (5_000, 1_000), "USD": (5_000, 1_000), "JPY": (5_000, 1_000)},
    "GFT-0020": {"SEK": (5_000, 1_000), "EUR": (500, 100), "USD": (500, 100), "JPY": (500, 100)},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A pricelist: what a price of 100 kronor with Swedish tax is in it, and what it sells."""

    slug: str
    name: str
    currency: str
    is_tax_included: bool
    factor: Decimal
    sells: Sells


def _retail(item: Item, sku: str) -> bool:
    return item.title not in ON_REQUEST


def _vip(item: Item, sku: str) -> bool:
    return item.department in {*catalogue.GOODS, "plans"} - {"pantry"} and item.title not in ON_REQUEST


def _partner(item: Item, sku: str) -> bool:
    return item.department in {*catalogue.GOODS, "academy"} or item.title == "Pro Plan"


def _outlet(item: Item, sku: str) -> bool:
    return item.department in catalogue.GOODS and catalogue.left_over(sku) > 0


def _in_europe(sells: Sells) -> Sells:
    return lambda item, sku: sells(item, sku) and item.department not in {"services", "academy"}


def _overseas(sells: Sells) -> Sells:
    far = _in_europe(sells)
    return lambda item, sku: (far(item, sku) and item.department != "pantry" and item.grams <= ABROAD_GRAMS
                              and item.title not in {"Monstera", "Olive tree", "Flowers every month"})


_SEK, _EUR, _USD, _JPY = Decimal(1), Decimal("0.0905"), Decimal("0.0835"), Decimal("14.3")
_WITHOUT_TAX, _VIP, _PARTNER, _OUTLET = Decimal("0.8"), Decimal("0.88"), Decimal("0.56"), Decimal("0.6")

LISTS = (
    Sheet("retail-sek", "Retail SEK", "SEK", True, _SEK, _retail),
    Sheet("vip-sek", "VIP SEK", "SEK", True, _SEK * _VIP, _vip),
    Sheet("partner-sek", "Partner SEK", "SEK", False, _SEK * _PARTNER, _partner),
    Sheet("outlet-sek", "Outlet SEK", "SEK", True, _SEK * _OUTLET, _outlet),
    Sheet("retail-eur", "Retail EUR", "EUR", True, _EUR, _in_europe(_retail)),
    Sheet("vip-eur", "VIP EUR", "EUR", True, _EUR * _VIP, _in_europe(_vip)),
    Sheet("partner-eur", "Partner EUR", "EUR", False, _EUR * _PARTNER, _in_europe(_partner)),
    Sheet("retail-usd", "Retail USD", "USD", False, _USD, _overseas(_retail)),
    Sheet("vip-usd", "VIP USD", "USD", False, _USD * _VIP, _overseas(_vip)),
    Sheet("partner-usd", "Wholesale USD", "USD", False, _USD * _PARTNER / _WITHOUT_TAX, _overseas(_partner)),
    Sheet("retail-jpy", "Retail JPY", "JPY", True, _JPY, _overseas(_retail)),
    Sheet("vip-jpy", "VIP JPY", "JPY", True, _JPY * _VIP, _overseas(_vip)),
    Sheet("partner-jpy", "Partner JPY", "JPY", False, _JPY * _PARTNER, _overseas(_partner)),
)


def load_prices(session: Session, ids: dict[str, int]) -> dict[str, Pricelist]:
    """The pricelists with a price for everything each sells, by slug."""
    lists = {one.slug: Pricelist(slug=one.slug, name=one.name, currency=one.currency,
                                 is_tax_included=one.is_tax_included) for one in LISTS}
    session.add_all(lists.values())
    session.flush()
    items = [item for department in (*catalogue.GOODS, "services", "plans", "academy")
             for item in reading.items(department)]
    for one in LISTS:
        pricing.set_prices(session, lists[one.slug].id, {
            ids[sku]: kronor * 100 if one.factor == _SEK else believable(kronor * one.factor, one.currency)
            for item in items for sku, kronor in priced(item) if one.sells(item, sku)})
    return lists


def priced(item: Item) -> list[tuple[str, int]]:
    """The SKUs of an item with their price in kronor; all dates of a training cost the same."""
    if item.department == "academy":
        return [(item.sku(number), item.kronor) for number, _ in enumerate(item.variants.split("; "))]
    return [(article.sku, article.kronor) for article in item.articles]


def load_suggestions(session: Session, ids: dict[str, int], lists: dict[str, Pricelist]) -> None:
    """What is suggested where customers choose the amount, and the least they may pay."""
    session.execute(insert(Price), [
        {"pricelist_id": lists[f"retail-{currency.lower()}"].id, "variant_id": ids[sku], "amount": amount,
         "minimum_amount": least}
        for sku, currencies in SUGGESTED.items() for currency, (amount, least) in currencies.items()])


def believable(major: Decimal, currency: str) -> int:
    """An amount near `major` as shops write it, in minor units: 59 and 149, 1 090, 12 890; 1,980 yen."""
    if currency == "SEK":
        rounded = _ending_in_nine(major)
    elif currency == "JPY":
        rounded = _yen(major)
    else:
        rounded = _ending_in_nine(major) if major >= 100 else _small(major)
    return int(rounded.scaleb(exponent(currency)))


def _ending_in_nine(major: Decimal) -> Decimal:
    step = Decimal(10) if major < 1000 else Decimal(50) if major < 5000 else Decimal(100)
    nearest = _nearest(major, step)
    return max(nearest - 1 if step == 10 else nearest - 10, Decimal(5))


def _small(major: Decimal) -> Decimal:
    if major < 20:
        return max(_nearest(major, Decimal("0.5")) - Decimal("0.10"), Decimal("0.90"))
    return _nearest(major, Decimal(1)) if major < 60 else _nearest(major, Decimal(5)) - 1


def _yen(major: Decimal) -> Decimal:
    step, less = (Decimal(100), 20) if major < 10_000 else (Decimal(1000), 200)
    return max(_nearest(major, step) - less, Decimal(80))


def _nearest(major: Decimal, step: Decimal) -> Decimal:
    return (major / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
