"""Reading templates: Jinja resolved into the shapes it can take, elements with their lines, classes as written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

from jinja2 import Environment, nodes

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
WORD = re.compile(r"\{%[-+]?\s*(\w+)")
CLASS_ATTRIBUTE = re.compile(r"""(?<![\w-])class\s*=\s*"((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)\"""", re.DOTALL)
UI_CALL = re.compile(r"\{%-?\s*call\b[^%]*?\bui\.(?P<called>\w+)|\{\{-?\s*ui\.(?P<said>\w+)\(")
MACRO, LOOP = "ui-macro", "ui-loop"
UNKNOWN = "\0"
MOST_SHAPES = 64
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.i18n"])


@dataclass
class Element:
    """An element as written: its name, attributes, line, its depth, and whether it holds anything."""

    name: str
    attributes: dict[str, str]
    line: int
    depth: int
    is_empty: bool = True


@dataclass
class Markup(HTMLParser):
    """The elements of a template and the lines of text that lie in none."""

    elements: list[Element] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and step into it."""
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, self.getpos()[0], len(self._open))
        self._fill()
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Step out."""
        if any(element.name == tag for element in self._open):
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note text outside every element."""
        if data.strip():
            self._fill()
        if not self._open and data.strip():
            self.loose.append(self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n"))

    def _fill(self) -> None:
        for element in self._open:
            element.is_empty = False


def shapes(file: Path) -> Iterator[Markup]:
    """The shapes a template can take: the first branch of every `if`, then the second, and so on.

    A macro of `ui` stands as an element with the id it is given, a loop as an element around what it repeats.
    """
    number, more = 0, True
    while more:
        text, more = _shape(file, number)
        markup = Markup()
        markup.feed(text)
        markup.close()
        yield markup
        number += 1


def _shape(file: Path, number: int) -> tuple[str, bool]:
    text, plain, position, more = file.read_text(), "", 0, False
    blocks: list[list[int]] = []  # of each open block: which branch it is at, and which one is shown
    for found in JINJA.finditer(text):
        shown = all(at == wanted for at, wanted in blocks)
        plain += text[position : found.start()] if shown else "\n" * text.count("\n", position, found.start())
        word = (WORD.match(found.group()) or [""] * 2)[1]
        if word in {"if", "for"}:
            branches = _branches(text, found.end())
            more = more or branches > number + 1
            blocks.append([0, min(number, branches - 1)])
        elif word == "macro" or (word == "set" and "=" not in found.group()):
            blocks.append([0, -1])
        elif word in {"elif", "else"} and blocks:
            blocks[-1][0] += 1
        elif word in {"endif", "endfor", "endmacro", "endset"} and blocks:
            blocks.pop()
        plain += (_stand_in(file, found.group(), word, plain) if shown else "") + "\n" * found.group().count("\n")
        position = found.end()
    return plain + text[position:], more


def _branches(text: str, position: int) -> int:
    depth, count = 0, 1
    for found in JINJA.finditer(text, position):
        word = (WORD.match(found.group()) or [""] * 2)[1]
        if word in {"if", "for"}:
            depth += 1
        elif word in {"endif", "endfor"}:
            if depth == 0:
                return count
            depth -= 1
        elif word in {"elif", "else"} and depth == 0:
            count += 1
    return count


def _stand_in(file: Path, jinja: str, word: str, before: str) -> str:
    if before.rfind("<") > before.rfind(">"):
        return "x" if jinja.startswith("{{") else " "
    if word in {"for", "endfor"}:
        return f"<{LOOP}>" if word == "for" else f"</{LOOP}>"
    if word == "endcall":
        return f"</{MACRO}>"
    called = UI_CALL.match(jinja)
    if called is not None:
        opened = f'<{MACRO} id="{_names_given(file, jinja, called["called"] or called["said"])}">'
        return opened if word == "call" else f"{opened}</{MACRO}>"
    return f"<{MACRO}>" if word == "call" else "x" if jinja.startswith("{{") else " "


def _names_given(file: Path, jinja: str, macro: str) -> str:
    tree = ENVIRONMENT.parse(jinja + "{% endcall %}" if jinja.startswith("{%") else jinja)
    call = next(call for call in tree.find_all(nodes.Call) if getattr(call.node, "attr", "") == macro)
    given = [option for keyword in call.kwargs if keyword.key == "id" for option in _options(keyword.value)]
    given += [str(argument.value) for argument in call.args if isinstance(argument, nodes.Const)]
    own = _own_ids(next(folder for folder in file.parents if folder.name == "templates"))
    return " ".join([*given, own.get(macro, "")]).replace(UNKNOWN, "x").replace('"', "").strip()


@cache
def _own_ids(templates: Path) -> dict[str, str]:
    """What `id` is where a macro of `ui` is called without one."""
    return {
        macro.name: str(default.value)
        for file in sorted((templates / "ui").glob("*.html"))
        for macro in ENVIRONMENT.parse(file.read_text()).find_all(nodes.Macro)
        for argument, default in zip(macro.args[len(macro.args) - len(macro.defaults) :], macro.defaults, strict=True)
        if argument.name == "id" and isinstance(default, nodes.Const) and default.value
    }


def classes(file: Path) -> Iterator[tuple[str, int]]:
    """Every class `file` writes with its line; one made from a part and a value holds UNKNOWN."""
    text = file.read_text()
    spoken = [range(found.start(), found.end()) for found in JINJA.finditer(text)]
    for found in CLASS_ATTRIBUTE.finditer(text):
        if not any(found.start() in code for code in spoken):
            line = text.count("\n", 0, found.start()) + 1
            yield from ((name, line) for name in _written(found.group(1)))
    for node in ENVIRONMENT.parse(text).find_all((nodes.Assign, nodes.Keyword)):
        name = node.key if isinstance(node, nodes.Keyword) else getattr(node.target, "name", "")
        if name == "class" or name.endswith(("_class", "classes")):
            value = node.value if isinstance(node, nodes.Keyword) else node.node
            yield from ((part, node.lineno) for option in _options(value) for part in option.split())


def _written(attribute: str) -> set[str]:
    pieces, position = [], 0
    for found in JINJA.finditer(attribute):
        pieces.append([attribute[position : found.start()]])
        if found.group().startswith("{{"):
            output = next(ENVIRONMENT.parse(found.group()).find_all(nodes.Output))
            pieces.append([option for node in output.nodes for option in _options(node)])
        elif WORD.match(found.group()):
            pieces.append([" "])
        position = found.end()
    pieces.append([attribute[position:]])
    return {name for option in _joined(pieces) for name in option.split()}


def _options(node: nodes.Node | None) -> list[str]:
    if node is None:
        return [""]
    if isinstance(node, nodes.Const):
        return [str(node.value or "")]
    if isinstance(node, nodes.TemplateData):
        return [node.data]
    if isinstance(node, nodes.CondExpr):
        return _options(node.expr1) + _options(node.expr2)
    if isinstance(node, nodes.Concat):
        return _joined([_options(part) for part in node.nodes])
    if isinstance(node, nodes.Add):
        return _joined([_options(node.left), _options(node.right)])
    return [UNKNOWN]


def _joined(pieces: list[list[str]]) -> list[str]:
    return ["".join(option) for option, _ in zip(product(*pieces), range(MOST_SHAPES), strict=False)]
