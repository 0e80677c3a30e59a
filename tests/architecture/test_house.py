"""The house keeps its rules, and each rule names file and line of the tree made to break it."""

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture.rules import acting, placing, templating, tools
from tests.architecture.rules.source import PROJECT, Finding, ladder

Rule = Callable[[Path], Iterable[Finding]]
BROKEN = Path(__file__).parent / "broken"
MARK = re.compile(r"(?:#|\{#) breaks: (?P<messages>.+?)(?: #\}.*)?$")
RULES: list[Rule] = [
    placing.silent_inits,
    placing.telling_names,
    placing.library_doors,
    placing.tables_in_models,
    placing.refusals_in_errors,
    placing.foreign_keys_go_down,
    acting.commits_at_the_edge,
    acting.one_clock,
    acting.transactions_begin_in_one_place,
    acting.imports_on_top,
    acting.htmx_in_one_file,
    acting.no_html,
    acting.events_from_the_enum,
    acting.no_float_in_money,
    acting.nothing_hidden,
    acting.verbs_take_the_session_first,
    templating.fragments_have_one_root,
    templating.templates_mirror_the_doors,
    templating.mails_are_whole,
    templating.templates_are_small,
    templating.macros_in_ui,
    templating.nothing_inline,
    templating.classes_have_styles,
    tools.imports_keep_the_contracts,
    tools.ruff,
    tools.mypy,
    tools.djlint,
]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@every_rule
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    findings = list(rule(PROJECT))

    assert not findings, f"{rule.__doc__}\n" + "\n".join(map(str, findings))


@every_rule
def test_the_rule_names_file_and_line_of_what_breaks_it(rule: Rule, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(BROKEN / rule.__name__, tree)
    if rule is tools.imports_keep_the_contracts:
        _add_the_other_rungs(tree)
    expected = _marked(tree)

    found = sorted(set(rule(tree)))

    assert expected, "a broken tree marks what breaks"
    assert [(finding.path, finding.line) for finding in found] == [(path, line) for path, line, _ in expected]
    for finding, (_, _, message) in zip(found, expected, strict=True):
        assert message in finding.message


def test_every_broken_tree_belongs_to_a_rule() -> None:
    assert {folder.name for folder in BROKEN.iterdir()} == {rule.__name__ for rule in RULES}


def _marked(tree: Path) -> list[tuple[str, int, str]]:
    return sorted(
        (str(file.relative_to(tree)), number, message)
        for file in tree.rglob("*")
        if file.is_file()
        for number, line in enumerate(file.read_text().splitlines(), 1)
        for mark in MARK.finditer(line)
        for message in mark["messages"].split(" | ")
    )


def _add_the_other_rungs(tree: Path) -> None:
    for rung in ["", *(rung for layer in ladder() for rung in layer)]:
        init = tree / "sales_portal" / rung / "__init__.py"
        init.parent.mkdir(exist_ok=True)
        if not init.exists():
            init.write_text('"""A rung."""\n')
