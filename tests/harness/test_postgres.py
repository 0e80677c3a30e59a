"""The PostgreSQL of the test run is ours alone: no port, no root, and gone with the run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests.harness.databases import Databases

START = """
import sys
from tests.harness.postgres import PostgresServer
server = PostgresServer()
print(server.pid, server.folder, flush=True)
sys.stdin.read()
"""


def test_the_server_listens_on_no_port_and_does_not_run_as_root(databases: Databases) -> None:
    address = databases.postgresql_server().replace("postgresql://postgres@/postgres?host=", "")

    with psycopg.connect(dbname="postgres", user="postgres", host=address) as connection:
        listening = connection.execute("SHOW listen_addresses").fetchone()
        pid = int((Path(address) / "data" / "postmaster.pid").read_text().split()[0])

    assert listening == ("",)
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_killed_run_takes_its_server_along() -> None:
    root = Path(__file__).parents[2]
    run = subprocess.Popen(
        [sys.executable, "-c", START], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    server, _ = run.stdout.readline().split()

    os.kill(run.pid, signal.SIGKILL)
    run.communicate()

    deadline = time.monotonic() + 60
    while _is_alive(int(server)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(int(server))


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False
