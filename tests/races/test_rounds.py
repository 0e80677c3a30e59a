"""The races of the reliability design for real: many connections, several processes, one barrier, round after round."""

from collections.abc import Iterator

import pytest

from tests.harness.databases import KINDS, Database, Databases
from tests.harness.server import Portal
from tests.races.rounds import ROUNDS, Race

CONNECTIONS, PROCESSES, TIMES = 32, 4, 5


@pytest.fixture(scope="module", params=KINDS)
def raced(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[Database, Portal]]:
    """A database with the processes that all its races are run against."""
    database = databases.get(request.param)
    database.reset()
    portal = Portal(database.url, workers=PROCESSES, threads=4)
    yield database, portal
    portal.close()


@pytest.mark.parametrize("row", ROUNDS)
def test_many_at_one_barrier_end_as_the_row_says(
        raced: tuple[Database, Portal], databases: Databases, row: str) -> None:
    database, portal = raced
    race = Race(row, database, databases.portals_engine(database.kind), portal.port, CONNECTIONS)
    for _ in range(TIMES):
        race.run()
