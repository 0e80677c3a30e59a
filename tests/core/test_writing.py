"""Rows that are written at once, without a flush, are all that a flush would have made of them."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from sales_portal.core.writing import change, write
from sales_portal.markets.models import Market, MarketCountry
from tests import make
from tests.harness.counting import count_on


def _market(session: Session) -> Market:
    return Market(slug="nordic", name="Nordic", site_id=make.site(session).id, currency="SEK", locale="sv_SE",
                  countries=[MarketCountry(country="DK"), MarketCountry(country="SE")])


def test_a_row_gets_its_id_its_defaults_and_stays_in_the_session(session: Session) -> None:
    market = _market(session)
    write(session, market)
    assert market.id is not None
    assert market.position == 1
    assert session.get(Market, market.id) is market


def test_what_hangs_on_a_row_is_written_with_it(session: Session) -> None:
    market = _market(session)
    write(session, market)
    key = market.id
    session.expire_all()
    found = session.scalars(select(Market).where(Market.id == key).options(selectinload(Market.countries))).one()
    assert [row.country for row in found.countries] == ["DK", "SE"]


def test_a_row_and_all_that_hangs_on_it_take_a_statement_per_table(session: Session) -> None:
    market = _market(session)
    assert len(count_on(session, lambda: write(session, market))) == 2


def test_a_later_change_is_flushed_like_that_of_any_row(session: Session) -> None:
    market = _market(session)
    write(session, market)
    market.name = "The North"
    session.flush()
    session.expire_all()
    assert session.scalars(select(Market.name).where(Market.slug == "nordic")).one() == "The North"


def test_rows_of_a_table_are_changed_in_one_statement_and_say_so_at_once(session: Session) -> None:
    north, south = _market(session), _market(session)
    south.slug = "south"
    write(session, north)
    write(session, south)

    def act() -> None:
        change(session, (north, {"name": "The North", "position": 7}), (south, {"name": "Nordic", "position": 8}))

    assert len(count_on(session, act)) == 1
    assert (north.name, north.position, south.position) == ("The North", 7, 8)
    assert not session.dirty
    session.expire_all()
    stored = session.execute(select(Market.name, Market.position).where(Market.position > 6).order_by(Market.id))
    assert [tuple(row) for row in stored] == [("The North", 7), ("Nordic", 8)]


def test_what_does_not_differ_is_not_sent(session: Session) -> None:
    market = _market(session)
    write(session, market)
    assert count_on(session, lambda: change(session, (market, {"name": "Nordic"}))) == []


def test_a_count_goes_on_from_where_somebody_else_left_it(session: Session) -> None:
    market = _market(session)
    write(session, market)
    session.execute(update(Market).where(Market.id == market.id).values(position=5).execution_options(
        synchronize_session=False))
    change(session, (market, {"name": "Nordic"}), counting="position")
    session.expire_all()
    assert market.position == 6
