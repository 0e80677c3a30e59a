"""The linters, run on any tree with the project's own settings, each line of theirs read as a finding."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.source import PACKAGE, PROJECT, Finding

SETTINGS = PROJECT / "pyproject.toml"
BIN = Path(sys.executable).parent
EDGE = re.compile(r"(?P<importer>[\w.]+) -> (?P<imported>[\w.]+) \(l\.(?P<line>\d+)")
UNLISTED = re.compile(r"^\s*-?\s*(?P<module>sales_portal\.\w+)\s*$", re.MULTILINE)


def imports_keep_the_contracts(root: Path) -> Iterator[Finding]:
    """The contracts of pyproject.toml: the ladder with nothing beside it, slices inside, no web below, purity."""
    command = [str(BIN / "lint-imports"), f"--config={SETTINGS}", "--no-logo", "--no-cache"]
    said = _run(command, root, PYTHONPATH=str(root))
    if said.returncode == 0:
        return
    found = {
        Finding(_path(root, edge["importer"]), int(edge["line"]), f"may not import {edge['imported']}")
        for edge in EDGE.finditer(said.stdout)
    }
    for module in UNLISTED.finditer(said.stdout):
        found.add(Finding(_path(root, module["module"]), 1, f"{module['module']} stands on no rung of the ladder"))
    yield from sorted(found or {Finding("pyproject.toml", 1, said.stdout + said.stderr)})


def ruff(root: Path) -> Iterator[Finding]:
    """Style and the mistakes ruff knows."""
    said = _run([str(BIN / "ruff"), "check", f"--config={SETTINGS}", "--output-format=concise", "."], root)
    yield from _findings(said, r"^(?P<path>[^:\n]+):(?P<line>\d+):\d+: (?P<message>.+)$", root)


def mypy(root: Path) -> Iterator[Finding]:
    """Types, strictly."""
    cache = PROJECT / ".mypy_cache" if root == PROJECT else root / ".mypy_cache"
    command = [str(BIN / "mypy"), f"--config-file={SETTINGS}", f"--cache-dir={cache}", "--no-error-summary", PACKAGE]
    said = _run([*command, *(["app.py"] if (root / "app.py").is_file() else [])], root)
    yield from _findings(said, r"^(?P<path>[^:\n]+):(?P<line>\d+): error: (?P<message>.+)$", root)


def djlint(root: Path) -> Iterator[Finding]:
    """Templates that are well-formed."""
    said = _run([str(BIN / "djlint"), f"--configuration={SETTINGS}", "--lint", "--quiet", "templates"], root)
    path = ""
    for line in said.stdout.splitlines():
        found = re.match(r"(?P<rule>[A-Z]\d+) (?P<line>\d+):\d+ (?P<message>.+)", line)
        if found and not (found["rule"] == "T041" and _shows_nothing_before(root / path, int(found["line"]))):
            yield Finding(path, int(found["line"]), f"{found['rule']} {found['message']}")
        elif not found and line.strip() and not line.startswith(("─", "Lint", " ")):
            # djlint leaves out the folder it was given where nothing else lies beside it.
            path = line.strip() if (root / line.strip()).is_file() else f"templates/{line.strip()}"
    if said.returncode and not path:
        yield Finding("templates", 1, said.stdout + said.stderr)


def _shows_nothing_before(template: Path, line: int) -> bool:
    before = "\n".join(template.read_text().splitlines()[: line - 1])
    return not re.sub(r"\{#.*?#\}|\{%-?\s*(import|from)\b.*?%\}", "", before, flags=re.DOTALL).strip()


def _run(command: list[str], root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=root, env=os.environ | {"NO_COLOR": "1", "COLUMNS": "1000"} | environment,
        capture_output=True, text=True, check=False,
    )


def _findings(said: subprocess.CompletedProcess[str], pattern: str, root: Path) -> Iterator[Finding]:
    found = [
        Finding(os.path.relpath(root / line["path"], root), int(line["line"]), line["message"])
        for line in re.finditer(pattern, said.stdout, re.MULTILINE)
    ]
    if said.returncode and not found:
        found = [Finding(".", 1, said.stdout + said.stderr)]
    yield from found


def _path(root: Path, module: str) -> str:
    path = Path(*module.split("."))
    return str(path / "__init__.py" if (root / path).is_dir() else path.with_suffix(".py"))
