"""The portal's own session, whose statements are counted, beside the test's."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.make import Shop


@pytest.fixture
def portal(portals_engine: Engine) -> Iterator[Session]:
    """A session as the portal opens one; commit the test's own before it reads."""
    with Session(portals_engine) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """A small complete shop."""
    return kept_shop
