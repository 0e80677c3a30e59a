"""Rows read without the ORM's loader are what it would have made of them."""

import pytest
from sqlalchemy import Table, inspect, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import write
from sales_portal.links.models import CheckoutLink
from sales_portal.markets.models import Market, MarketCountry
from tests import make
from tests.harness.counting import count_on

MARKETS = Market.__table__
WHOLE, NAMED = Reading(Market), Reading(Market, Market.name)
COUNTRY = Reading(MarketCountry)


def _stored(session: Session) -> int:
    market = Market(slug="nordic", name="Nordic", site_id=make.site(session).id, currency="SEK", locale="sv_SE",
                    countries=[MarketCountry(country="DK"), MarketCountry(country="SE")])
    write(session, market)
    key = market.id
    session.expunge_all()
    return key


def _read(session: Session, key: int, reading: Reading[Market] = WHOLE, *, afresh: bool = False) -> Market:
    row = session.execute(select(*reading.columns).where(MARKETS.c.id == key)).one()
    (market,) = read(session, row, reading, afresh=afresh)
    assert isinstance(market, Market)
    return market


def _overwrite(session: Session, key: int, name: str) -> None:
    assert isinstance(MARKETS, Table)
    session.execute(MARKETS.update().where(MARKETS.c.id == key).values(name=name))


def test_a_row_is_what_the_session_itself_would_have_loaded(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key)
    values, state = {name: ours.__dict__[name] for name in WHOLE.names}, inspect(ours)
    about = (state.persistent, state.identity_key, state.modified, state.unloaded, state.session is session)
    session.expunge_all()
    theirs = session.get_one(Market, key)
    state = inspect(theirs)
    assert about == (state.persistent, state.identity_key, state.modified, state.unloaded, state.session is session)
    assert values == {name: theirs.__dict__[name] for name in WHOLE.names}


def test_a_row_is_the_one_the_session_holds(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key)
    assert count_on(session, lambda: session.get(Market, key)) == []
    assert session.get(Market, key) is ours
    assert session.scalars(select(Market).where(Market.id == key)).one() is ours
    assert _read(session, key) is ours


def test_what_was_changed_of_a_row_is_flushed(session: Session) -> None:
    key = _stored(session)
    _read(session, key).name = "The North"
    session.flush()
    session.expunge_all()
    assert _read(session, key).name == "The North"


def test_a_row_the_session_holds_changes_only_when_it_is_read_afresh(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key)
    _overwrite(session, key, "The North")
    assert _read(session, key).name == "Nordic"
    assert _read(session, key, afresh=True).name == ours.name == "The North"
    assert not session.dirty


def test_read_afresh_a_row_forgets_what_hung_on_it(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key)
    session.refresh(ours, ["countries"])
    assert _read(session, key, afresh=True) is ours
    assert "countries" not in ours.__dict__


def test_an_expired_row_is_read_again(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key)
    session.expire_all()
    _overwrite(session, key, "The North")
    _read(session, key)
    assert count_on(session, lambda: ours.name) == []
    assert ours.name == "The North"
    assert count_on(session, lambda: session.get_one(Market, key)) == []


def test_what_was_not_read_of_a_row_is_read_when_it_is_asked_for(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key, NAMED)
    assert len(count_on(session, lambda: ours.currency)) == 1
    assert (ours.currency, ours.name) == ("SEK", "Nordic")


def test_a_later_reading_brings_what_an_earlier_one_left_out(session: Session) -> None:
    key = _stored(session)
    ours = _read(session, key, NAMED)
    assert _read(session, key) is ours
    assert count_on(session, lambda: ours.currency) == []
    assert ours.currency == "SEK"


def test_after_a_rollback_a_row_is_read_again(session: Session) -> None:
    key = _stored(session)
    session.commit()
    ours = _read(session, key)
    _overwrite(session, key, "The North")
    assert _read(session, key, afresh=True).name == "The North"
    session.rollback()
    assert ours.name == "Nordic"


def test_a_relation_that_must_be_asked_for_still_says_so(session: Session) -> None:
    shop = make.shop(session)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    key = linked.link.id
    session.flush()
    session.expunge_all()
    reading = Reading(CheckoutLink)
    row = session.execute(select(*reading.columns).where(CheckoutLink.__table__.c.id == key)).one()
    (link,) = read(session, row, reading)
    with pytest.raises(InvalidRequestError):
        _ = link.site


def test_what_an_outer_join_did_not_find_is_none_and_a_key_may_have_several_columns(session: Session) -> None:
    key = _stored(session)
    countries = MarketCountry.__table__
    rows = session.execute(
        select(*WHOLE.columns, *COUNTRY.columns).select_from(MARKETS.outerjoin(
            countries, (countries.c.market_id == MARKETS.c.id) & (countries.c.country == "NO")))
        .where(MARKETS.c.id == key)).all()
    market, country = read(session, rows[0], WHOLE, COUNTRY)
    assert (market.id, country) == (key, None)
    rows = session.execute(select(*COUNTRY.columns).where(countries.c.market_id == key)).all()
    found = [read(session, row, COUNTRY)[0] for row in rows]
    assert {row.country for row in found} == {"DK", "SE"}
    assert [session.get(MarketCountry, inspect(row).identity) for row in found] == found
