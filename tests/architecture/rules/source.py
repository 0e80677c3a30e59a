"""Reading a source tree once: parsed Python, the ladder it stands on, and what a rule has to say about a line."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGE = "sales_portal"
PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True, order=True)
class Finding:
    """A broken rule: where, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Module:
    """One Python file of the tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree."""
        return list(ast.walk(self.tree))

    @property
    def parts(self) -> tuple[str, ...]:
        """The path inside the package: `("links", "service")`."""
        return Path(self.path).with_suffix("").parts[1:]

    @property
    def rung(self) -> str:
        """The rung it stands on, empty for a file beside them."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def name(self) -> str:
        """Its dotted name inside the package: `links.service`."""
        return ".".join(self.parts)

    def finding(self, node: ast.AST | int, message: str) -> Finding:
        """A finding at `node`."""
        return Finding(self.path, node if isinstance(node, int) else getattr(node, "lineno", 1), message)

    @cached_property
    def strings(self) -> list[ast.Constant]:
        """Every string of the code, docstrings left out."""
        documented = {
            id(node.body[0].value)
            for node in self.nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        # A string standing alone under an assignment documents it.
        documented |= {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        return [
            node
            for node in self.nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        ]

    @cached_property
    def calls(self) -> list[tuple[str, ast.Call]]:
        """Every call with the dotted name it is made by, as written: `datetime.now`."""
        return [(dotted(node.func), node) for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def imports(self) -> list[tuple[str, ast.AST]]:
        """Every name imported, dotted in full: `datetime.datetime`, `sales_portal.links.service`."""
        found: list[tuple[str, ast.AST]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(alias.name, node) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
        return found


def dotted(node: ast.AST) -> str:
    """The dotted name of an expression, with `()` for what a call gives: `connect().commit`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return "…"


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """Every Python file of the package under `root`."""
    files = sorted((root / PACKAGE).rglob("*.py"))
    return tuple(Module(str(file.relative_to(root)), file.read_text()) for file in files)


def below(*rungs: str) -> frozenset[str]:
    """The rungs under the lowest of `rungs`."""
    order = ladder()
    lowest = max(number for number, layer in enumerate(order) if set(rungs) & set(layer))
    return frozenset(rung for layer in order[lowest + 1 :] for rung in layer)


@cache
def ladder() -> tuple[tuple[str, ...], ...]:
    """The rungs from the top down as pyproject.toml's contract names them; siblings share a layer."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "ladder")
    return tuple(tuple(rung.strip() for rung in layer.split("|")) for layer in layers)


def height(rung: str) -> int:
    """How far down the ladder `rung` stands; 0 is the top."""
    return next(number for number, layer in enumerate(ladder()) if rung in layer)


def templates(root: Path) -> Iterator[Path]:
    """Every HTML template under `root`, mails left out."""
    folder = root / "templates"
    for file in sorted(folder.rglob("*.html")):
        if file.relative_to(folder).parts[0] != "emails":
            yield file
