"""The programs under load, started as in production: granian with two workers, and the portal's worker beside it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.harness.postgres import PostgresServer

ROOT = Path(__file__).parents[1]
KEYS = {"SECRET_KEY": "of the bench alone", "LINK_KEY": "5b" * 32}


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def serve(target: str, port: int, *, with_worker: bool = False, **environment: str) -> Iterator[list[int]]:
    """Serve `target` on `port`, with the worker that takes its money where asked; gives the process ids."""
    settings = os.environ | KEYS | {"PYTHONPATH": str(ROOT), "PORT": str(port)} | environment
    commands = [[sys.executable, "-m", "granian", "--interface=wsgi", "--workers=2", "--blocking-threads=4",
                 "--host=127.0.0.1", f"--port={port}", "--log-level=error", target]]
    if with_worker:
        commands.append([sys.executable, "-m", "bench.worker"])
    with tempfile.TemporaryFile() as log:
        running = [subprocess.Popen(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
                   for command in commands]
        try:
            _wait(port, running[0])
            yield [process.pid for process in running]
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=20)


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL of the run's own, durable as in production."""
    server = PostgresServer(is_durable=True)
    try:
        yield server
    finally:
        server.stop()


def new_database(server: PostgresServer, name: str) -> str:
    """Make the database `name` on `server`; gives its URL."""
    admin = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.url(name)


def _wait(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the program did not start")
