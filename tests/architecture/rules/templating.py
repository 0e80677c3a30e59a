"""What templates must look like: fragments, folders, sizes, nothing inline, no class without a style."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import markup
from tests.architecture.rules.source import PACKAGE, Finding, modules, templates

DOORS = {"desk", "storefront", "api"}
FOLDERS = DOORS | {"web", "ui", "emails"}
MAIL_PARTS = {"subject.txt", "body.txt", "body.html"}
FRAGMENT_LINES, PAGE_LINES = 60, 120
DATA = {"application/json", "application/ld+json"}


def fragments_have_one_root(root: Path) -> Iterator[Finding]:
    """A fragment has exactly one root element in each of its states, whose id says the fragment's name."""
    for file, path in _files(root):
        if file.name.startswith("_") and not _is_in(root, file, "ui"):
            yield from sorted({finding for shape in markup.shapes(file) for finding in _roots(shape, file, path)})


def _roots(shape: markup.Markup, file: Path, path: str) -> Iterator[Finding]:
    roots = [element for element in shape.elements if element.depth == 0]
    # A loop that only fills a list shows nothing.
    roots = [element for element in roots if element.name != markup.LOOP or not element.is_empty]
    if not roots:
        yield Finding(path, 1, "a fragment has one root element with an id; this one has none")
    for element in roots[1:]:
        yield Finding(path, element.line, f"a fragment has one root element; <{element.name}> is another")
    for line in shape.loose:
        yield Finding(path, line, "a fragment has one root element; this stands beside it")
    name = file.stem.strip("_")
    if roots and roots[0].name == markup.LOOP:
        yield Finding(path, roots[0].line, "a fragment has one root element; a loop makes many")
    elif roots and not any(word in roots[0].attributes.get("id", "") for word in name.split("_")):
        yield Finding(path, roots[0].line, f"the root's id says the fragment's name: {name!r} is not in it")


def templates_mirror_the_doors(root: Path) -> Iterator[Finding]:
    """`templates/desk/links/` belongs to `desk/links.py`."""
    known = {module.parts for module in modules(root)} | {module.parts[:-1] for module in modules(root)}
    for file, path in _files(root):
        parts = file.relative_to(root / "templates").parts
        if parts[0] not in FOLDERS or len(parts) == 1:
            yield Finding(path, 1, f"templates lie in {', '.join(sorted(FOLDERS))}")
        elif parts[0] in DOORS and len(parts) > 2 and parts[:-1] not in known:
            yield Finding(path, 1, f"no {PACKAGE}/{'/'.join(parts[:-1])}.py shows it")


def mails_are_whole(root: Path) -> Iterator[Finding]:
    """A mail is a folder of its own with subject, text and HTML."""
    folder = root / "templates" / "emails"
    for mail in sorted(folder.iterdir()) if folder.is_dir() else ():
        parts = {file.name for file in mail.iterdir()} if mail.is_dir() else set()
        if not parts >= MAIL_PARTS and not mail.name.startswith("_"):
            missing = ", ".join(sorted(MAIL_PARTS - parts))
            shown = min(mail.iterdir(), default=mail) if mail.is_dir() else mail
            yield Finding(str(shown.relative_to(root)), 1, f"a mail has {missing} too")


def templates_are_small(root: Path) -> Iterator[Finding]:
    """A fragment fits a screen, a page two; macros may be as long as they must."""
    for file, path in _files(root):
        allowed = FRAGMENT_LINES if file.name.startswith("_") else PAGE_LINES
        if len(file.read_text().splitlines()) > allowed and not _is_in(root, file, "ui"):
            yield Finding(path, allowed + 1, f"longer than {allowed} lines: give a part its own fragment")


def macros_in_ui(root: Path) -> Iterator[Finding]:
    """Macros live in `templates/ui`, where the gallery shows them."""
    for file, path in _files(root):
        if _is_in(root, file, "ui"):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(r"\{%-?\s*macro\b", line):
                yield Finding(path, number, "macros lie in templates/ui only")


def nothing_inline(root: Path) -> Iterator[Finding]:
    """No script, style or handler stands in a template: the content security policy would refuse it."""
    for file, path in _files(root):
        written = {(element.line, str(element)): element for shape in markup.shapes(file) for element in shape.elements}
        for element in written.values():
            attributes = element.attributes
            if element.name == "style" or "style" in attributes:
                yield Finding(path, element.line, "styles stand in a stylesheet")
            if element.name == "script" and not (attributes.get("src") or attributes.get("type") in DATA):
                yield Finding(path, element.line, "scripts stand in a file of their own")
            for name, value in attributes.items():
                if re.match(r"on[a-z]|hx-on\b", name) or value.strip().lower().startswith(("javascript:", "js:")):
                    yield Finding(path, element.line, f"{name} holds a script: listen in a script file instead")


def classes_have_styles(root: Path) -> Iterator[Finding]:
    """Every class a template writes stands in a stylesheet."""
    styles = "\n".join(file.read_text() for file in sorted((root / "static").rglob("*.css")))
    known = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)))
    for file, path in _files(root):
        for name, line in markup.classes(file):
            start = name.split(markup.UNKNOWN)[0]
            if markup.UNKNOWN not in name and name not in known:
                yield Finding(path, line, f"no stylesheet knows the class {name}")
            elif start and not any(style.startswith(start) for style in known):
                yield Finding(path, line, f"no stylesheet knows a class that begins with {start}")


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    for file in templates(root):
        yield file, str(file.relative_to(root))


def _is_in(root: Path, file: Path, folder: str) -> bool:
    return file.relative_to(root / "templates").parts[0] == folder
