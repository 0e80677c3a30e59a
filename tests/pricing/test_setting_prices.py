"""Prices are set for many variants at once; what costs that already is not touched."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, Variant
from sales_portal.core.errors import Invalid
from sales_portal.pricing import service
from sales_portal.pricing.models import Price, Pricelist
from tests.harness.counting import count_on


def a_pricelist(session: Session, slug: str = "retail-sek") -> int:
    pricelist = Pricelist(slug=slug, name=slug, currency="SEK", is_tax_included=True)
    session.add(pricelist)
    session.flush()
    return pricelist.id


def variants(session: Session, count: int) -> list[int]:
    product = Product(slug="chair", title="Chair", variants=[Variant(sku=f"V-{number}") for number in range(count)])
    session.add(product)
    session.flush()
    return [variant.id for variant in product.variants]


def prices(session: Session) -> dict[tuple[int, int], tuple[int, int | None]]:
    rows = session.execute(select(Price.pricelist_id, Price.variant_id, Price.amount, Price.minimum_amount)).all()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def test_new_prices_are_added_changed_ones_changed_and_the_same_left(session: Session) -> None:
    pricelist, (first, second, third) = a_pricelist(session), variants(session, 3)
    assert service.set_prices(session, pricelist, {first: 100, second: 200}) == {first, second}
    assert service.set_prices(session, pricelist, {first: 100, second: 250, third: 0}) == {second, third}
    assert prices(session) == {(pricelist, first): (100, None), (pricelist, second): (250, None),
                               (pricelist, third): (0, None)}


def test_other_pricelists_stay_as_they_are(session: Session) -> None:
    retail, vip, [chair] = a_pricelist(session), a_pricelist(session, "vip-sek"), variants(session, 1)
    service.set_prices(session, retail, {chair: 100})
    service.set_prices(session, vip, {chair: 90})
    assert prices(session) == {(retail, chair): (100, None), (vip, chair): (90, None)}


def test_the_minimum_of_pay_what_you_want_never_stays_above_its_suggestion(session: Session) -> None:
    pricelist, [card] = a_pricelist(session), variants(session, 1)
    session.add(Price(pricelist_id=pricelist, variant_id=card, amount=50000, minimum_amount=10000))
    session.flush()
    service.set_prices(session, pricelist, {card: 30000})
    assert prices(session) == {(pricelist, card): (30000, 10000)}
    service.set_prices(session, pricelist, {card: 5000})
    assert prices(session) == {(pricelist, card): (5000, 5000)}


@pytest.mark.parametrize("amount", [-1, service.HIGHEST + 1, 10**30])
def test_a_price_that_is_none_changes_nothing(session: Session, amount: int) -> None:
    pricelist, (first, second) = a_pricelist(session), variants(session, 2)
    with pytest.raises(Invalid) as refused:
        service.set_prices(session, pricelist, {first: 100, second: amount})
    assert refused.value.field == "amount"
    assert prices(session) == {}


def test_a_thousand_prices_take_six_statements(session: Session) -> None:
    pricelist, ids = a_pricelist(session), variants(session, 1000)
    service.set_prices(session, pricelist, dict.fromkeys(ids[::2], 100))
    sent = count_on(session, lambda: service.set_prices(session, pricelist, dict.fromkeys(ids, 200)))
    assert len(sent) <= 6
