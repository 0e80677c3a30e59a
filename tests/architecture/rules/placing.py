"""What may stand where: files, tables, errors, foreign keys and the doors of libraries."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.source import Finding, Module, below, dotted, height, ladder, modules

REFUSED_NAMES = {
    *("util", "utils", "utilities", "helper", "helpers", "common", "manager", "managers", "misc", "shared", "tools"),
    *("base", "repository", "repositories"),
}
LIBRARY_DOORS = {
    "smtplib": "messaging.mail",
    "flask_mail": "messaging.mail",
    "http.client": "messaging.webhook",
    "urllib.request": "messaging.webhook",
    "urllib3": "messaging.webhook",
    "requests": "messaging.webhook",
    "httpx": "messaging.webhook",
    "standardwebhooks": "messaging.webhook",
    "aiohttp": "messaging.webhook",
    "stripe": "payments.stripe",
    "strawberry": "api.graphql",
    "graphql": "api.graphql",
}


def silent_inits(root: Path) -> Iterator[Finding]:
    """A package's `__init__.py` holds one docstring and nothing else."""
    for module in modules(root):
        if module.parts[-1] != "__init__":
            continue
        body = module.tree.body
        if not body or ast.get_docstring(module.tree) is None:
            yield module.finding(1, "a package says in one docstring what it is for")
        for node in body[1:]:
            yield module.finding(node, "a package's __init__.py holds one docstring and nothing else")


def telling_names(root: Path) -> Iterator[Finding]:
    """No file or folder is named after nothing: `utils`, `helpers`, `common`, `manager`."""
    for module in modules(root):
        refused = REFUSED_NAMES & set(module.parts)
        if refused:
            yield module.finding(1, f"name it after a concept, not {refused.pop()!r}")


def library_doors(root: Path) -> Iterator[Finding]:
    """Each outside library has one door."""
    for module in modules(root):
        for name, node in module.imports:
            for library, door in LIBRARY_DOORS.items():
                inside = f"{module.name}.".startswith(f"{door}.")
                if f"{name}.".startswith(f"{library}.") and not inside:
                    yield module.finding(node, f"{library} is used only in {door.replace('.', '/')}")


def tables_in_models(root: Path) -> Iterator[Finding]:
    """Tables are declared in `models.py`; those of one concept, where a slice has many, in `<concept>_models.py`."""
    for module in modules(root):
        for table, node in _tables(module):
            if module.parts[-1] != "models" and not module.parts[-1].endswith("_models"):
                yield module.finding(node, f"the table {table} belongs into {module.rung}/models.py")


def refusals_in_errors(root: Path) -> Iterator[Finding]:
    """A slice's refusals are named in `errors.py`."""
    slices = below("web") - {"core"}
    for module in modules(root):
        if module.rung not in slices or module.parts[-1] == "errors":
            continue
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and _is_refusal(node):
                yield module.finding(node, f"the refusal {node.name} belongs into {module.rung}/errors.py")


def _is_refusal(node: ast.ClassDef) -> bool:
    refusals = {"Refusal", "NotFound", "Forbidden", "Invalid"}
    return any(dotted(base).rsplit(".", 1)[-1] in refusals for base in node.bases)


def foreign_keys_go_down(root: Path) -> Iterator[Finding]:
    """A foreign key names a table of the same rung or of one below."""
    owners = {name: module.rung for module in modules(root) for name in _table_names(module)}
    known = {rung for layer in ladder() for rung in layer}
    for module in modules(root):
        for target, node in foreign_keys(module):
            rung = owners.get(target)
            if rung is None:
                yield module.finding(node, f"no table is known as {target}")
            elif {module.rung, rung} <= known and module.rung != rung and height(rung) <= height(module.rung):
                yield module.finding(node, f"a foreign key of {module.rung} may not name {target}: {rung} stands above")


def foreign_keys(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Every table a foreign key of `module` names, by its own name or its class; migrations left out."""
    if "migrations" in module.parts:
        return
    for name, call in module.calls:
        last = name.rsplit(".", 1)[-1]
        if last == "ForeignKey":
            yield _target(call.args[0]), call
        elif last == "ForeignKeyConstraint":
            columns = call.args[1]
            yield _target(columns.elts[0] if isinstance(columns, ast.List | ast.Tuple) else columns), call


def _target(column: ast.expr) -> str:
    written = column.value if isinstance(column, ast.Constant) else dotted(column)
    return str(written).rsplit(".", 1)[0].rsplit(".", 1)[-1]


def _table_names(module: Module) -> Iterator[str]:
    for table, _ in _tables(module):
        yield table
    for node in module.nodes:
        if isinstance(node, ast.ClassDef) and any(_names_table(line) for line in node.body):
            yield node.name


def _names_table(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in targets)


def _tables(module: Module) -> Iterator[tuple[str, ast.AST]]:
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and _names_table(node):
            yield str(node.value.value), node
    for name, call in module.calls:
        if name in {"Table", "sa.Table"} and len(call.args) > 1 and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), call
