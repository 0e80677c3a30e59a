"""uv.lock and the two files pip falls back on name the same packages, with hashes, from PyPI alone."""

import re
import tomllib
from typing import Any

import pytest

from tests.architecture.rules.source import PROJECT

LOCK = tomllib.loads((PROJECT / "uv.lock").read_text())
PACKAGES: dict[str, dict[str, Any]] = {package["name"]: package for package in LOCK["package"]}
OURS = PACKAGES["sales-portal"]
Locked = dict[str, tuple[str, frozenset[str]]]


def _needed(dependencies: list[dict[str, Any]]) -> Locked:
    waiting, seen = [(item["name"], extra) for item in dependencies for extra in ["", *item.get("extra", [])]], set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = PACKAGES[name]
        more = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        waiting += [(item["name"], part) for item in more for part in ["", *item.get("extra", [])]]
    return {name: (PACKAGES[name]["version"], _hashes(PACKAGES[name])) for name, _ in seen}


def _hashes(package: dict[str, Any]) -> frozenset[str]:
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return frozenset(file["hash"] for file in files)


def _exported(name: str) -> Locked:
    text = (PROJECT / name).read_text().replace("\\\n", " ")
    return {
        found["name"]: (found["version"], frozenset(re.findall(r"--hash=(\S+)", found["rest"])))
        for found in re.finditer(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<rest>.*)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("name", "dependencies"),
    [
        ("requirements.lock", OURS["dependencies"]),
        ("requirements-dev.lock", OURS["dependencies"] + OURS["dev-dependencies"]["dev"]),
    ],
)
def test_what_pip_falls_back_on_is_what_uv_locked(name: str, dependencies: list[dict[str, Any]]) -> None:
    assert _exported(name) == _needed(dependencies), "run scripts/lock.sh"


def test_the_lock_was_made_from_this_pyproject() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    extras = [text for some in project["project"]["optional-dependencies"].values() for text in some]
    wanted = {"": project["project"]["dependencies"] + extras, **project["dependency-groups"]}
    locked = {"": OURS["metadata"]["requires-dist"], **OURS["metadata"]["requires-dev"]}

    for group, requirements in wanted.items():
        assert sorted(_named(text) for text in requirements) == sorted(_said(item) for item in locked[group])


def test_every_package_comes_from_pypi() -> None:
    sources = {name: package["source"] for name, package in PACKAGES.items() if package is not OURS}
    urls = re.findall(r'url = "([^"]+)"', (PROJECT / "uv.lock").read_text())

    assert {tuple(source.items()) for source in sources.values()} == {(("registry", "https://pypi.org/simple"),)}
    assert [url for url in urls if not url.startswith("https://files.pythonhosted.org/")] == []


def _named(requirement: str) -> tuple[str, frozenset[str]]:
    found = re.match(r"(?P<name>[A-Za-z0-9_.-]+)(\[(?P<extra>\w+)\])?(?P<versions>.*)", requirement)
    assert found is not None
    return found["name"].lower(), frozenset(found["versions"].replace(" ", "").split(","))


def _said(item: dict[str, Any]) -> tuple[str, frozenset[str]]:
    return item["name"], frozenset(item["specifier"].split(","))
