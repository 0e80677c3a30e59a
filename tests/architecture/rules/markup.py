"""Reading templates: Jinja blanked out so that lines stay, elements with their lines, classes as they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
CLASS_ATTRIBUTE = re.compile(r"""(?<![\w-])class\s*=\s*"((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)\"""", re.DOTALL)
UI_CALL = re.compile(r"\{%-?\s*call\b[^%]*?\bui\.|\{\{-?\s*ui\.\w+\(")
MACRO = "ui-macro"
UNKNOWN = "\0"
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.i18n"])


@dataclass
class Element:
    """An element as written: its name, attributes, line, and how many elements it lies in."""

    name: str
    attributes: dict[str, str]
    line: int
    depth: int


@dataclass
class Markup(HTMLParser):
    """The elements of a template and the lines of text that lie in none."""

    elements: list[Element] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and step into it."""
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes, self.getpos()[0], len(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Step out."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note text outside every element."""
        if not self._open and data.strip():
            self.loose.append(self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n"))


def read(file: Path) -> Markup:
    """The elements of `file`; a macro of `ui` stands as an element, another expression as a letter."""
    text, plain, position = file.read_text(), "", 0
    for found in JINJA.finditer(text):
        plain += text[position : found.start()]
        in_tag = plain.rfind("<") > plain.rfind(">")
        plain += _plain(found.group(), in_tag) + "\n" * found.group().count("\n")
        position = found.end()
    markup = Markup()
    markup.feed(plain + text[position:])
    markup.close()
    return markup


def _plain(jinja: str, in_tag: bool) -> str:
    if not in_tag and UI_CALL.match(jinja):
        opened = f'<{MACRO} id="{_id_given(jinja)}">'
        return opened if jinja.startswith("{%") else f"{opened}</{MACRO}>"
    if re.match(r"\{%-?\s*endcall", jinja) and not in_tag:
        return f"</{MACRO}>"
    return "x" if jinja.startswith("{{") else " "


def _id_given(jinja: str) -> str:
    called = jinja + "{% endcall %}" if jinja.startswith("{%") else jinja
    for keyword in ENVIRONMENT.parse(called).find_all(nodes.Keyword):
        if keyword.key == "id":
            return _words(keyword.value).replace(UNKNOWN, "x")
    return ""


def classes(file: Path) -> Iterator[tuple[str, int]]:
    """Every class `file` writes with its line; one made from a part and a value ends in UNKNOWN."""
    text = file.read_text()
    spoken = [range(found.start(), found.end()) for found in JINJA.finditer(text)]
    for found in CLASS_ATTRIBUTE.finditer(text):
        if not any(found.start() in code for code in spoken):
            written = JINJA.sub(_spoken, found.group(1))
            yield from ((name, text.count("\n", 0, found.start()) + 1) for name in written.split())
    for node in ENVIRONMENT.parse(text).find_all((nodes.Assign, nodes.Keyword)):
        name = node.key if isinstance(node, nodes.Keyword) else getattr(node.target, "name", "")
        if name == "class" or name.endswith(("_class", "classes")):
            value = node.value if isinstance(node, nodes.Keyword) else node.node
            yield from ((part, node.lineno) for part in _words(value).split())


def _spoken(match: re.Match[str]) -> str:
    if not match.group().startswith("{{"):
        return ""
    output = next(ENVIRONMENT.parse(match.group()).find_all(nodes.Output))
    return "".join(_words(node) for node in output.nodes)


def _words(node: nodes.Node | None) -> str:
    if node is None:
        return ""
    if isinstance(node, nodes.Const):
        return str(node.value or "")
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.CondExpr):
        return _words(node.expr1) + " " * (node.expr2 is not None) + _words(node.expr2)
    if isinstance(node, nodes.Concat):
        return "".join(_words(part) for part in node.nodes)
    if isinstance(node, nodes.Add):
        return _words(node.left) + _words(node.right)
    return UNKNOWN
