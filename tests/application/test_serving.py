"""`make run` says where the portal is, and Ctrl-C leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from sales_portal.application import serving
from tests import make
from tests.harness.databases import Database
from tests.harness.server import ROOT, answers, free_port

Start = Callable[..., subprocess.Popen[str]]
Stops = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the portal as `scripts/run.sh` does, with settings of the test's own."""
    started: list[subprocess.Popen[str]] = []

    def starting(**settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sales_portal.application"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield starting
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=120)


@pytest.fixture
def stops(capsys: pytest.CaptureFixture[str]) -> Iterator[Stops]:
    """Starts the portal in this process where it must refuse to; gives what it said."""
    before = signal.getsignal(signal.SIGTERM)

    def stopping(**settings: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            serving.main(settings)
        assert stopped.value.code == 1
        return capsys.readouterr().err

    yield stopping
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("database", "how"),
    [
        ("sqlite", signal.SIGINT),
        pytest.param("sqlite", signal.SIGHUP, id="sqlite-closed-terminal"),
        ("postgresql", signal.SIGTERM),
    ],
    indirect=["database"],
)
def test_it_says_where_it_is_and_stops_without_leaving_a_process(
    start: Start, database: Database, session: Session, how: int
) -> None:
    make.site(session)
    session.commit()
    port = free_port()
    portal = start(PORT=str(port), DATABASE_URL=database.url)

    assert _first_words(portal) == [
        f"Sales Portal is ready: http://127.0.0.1:{port}",
        f"Log in as {serving.DEMO_PEOPLE}; the password is demo.",
        "Ctrl-C stops it.",
    ]
    assert answers(port)
    children = _children(portal.pid)
    # A terminal sends Ctrl-C to every process in it.
    os.killpg(portal.pid, how)
    rest, errors = portal.communicate(timeout=120)

    assert (portal.returncode, rest, errors) == (0, "Stopped.\n", "")
    assert children
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []


def _first_words(portal: subprocess.Popen[str]) -> list[str]:
    assert portal.stdout is not None
    return [portal.stdout.readline().strip() for _ in range(3)]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_taken_port_is_named_with_the_way_out(stops: Stops) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = stops(PORT=str(port))

    assert said == f"Port {port} is in use. Choose another one: make run PORT={port + 1}\n"


@pytest.mark.parametrize("port", ["0", "65536", "web", "-1", ""])
def test_a_port_that_is_none_is_refused_in_words(stops: Stops, port: str) -> None:
    assert stops(PORT=port) == f"PORT must be a number between 1 and 65535, not {port!r}.\n"


def test_a_database_that_does_not_answer_is_named(start: Start) -> None:
    portal = start(PORT=str(free_port()), DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    _, errors = portal.communicate(timeout=120)

    assert portal.returncode == 1
    assert errors.startswith("The database does not answer; check DATABASE_URL. It said: ")
    assert "Traceback" not in errors
