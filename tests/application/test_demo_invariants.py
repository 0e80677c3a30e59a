"""Whatever happened in the demo shop's past agrees."""

from sqlalchemy.orm import Session

from sales_portal.orders import invariants


def test_the_demo_shop_breaks_no_invariant(demo: Session) -> None:
    assert list(map(str, invariants.find_violations(demo))) == []
