"""The top of the tree is the user's: what lies there is fixed."""

import subprocess

import pytest

from tests.architecture.rules.source import PROJECT

FIXED = ("app.py", "pyproject.toml", "sales_portal", "templates", "static", "instance", "tests", "README.md")
BESIDE = (
    *(".ci", ".editorconfig", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "bench", "docs", "examples"),
    *("portal", "requirements-dev.lock", "requirements.lock", "scripts", "uv.lock"),
)


def _cloned() -> set[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone")
    return {line.split("/")[0] for line in listed.stdout.splitlines()}


@pytest.mark.parametrize("name", FIXED)
def test_a_clone_holds_the_name(name: str) -> None:
    assert name in _cloned()


def test_nothing_else_lies_beside_them() -> None:
    assert _cloned() - {*FIXED, *BESIDE} == set()
