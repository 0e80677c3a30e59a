"""Markets, their countries, and the warehouse that serves a variant in them."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.markets import queries
from tests import make


def test_markets_come_in_order_with_their_countries(session: Session) -> None:
    site = make.site(session)
    make.market(session, "B", site=site, position=2, countries=["SE", "FI", "DK"])
    make.market(session, "A", site=site, position=1)
    make.market(session, "C", site=site, position=2, countries=[])
    session.commit()
    session.expire_all()
    found = queries.list_markets(session)
    assert [(market.name, [row.country for row in market.countries]) for market in found] == [
        ("A", ["SE"]), ("B", ["DK", "FI", "SE"]), ("C", [])]
    assert list(queries.list_countries(session, found[1].id)) == ["DK", "FI", "SE"]


def test_a_market_is_found_by_id_and_by_slug(session: Session) -> None:
    made = make.market(session, site=make.site(session), slug="sweden")
    assert queries.get_market(session, made.id) is made
    assert queries.get_market_by_slug(session, "sweden") is made
    assert queries.get_market_by_slug(session, "swede") is None


@pytest.mark.parametrize("market_id", [0, -1, 10**6, 2**63, 10**40])
def test_an_unknown_id_finds_no_market(session: Session, market_id: int) -> None:
    make.market(session, site=make.site(session))
    assert queries.get_market(session, market_id) is None


def test_a_sites_default_market_is_its_first(session: Session) -> None:
    site, other = make.site(session), make.site(session)
    make.market(session, "Second", site=site, position=2)
    first = make.market(session, "First", site=site, position=1)
    make.market(session, "Another's", site=other, position=0)
    assert queries.get_default_market(session, site.id) is first
    assert queries.get_default_market(session, make.site(session).id) is None


def test_the_first_warehouse_by_priority_with_a_row_serves(session: Session) -> None:
    near, far, foreign = (make.warehouse(session, name) for name in ("Near", "Far", "Foreign"))
    market = make.market(session, site=make.site(session), warehouses=[near, far])
    both = make.product(session, stock={far: 9, near: 0, foreign: 50})
    only_far = make.product(session, stock={far: 7})
    only_foreign = make.product(session, stock={foreign: 5})
    nowhere = make.product(session)
    found = queries.list_serving_stock(session, market.id, [v.id for v in (both, only_far, only_foreign, nowhere)])
    assert {key: (stock.warehouse_id, stock.available) for key, stock in found.items()} == {
        both.id: (near.id, 0), only_far.id: (far.id, 7)}
    assert queries.list_serving_stock(session, market.id, []) == {}
