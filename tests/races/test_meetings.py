"""A manager and the worker, a visitor and a buyer, two managers, many with one code: each at one barrier."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.make import Shop
from tests.races.meetings import MEETINGS


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("row", MEETINGS)
def test_who_meet_end_as_the_row_says(
        session: Session, portals_engine: Engine, kept_shop: Shop, row: str, turn: int) -> None:
    MEETINGS[row](session, portals_engine, kept_shop)
