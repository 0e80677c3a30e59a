"""The races of the reliability design for real: many connections, several processes, one barrier, round after round."""


import pytest

from tests.harness.databases import Database, Databases
from tests.harness.server import Portal
from tests.races.rounds import ROUNDS, Race

CONNECTIONS, TIMES = 32, 5


@pytest.mark.parametrize("row", ROUNDS)
def test_many_at_one_barrier_end_as_the_row_says(
        raced: tuple[Database, Portal], databases: Databases, row: str) -> None:
    database, portal = raced
    race = Race(row, database, databases.portals_engine(database.kind), portal.port, CONNECTIONS)
    for _ in range(TIMES):
        race.run()
