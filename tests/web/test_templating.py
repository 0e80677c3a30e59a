"""What a template compiles to is kept where Python keeps what it compiled, and is never older than the template."""

import os
import re
import sys
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, TemplateNotFound
from jinja2.defaults import DEFAULT_FILTERS

from sales_portal.web import formatting, macros, templating
from tests.harness.server import ROOT


def _app(folder: Path, monkeypatch: pytest.MonkeyPatch, kept: Path | None) -> Flask:
    monkeypatch.setattr(sys, "pycache_prefix", str(kept) if kept else None)
    app = Flask(__name__, template_folder=str(folder))
    templating.install(app)
    return app


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were compiled, in order."""
    sources: list[str] = []
    compile_ = Environment.compile

    def noting(self: Environment, source: str, *rest: str | None) -> object:
        sources.append(source)
        return compile_(self, source, *rest)

    monkeypatch.setattr(Environment, "compile", noting)
    return sources


def test_the_next_process_compiles_only_what_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[str]
) -> None:
    (tmp_path / "page.html").write_text("one")
    kept = tmp_path / "not" / "there"
    for words in ("one", "one", "two", "two"):
        (tmp_path / "page.html").write_text(words)
        app = _app(tmp_path, monkeypatch, kept)

        assert app.jinja_env.get_template("page.html").render() == words

    assert compiled == ["one", "two"]


def test_another_release_of_our_compiler_compiles_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[str]
) -> None:
    (tmp_path / "page.html").write_text("one")
    compiler = tmp_path / "macros.py"
    monkeypatch.setattr(macros, "__file__", str(compiler))
    for release in ("old", "old", "new"):
        compiler.write_text(release)
        _app(tmp_path, monkeypatch, tmp_path / "kept").jinja_env.get_template("page.html")

    assert compiled == ["one", "one"]


def test_a_page_is_shown_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("one")
    app = _app(tmp_path, monkeypatch, Path("/proc/not-there"))

    assert app.jinja_env.get_template("page.html").render() == "one"


def test_nothing_is_kept_where_python_was_not_told_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _app(tmp_path, monkeypatch, None).jinja_env.bytecode_cache is None


def test_no_template_computes_at_compiling_with_a_filter_of_ours() -> None:
    """Jinja does so for a filter on a literal, and would then show what an older release of the filter wrote."""
    app = Flask(__name__)
    formatting.install(app)
    ours = app.jinja_env.filters.keys() - DEFAULT_FILTERS.keys()
    literal = re.compile(rf"""(?:["']|(?<![\w.])\d+)\s*\|\s*(?:{"|".join(sorted(ours))})\b""")

    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if literal.search(line)
    ]
    assert [bool(literal.search(line)) for line in ("{{ 5 | money('EUR') }}", "{{ a.b5|money }}")] == [True, False]
    assert found == []


@pytest.mark.parametrize(("is_reloading", "shown"), [(False, "old"), (True, "new")])
def test_a_template_is_looked_for_once_unless_it_may_change(
        tmp_path: Path, is_reloading: bool, shown: str) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    app = Flask("found", template_folder=str(tmp_path))
    app.jinja_environment = templating.Templates
    app.jinja_env.auto_reload = is_reloading
    assert app.jinja_env.get_template("page.html").render() == "old"
    page.write_text("new")
    os.utime(page, (1, 1))
    assert app.jinja_env.get_template("page.html").render() == shown
    with pytest.raises(TemplateNotFound):
        app.jinja_env.get_template("nowhere.html")
