"""Long lists are read page by page below a cursor: nothing twice, nothing left out, whatever is added meanwhile."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import paging
from sales_portal.core.errors import Invalid
from sales_portal.customers.models import Customer
from tests import make


def _ids(session: Session, size: int) -> list[list[int]]:
    pages, cursor, more = [], None, True
    while more:
        page = paging.read(session, select(Customer), Customer.id, cursor, size)
        pages.append([row.id for row in page.rows])
        cursor, more = page.older, page.older is not None
        make.customer(session, "Came meanwhile")
    return pages


@pytest.mark.parametrize(("count", "size", "lengths"), [
    (0, 2, [0]), (1, 2, [1]), (2, 2, [2]), (3, 2, [2, 1]), (4, 2, [2, 2])])
def test_pages_hold_every_row_once_newest_first(session: Session, count: int, size: int, lengths: list[int]) -> None:
    made = [make.customer(session).id for _ in range(count)]
    pages = _ids(session, size)
    assert [len(page) for page in pages] == lengths
    assert [key for page in pages for key in page] == made[::-1]


def test_a_page_knows_whether_it_is_the_first(session: Session) -> None:
    made = [make.customer(session).id for _ in range(3)]
    assert paging.read(session, select(Customer), Customer.id, None, 2).is_first
    older = paging.read(session, select(Customer), Customer.id, str(made[1]), 2)
    assert [row.id for row in older.rows] == made[:1]
    assert not older.is_first


def test_rows_of_several_columns_stay_whole(session: Session) -> None:
    made = make.customer(session, "Anna")
    page = paging.read(session, select(Customer, Customer.name), Customer.id, None)
    assert [(row[0].id, row[1]) for row in page.rows] == [(made.id, "Anna")]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "9" * 19, "1 OR 1=1", "²"])
def test_a_damaged_cursor_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(Invalid, match="This page address is damaged") as refused:
        paging.read(session, select(Customer), Customer.id, cursor)
    assert refused.value.field == "before"
