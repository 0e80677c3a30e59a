"""One running portal per database for all races of this folder: starting its processes takes longer than a race."""

from collections.abc import Iterator

import pytest

from tests.harness.databases import KINDS, Database, Databases
from tests.harness.server import Portal

PROCESSES = 4


@pytest.fixture(scope="package", params=KINDS)
def raced(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[Database, Portal]]:
    """A database with the processes that all its races are run against."""
    database = databases.get(request.param)
    database.reset()
    portal = Portal(database.url, workers=PROCESSES, threads=4)
    yield database, portal
    portal.close()
