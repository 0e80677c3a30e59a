"""What the list of links finds: the state a filter asks for is the state a link's own row computes."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.reports import link_list, searching
from sales_portal.reports.link_list import LinkFilter
from tests import make
from tests.desk import rows
from tests.harness.time import Clock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_state_filter_finds_exactly_the_links_whose_row_says_so(session: Session, clock: Clock) -> None:
    clock.set(NOW)
    shop = make.shop(session)
    selection = make.selection(session, shop)
    replacement = rows.link(session, shop, selection)
    moments = (None, NOW - DAY, NOW, NOW + DAY)
    for status, policy, starts_at, expires_at, is_paused, is_replaced, waits in product(
            ("active", "consumed", "revoked", "expired"), ("single", "reusable"), moments, moments, (False, True),
            (False, True), (False, True)):
        if starts_at is not None and expires_at is not None and expires_at <= starts_at:
            continue
        rows.link(session, shop, selection, status=status, policy=policy, starts_at=starts_at, expires_at=expires_at,
                  created_at=NOW - 9 * DAY, waits_for_stock=waits, paused_at=NOW - DAY if is_paused else None,
                  replaced_by_id=replacement.id if is_replaced else None,
                  consumed_at=NOW - DAY if status == "consumed" else None,
                  revoked_at=NOW - DAY if status == "revoked" else None)
    every = list(session.scalars(select(CheckoutLink)))
    for state in LinkState:
        found = set(session.scalars(link_list.list_links(LinkFilter(state=state), NOW)).unique())
        assert found == {link for link in every if link.state(NOW) is state}
        assert found, f"the table above has no link that is {state}"


def test_an_empty_filter_leaves_everything_in(session: Session) -> None:
    shop = make.shop(session)
    made = rows.links(session, shop, make.selection(session, shop), 3)
    assert LinkFilter().is_empty
    assert LinkFilter(text="  ").is_empty
    assert not LinkFilter(progress="sent").is_empty
    assert set(session.scalars(link_list.list_links(LinkFilter(), NOW))) == set(made)


def test_a_count_stops_where_it_would_get_dear(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make.shop(session)
    rows.links(session, shop, make.selection(session, shop), 5)
    found = link_list.list_links(LinkFilter(), NOW)
    assert searching.count(session, found, CheckoutLink.id) == 5
    monkeypatch.setattr(searching, "COUNTED", 3)
    assert searching.count(session, found, CheckoutLink.id) == 4


@pytest.mark.parametrize(("stored", "typed"), [
    ("Åberg & söner", "åberg"), ("åberg", "ÅBERG"), ("100 % wool", "100 %"), ("a_b", "a_b"), ("STRASSE", "strasse"),
    ("محمد", "محمد"), ("😀", "😀")])
def test_a_label_is_found_in_any_case(session: Session, stored: str, typed: str) -> None:
    shop = make.shop(session)
    selection = make.selection(session, shop, for_anyone=True)
    link = rows.link(session, shop, selection, label=stored)
    rows.link(session, shop, selection, label="a1b and 100 cotton")
    assert list(session.scalars(link_list.list_links(LinkFilter(text=typed), NOW))) == [link]


@pytest.mark.parametrize(("text", "key"), [
    ("L-2087", 87), ("l-2087", 87), ("2087", 87), ("L2087", 87), ("L-2000", None), ("L-1", None), ("S-2087", None),
    ("L-", None), ("", None), ("9" * 40, None), ("٢٠٨٧", None)])
def test_a_number_is_read_as_people_type_it(text: str, key: int | None) -> None:
    assert searching.key_of(text, "L", 2000) == key


@pytest.mark.parametrize(("text", "kept"), [
    ("  Anna ", "Anna"), ("a\x00b", "ab"), ("x" * 300, "x" * 200), ("\ud800x", "x"), ("\x00", "")])
def test_what_a_query_cannot_hold_is_left_out(text: str, kept: str) -> None:
    assert searching.plain(text) == kept
