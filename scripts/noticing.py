"""A plugin of pytest that asks the tests it was given about every small change: which of them notices it.

The tests run once as they are, and which lines each runs is written down. Then each change is made in a process of
its own, forked from this one, and the tests that run its lines run again until one fails; before that they all run
there without a change, and must pass. `PART` of `PARTS` says which of the changes are this process's.
"""

import ast
import importlib
import json
import os
import signal
import sys
import time
import types
from collections import defaultdict
from pathlib import Path

import coverage
import pytest
from _pytest.runner import runtestprotocol

from scripts import changes
from scripts.changes import Change

LONGEST_SECONDS = 200
PART, PARTS = int(os.environ.get("PART", "0")), int(os.environ.get("PARTS", "1"))
WHOLE = "at the top"
"""What belongs to no function may matter to every test that runs the file."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests once, then ask about each change."""
    items = {item.nodeid: item for item in session.items}
    runs, seconds = _run_once(session.items)
    # The control: where nothing was changed no test of a process of its own may notice anything.
    if by := _ask(None, session.items):
        pytest.exit(f"{by} fails where nothing was changed", 1)
    answers = changes.ANSWERS / f"{PART}.jsonl"
    answers.parent.mkdir(parents=True, exist_ok=True)
    with answers.open("w", encoding="utf-8") as file:
        for change in changes.all_changes()[PART::PARTS]:
            tests = _tests_of(change, runs)
            order = sorted(tests & items.keys(), key=lambda test: seconds[test])
            by = _ask(change, [items[test] for test in order])
            file.write(json.dumps({"id": change.id, "by": by, "tests": len(order)}) + "\n")
            file.flush()
    return True


def _run_once(items: list[pytest.Item]) -> tuple[dict[tuple[str, int], set[str]], dict[str, float]]:
    measured = coverage.Coverage(data_file=None, config_file=False, include=[str(file) for file in changes.FILES])
    measured.start()
    seconds = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        measured.switch_context(item.nodeid)
        begun = time.monotonic()
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            pytest.exit(f"{item.nodeid} fails as it is", 1)
        seconds[item.nodeid] = time.monotonic() - begun
    measured.stop()
    runs: dict[tuple[str, int], set[str]] = defaultdict(set)
    for file in changes.FILES:
        for line, tests in measured.get_data().contexts_by_lineno(str(file.resolve())).items():
            runs[str(file), line].update(tests)
    return runs, seconds


def _tests_of(change: Change, runs: dict[tuple[str, int], set[str]]) -> set[str]:
    if not change.function:
        return {test for (file, _), tests in runs.items() if file == change.file for test in tests}
    lines = range(change.line, change.end + 1)
    found = {test for line in lines for test in runs.get((change.file, line), ())}
    # An expression over several lines is traced at the first of them.
    for line in range(change.line, max(0, change.line - 8), -1):
        found = found or set(runs.get((change.file, line), ()))
    return found


def _ask(change: Change | None, items: list[pytest.Item]) -> str:
    """The test that notices; empty where none does."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.close(read)
        os.write(write, _noticed_by(change, items).encode())
        os._exit(0)
    os.close(write)
    until = time.monotonic() + LONGEST_SECONDS
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return ""
        time.sleep(0.02)
    with os.fdopen(read, encoding="utf-8") as answer:
        return answer.read()


def _noticed_by(change: Change | None, items: list[pytest.Item]) -> str:
    try:
        if change is not None:
            _make(change)
        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
                return item.nodeid
    except BaseException as wrong:
        return f"cannot be read: {wrong!r}"
    return ""


def _make(change: Change) -> None:
    path = Path(change.file)
    module = importlib.import_module(change.file.removesuffix(".py").replace("/", "."))
    tree = changes.changed(path, change)
    if change.function:
        _put_code(module, change.function, compile(tree, str(path.resolve()), "exec"))
        return
    before = dict(module.__dict__)
    later = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign)
             and (one.end_lineno or 0) >= change.line]
    exec(compile(ast.Module(later, []), str(path.resolve()), "exec"), module.__dict__)  # noqa: S102 - our own code
    for other in [one for name, one in sys.modules.items() if name.startswith(("sales_portal.", "tests."))]:
        for name, value in before.items():
            if other.__dict__.get(name) is value and module.__dict__[name] is not value:
                other.__dict__[name] = module.__dict__[name]


def _put_code(module: types.ModuleType, function: str, code: types.CodeType) -> None:
    found: object = module
    for name in function.split("."):
        found = getattr(found, name)
        code = next(one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, types.FunctionType):
        found.__code__ = code
