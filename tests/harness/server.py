"""Real servers on 127.0.0.1: one thread beside the tests for browsers, and processes as in production for races."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).parents[2]
_ports = iter(range(10_000 + os.getpid() % 1_000 * 20, 32_768))


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing: a failing test shows what the page said."""


class Ports:
    """Ports of 127.0.0.1 taken before the app is made, so that the links it writes lead to the server it gets."""

    def __init__(self) -> None:
        self._taken: dict[str, socket.socket] = {}

    def take(self) -> str:
        """The address of a port that is ours from now on; nobody answers there yet."""
        taken = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        self._taken[url] = taken
        return url

    def listening(self, url: str) -> socket.socket:
        """The socket behind an address `take` gave."""
        return self._taken[url]

    def close(self) -> None:
        """Give every port back."""
        for taken in self._taken.values():
            taken.close()


class LiveServer:
    """The app served by threads of this process, so that browser and test look at one database and one clock."""

    def __init__(self, app: Flask, listening: socket.socket) -> None:
        self._app = app
        self._listening = listening
        self._busy = 0
        self._changed = threading.Condition()
        self.port: int = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = make_server(
            "127.0.0.1", self.port, self._answer, threaded=True, request_handler=_Silent, fd=listening.fileno()
        )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._changed:
            self._busy += 1
        try:
            with _closing(self._app(environ, start_response)) as body:
                yield from body
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def rest(self, seconds: float = 60) -> None:
        """Wait until no request is being answered, so that the database can be set back."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._busy == 0, timeout=seconds):
                raise TimeoutError(f"{self._busy} requests are still being answered after {seconds} s")

    def stop(self) -> None:
        """Close the port and end the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=60)


class _closing:  # noqa: N801
    """`contextlib.closing` for a WSGI body, which may have no `close`."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body = body

    def __enter__(self) -> Iterable[bytes]:
        return self._body

    def __exit__(self, *_: object) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class Portal:
    """The portal started as in production: granian with several worker processes on a database of its own."""

    def __init__(self, database_url: str, *, workers: int = 2, threads: int = 4, target: str = "app:app",
                 **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        command = [sys.executable, "-m", "granian", "--interface=wsgi", f"--workers={workers}"]
        command += [f"--blocking-threads={threads}", "--host=127.0.0.1", f"--port={self.port}", "--log-level=warning"]
        self._process = subprocess.Popen(
            [*command, "--workers-kill-timeout=30", target],
            cwd=ROOT,
            env=environment_of(DATABASE_URL=database_url, **environment),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    @property
    def pid(self) -> int:
        """The process id of the parent of the workers."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server printed so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def _wait(self, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the portal did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> int:
        """End it as an operator would, workers included; gives the exit code."""
        self._process.terminate()
        try:
            return self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def close(self) -> None:
        """Stop it where it still runs, and forget what it printed."""
        if self._process.poll() is None:
            self.stop()
        self._log.close()

    def kill(self) -> None:
        """Pull the plug on every one of its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=60)


def environment_of(**settings: str) -> Mapping[str, str]:
    """What a process of the portal finds in its environment: nothing of the run of the tests but `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FLASK_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | settings


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on, and that nobody is given who asks for any."""
    # Ports that systems hand out begin at 32768; each process of the tests counts on from a place of its own below.
    for port in _ports:
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError("no port is free")


def answers(port: int) -> bool:
    """Whether a server on `port` answers HTTP; whatever it answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


@pytest.fixture(scope="session")
def ports() -> Iterator[Ports]:
    """The ports of this process's servers."""
    taken = Ports()
    yield taken
    taken.close()


@pytest.fixture(scope="session")
def _live_servers() -> Iterator[dict[Flask, LiveServer]]:
    started: dict[Flask, LiveServer] = {}
    yield started
    for server in started.values():
        server.stop()


@pytest.fixture
def live_server(app: Flask, ports: Ports, _live_servers: dict[Flask, LiveServer]) -> Iterator[LiveServer]:
    """The app behind a real port; `live_server.url` is its address, and what links begin with."""
    if app not in _live_servers:
        _live_servers[app] = LiveServer(app, ports.listening(app.config["PUBLIC_BASE_URL"]))
    server = _live_servers[app]
    yield server
    server.rest()


@pytest.fixture
def start_portal() -> Iterator[Callable[..., Portal]]:
    """`start_portal(database_url, workers=2)` starts the portal as in production; it is stopped after the test."""
    started: list[Portal] = []

    def start(database_url: str, **settings: Any) -> Portal:
        started.append(Portal(database_url, **settings))
        return started[-1]

    yield start
    for portal in started:
        portal.close()
