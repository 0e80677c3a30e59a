"""`python -m bench.quote`: the processor time of pricing 200 lines under 5 discounts; exits 1 above the limit."""

import sys
import time
from datetime import UTC, datetime

from sales_portal.pricing import engine
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Rules, ShippingOption, ShippingTier
from sales_portal.pricing.tax import TaxOnShipping

MOST_MS = 5.0
ROUNDS, TIMES = 20, 10
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = [Line(key, key % 9 + 1, 1000 * key + 7, 1200 * key, ("standard", "reduced", "zero")[key % 3], key % 4 != 0,
              120 * key, product_id=key % 40) for key in range(1, 201)]
DISCOUNTS = (
    DiscountRule(1, "Order", percent=10_000), DiscountRule(2, "Off", fixed_amount=5_000, currency="SEK"),
    DiscountRule(3, "Some", percent=20_000, product_ids=frozenset(range(20))),
    DiscountRule(4, "Others", fixed_amount=9_900, currency="SEK", product_ids=frozenset(range(10, 30))),
    DiscountRule(5, "Alone", percent=15_000, is_combinable=False),
)
RULES = Rules(
    "SEK", True, {"standard": 25_000, "reduced": 12_000, "zero": 0}, discounts=DISCOUNTS,
    shipping=ShippingOption(1, "Pallet", (ShippingTier(50_000_000, 49_900),)),
    tax_on_shipping=TaxOnShipping.PROPORTIONAL)


def main() -> int:
    """Print the best of several rounds, which other work on the machine disturbs least; 1 above the limit."""
    spent = min(_round() for _ in range(ROUNDS))
    print(f"quote of {len(LINES)} lines with {len(DISCOUNTS)} discounts: {spent:.2f} ms CPU (limit {MOST_MS:.0f} ms)")
    return 1 if spent > MOST_MS else 0


def _round() -> float:
    begun = time.process_time()
    for _ in range(TIMES):
        engine.quote(LINES, RULES, AT)
    return (time.process_time() - begun) * 1000 / TIMES


if __name__ == "__main__":
    sys.exit(main())
