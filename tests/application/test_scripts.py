"""The commands of a fresh clone say what is missing, and do nothing twice."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.server import ROOT

TOOLS = ("cat", "cmp", "cp", "dirname", "env", "grep", "id", "rm", "sed", "sh")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with the scripts and the lock, and a `bin` with nothing but the shell's tools."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    for name in ("uv.lock", "portal", "Makefile"):
        shutil.copy(ROOT / name, clone / name)
    (clone / "bin").mkdir()
    for tool in TOOLS:
        (clone / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return clone


def _run(clone: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=clone, env={"PATH": str(clone / "bin"), **environment}, capture_output=True, text=True, check=False
    )


def _executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("installed", "asked"), [("dev", "dev"), ("run", "run"), ("dev", "run")])
def test_what_is_installed_is_not_installed_again(clone: Path, installed: str, asked: str) -> None:
    _executable(clone / ".venv/bin/python", "exit 0")
    shutil.copy(clone / "uv.lock", clone / f".venv/synced-{installed}.lock")

    done = _run(clone, "scripts/sync.sh", asked)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_changed_lock_is_installed(clone: Path) -> None:
    _executable(clone / ".venv/bin/python", "exit 0")
    (clone / ".venv/synced-dev.lock").write_text("of yesterday")
    _executable(clone / "bin/python3", "exit 0")
    _executable(clone / "bin/uv", f'echo "$@" > {clone}/asked')

    done = _run(clone, "scripts/sync.sh", "dev")

    assert done.returncode == 0
    assert "sync --quiet --frozen --no-install-project" in (clone / "asked").read_text()
    assert (clone / ".venv/synced-dev.lock").read_text() == (clone / "uv.lock").read_text()


@pytest.mark.parametrize("command", ["run", "test"])
def test_what_python_compiled_is_kept_for_the_next_start(clone: Path, command: str) -> None:
    _executable(clone / ".venv/bin/python", 'echo "$PYTHONPYCACHEPREFIX [$PYTHONDONTWRITEBYTECODE]"')
    shutil.copy(clone / "uv.lock", clone / ".venv/synced-dev.lock")

    done = _run(clone, f"scripts/{command}.sh", PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX="/elsewhere")

    assert (done.returncode, done.stdout) == (0, f"{clone}/.venv/pycache []\n")


def test_an_old_python_is_named(clone: Path) -> None:
    _executable(clone / "bin/python3", 'case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac')

    done = _run(clone, "scripts/sync.sh", "run")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed; found Python 3.9.2." in done.stderr


def test_a_python_without_venv_is_told_what_to_install(clone: Path) -> None:
    _executable(clone / "bin/python3", 'case $* in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')

    done = _run(clone, "scripts/sync.sh", "run")

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_the_browser_asked_for_is_the_one_taken(clone: Path) -> None:
    _executable(clone / "my-browser", "exit 0")

    done = _run(clone, "scripts/browser.sh", CHROMIUM=str(clone / "my-browser"))

    assert (done.returncode, done.stdout) == (0, f"{clone / 'my-browser'}\n")


def test_no_browser_is_said_and_is_no_failure(clone: Path) -> None:
    done = _run(clone, "scripts/browser.sh")

    assert (done.returncode, done.stdout) == (0, "")
    assert "browser tests are skipped" in done.stderr


@pytest.mark.parametrize("command", ["run", "test", "bench"])
def test_portal_does_what_make_does(clone: Path, command: str) -> None:
    _executable(clone / f"scripts/{command}.sh", 'echo "$PORT $DATABASE_URL $*"')
    (clone / "bin/make").symlink_to(str(shutil.which("make")))

    settings = ["PORT=5077", "DATABASE_URL=postgresql://here/shop"]
    portal = _run(clone, "./portal", command, *settings)
    make = _run(clone, "make", command, *settings)

    assert portal.stdout.strip() == make.stdout.strip() == "5077 postgresql://here/shop"


def test_portal_says_what_it_can_do(clone: Path) -> None:
    done = _run(clone, "./portal", "dance")

    assert done.returncode == 2
    assert "./portal run|test|bench" in done.stderr


def test_the_ci_runs_the_test_command_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]

    assert lines[-1] == "exec make test"
    assert os.access(ROOT / ".ci/run", os.X_OK)
