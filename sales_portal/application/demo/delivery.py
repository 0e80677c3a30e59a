"""What the state takes and what the carriers take: tax by country, shipping by market, country and weight."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from sales_portal.markets.models import Market
from sales_portal.pricing.models import ShippingMethod, ShippingRate, TaxRate

CLASSES = ("standard", "reduced", "zero")
TAXES = {
    # thousandths of a percent: standard, reduced (food), zero
    "SE": (25000, 12000, 0), "DE": (19000, 7000, 0), "AT": (20000, 10000, 0), "BE": (21000, 6000, 0),
    "DK": (25000, 25000, 0), "ES": (21000, 10000, 0), "FI": (25500, 13500, 0), "FR": (20000, 5500, 0),
    "IE": (23000, 13500, 0), "IT": (22000, 10000, 0), "LU": (17000, 8000, 0), "MT": (18000, 5000, 0),
    "NL": (21000, 9000, 0), "PL": (23000, 8000, 0), "JP": (10000, 8000, 0),
    # One example rate for the whole country; real ones differ by county.
    "US": (8875, 8875, 0),
}

Tier = tuple[int, int, int | None]
"""Up to grams, amount, free over: minor units of the market's currency."""
Rates = dict[str, tuple[Tier, ...]]

_NEAR = ("AT", "BE", "DK", "LU", "NL")
_FAR = ("ES", "FI", "FR", "IE", "IT", "PL")
METHODS: tuple[tuple[str, str, int, int, bool, Rates], ...] = (
    # market, name, least and most days, asks for a phone number, rates by country
    ("sweden", "Standard parcel", 2, 4, False, {"SE": ((20_000, 5900, 500_000), (35_000, 14900, 1_000_000))}),
    ("sweden", "Express parcel", 1, 1, True, {"SE": ((20_000, 14900, None),)}),
    ("sweden", "Carried into your home", 5, 10, True, {"SE": ((60_000, 49900, 2_000_000), (200_000, 99500, 4_000_000),
                                                             (1_500_000, 249000, None))}),
    ("germany", "Standard parcel", 3, 6, False, {
        "DE": ((5_000, 690, 15_000), (31_500, 1490, 30_000)),
        **dict.fromkeys(_NEAR, ((5_000, 990, 20_000), (31_500, 2490, 40_000))),
        **dict.fromkeys(_FAR, ((5_000, 1290, 25_000), (31_500, 3490, None)))}),
    ("germany", "Express parcel", 1, 2, True, {"DE": ((20_000, 2490, None),), "AT": ((20_000, 3490, None),),
                                               "NL": ((20_000, 3490, None),)}),
    ("germany", "Carried into your home", 7, 14, True,
     dict.fromkeys(("DE", *_NEAR), ((80_000, 8900, 250_000), (300_000, 19900, None)))),
    ("united-states", "International parcel", 6, 12, True, {"US": ((2_000, 2500, 30_000), (10_000, 5900, 60_000),
                                                                  (30_000, 14900, None))}),
    ("united-states", "Air express", 2, 4, True, {"US": ((10_000, 9900, None),)}),
    ("japan", "International parcel", 7, 14, True, {"JP": ((2_000, 2800, 40_000), (10_000, 7800, 90_000),
                                                          (30_000, 19800, None))}),
    ("outlet", "Collect in Gothenburg", 0, 7, True, {"SE": ((1_500_000, 0, None),)}),
    ("outlet", "Standard parcel", 2, 5, False, {"SE": ((20_000, 7900, 400_000), (35_000, 16900, None))}),
)


def load_taxes(session: Session) -> None:
    """The rates of every country a market serves."""
    session.execute(insert(TaxRate), [
        {"country": country, "tax_class": tax_class, "rate": rate}
        for country, rates in TAXES.items() for tax_class, rate in zip(CLASSES, rates, strict=True)])


def load_shipping(session: Session, markets: dict[str, Market]) -> None:
    """The ways to deliver. Nobody carries to Malta, which the German market serves: so *no delivery* can be seen."""
    positions = dict.fromkeys(markets, 0)
    for slug, name, least, most, needs_phone, rates in METHODS:
        positions[slug] += 1
        session.add(ShippingMethod(
            market_id=markets[slug].id, name=name, min_days=least, max_days=most, needs_phone=needs_phone,
            position=positions[slug], rates=[
                ShippingRate(country=country, up_to_grams=grams, amount=amount, free_over_amount=free_over)
                for country, tiers in rates.items() for grams, amount, free_over in tiers]))
    session.flush()
