"""Every small change to what places orders and takes, gives up and gives back their money; and what came of each.

A change is what a slip of the hand could be: `<` for `<=`, `and` for `or`, a condition turned round or left out, a
number one higher, a call or a refusal forgotten. `scripts/noticing.py` asks the tests about each.
"""

import ast
import copy
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FILES = tuple(Path("sales_portal") / name for name in (
    "orders/placing.py", "orders/making.py", "orders/jobs.py", "orders/giving_back.py", "orders/refunding.py",
    "orders/cancelling.py", "orders/undoing.py", "payments/steps.py"))
ANSWERS = Path(".tools/changes")
LEAST = 90.0
OTHERS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}
UNTOUCHED = {"cast", "bindparam", "TypeVar"}
"""Calls whose arguments name things and decide nothing."""
QUIET = {"with_for_update", "populate_existing", "is_locked", "slots", "frozen"}
"""Keywords that tests of one process cannot notice: they are what the races are for."""
Act = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: the nth node of its tree, what becomes of it, where it stands and in which function."""

    file: str
    node: int
    name: str
    line: int
    end: int
    function: str

    @property
    def id(self) -> str:
        """What it is called in a report."""
        return f"{self.file}:{self.line}#{self.node} {self.name}"


def all_changes() -> list[Change]:
    """Those of every file, in the order of their lines."""
    return [change for file in FILES for change in sorted(changes_of(file), key=lambda one: (one.line, one.node))]


def changes_of(file: Path) -> Iterator[Change]:
    """The changes of one file; what a type, a docstring or an import says is none."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    for statement in tree.body:
        if not _is_words(statement):
            yield from _under(statement, "", str(file), numbers)


def changed(file: Path, change: Change) -> ast.Module:
    """The tree of `file` with `change` in it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    node = nodes[change.node]
    kept = copy.copy(node)
    _acts(node)[change.name](node)
    if isinstance(kept, ast.stmt) and change.name == "forgotten":
        _replace(nodes, node, ast.Pass())
    elif change.name == "not dropped":
        _replace(nodes, node, kept.operand)  # type: ignore[attr-defined]
    return ast.fix_missing_locations(tree)


def _under(node: ast.AST, function: str, file: str, numbers: dict[int, int]) -> Iterator[Change]:
    if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.keyword) and node.arg in QUIET):
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func) in UNTOUCHED:
        return
    inside = function
    # What is defined within a function is part of its code; within a class it has code of its own.
    if isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and (not function or function.istitle())):
        inside = f"{function}.{node.name}".strip(".")
    if isinstance(node, ast.stmt | ast.expr):
        end = node.test.end_lineno if isinstance(node, ast.If) else node.end_lineno
        for name in _acts(node):
            yield Change(file, numbers[id(node)], name, node.lineno, end or node.lineno, function)
    for child in _parts(node):
        yield from _under(child, inside, file, numbers)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children that do something: no types, no decorators, no docstrings, no words put together."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield from (child for child in node.body if not _is_words(child))
        return
    yield from (child for child in ast.iter_child_nodes(node) if not _is_words(child))


def _is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _acts(node: ast.AST) -> dict[str, Act]:  # noqa: C901 - one line a kind of change
    """What may become of a node, by name."""
    found: dict[str, Act] = {}
    if isinstance(node, ast.Compare):
        for place, way in enumerate(node.ops):
            if type(way) in OTHERS:
                found[f"{type(way).__name__} to {OTHERS[type(way)].__name__}, {place}"] = _compare(place)
    elif isinstance(node, ast.BoolOp):
        found["and for or"] = lambda one: setattr(one, "op", ast.Or() if isinstance(one.op, ast.And) else ast.And())
    elif isinstance(node, ast.If | ast.IfExp):
        found["turned round"] = lambda one: setattr(one, "test", ast.UnaryOp(ast.Not(), one.test))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found["not dropped"] = lambda one: None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        found["plus for minus"] = lambda one: setattr(
            one, "op", ast.Sub() if isinstance(one.op, ast.Add) else ast.Add())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
        found["another value"] = lambda one: setattr(one, "value", _another(one.value))
    elif _may_be_forgotten(node):
        found["forgotten"] = lambda one: None
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where":
        for place in range(len(node.args)):
            found[f"condition left out, {place}"] = _without(place)
    return found


def _may_be_forgotten(node: ast.AST) -> bool:
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    is_kept = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
    return isinstance(node, ast.Raise | ast.AugAssign) or is_call or is_kept


def _compare(place: int) -> Act:
    def act(node: ast.AST) -> None:
        node.ops[place] = OTHERS[type(node.ops[place])]()  # type: ignore[attr-defined]
    return act


def _without(place: int) -> Act:
    def act(node: ast.AST) -> None:
        del node.args[place]  # type: ignore[attr-defined]
    return act


def _another(value: bool | int | str) -> bool | int | str:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"another {value}"


def _replace(nodes: list[ast.AST], old: ast.AST, new: ast.AST) -> None:
    for parent in nodes:
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, ast.copy_location(new, old))
            elif isinstance(value, list) and any(one is old for one in value):
                value[[one is old for one in value].index(True)] = ast.copy_location(new, old)


def main() -> int:
    """Print what no test noticed, and the score; 1 below the limit, or where a change was not asked about."""
    answers = {answer["id"]: answer for path in ANSWERS.glob("*.jsonl")
               for answer in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    changes = all_changes()
    unasked = [change for change in changes if change.id not in answers]
    missed = [change for change in changes if change.id in answers and not answers[change.id]["by"]]
    for change in missed:
        line = Path(change.file).read_text(encoding="utf-8").splitlines()[change.line - 1].strip()
        print(f"{change.id}: {line}")
    score = 100 * (len(changes) - len(missed) - len(unasked)) / len(changes)
    print(f"{len(changes) - len(missed) - len(unasked)} of {len(changes)} changes noticed: {score:.1f} % "
          f"(limit {LEAST:.0f} %); {len(unasked)} not asked about")
    return int(score < LEAST or bool(unasked))


if __name__ == "__main__":
    sys.exit(main())
