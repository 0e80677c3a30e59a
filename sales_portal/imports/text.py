"""Descriptions: HTML in, plain text out."""

import re
from collections.abc import Iterator
from html import unescape

_BLOCKS = frozenset({"address", "article", "aside", "blockquote", "div", "dl", "dt", "dd", "figure", "footer", "form",
                     "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
                     "section", "table", "tr", "ul", "br"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_CELLS = frozenset({"td", "th"})
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_TAG = re.compile(r"(<[a-zA-Z/!?][^<>]*>)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")


# The standard library's parser takes minutes for a description of nothing but opened comments or quotes.


def plain(html: str) -> str:
    """What a person reads of `html`: blocks on lines of their own, list items with a dash, no tags, no scripts.

    Text without any tag keeps its lines.
    """
    if _MARKUP.search(html):
        text = "".join(_read(_COMMENT.sub("", html)))
    else:
        text = html.replace("\r\n", "\n").replace("\r", "\n")
    lines = (" ".join(unescape(line).split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line and line != "–")


def _read(html: str) -> Iterator[str]:
    unseen = ""
    for number, part in enumerate(_TAG.split(html)):
        is_tag = number % 2 == 1
        found = _NAME.match(part) if is_tag else None
        name = found[1].lower() if found else ""
        if unseen:
            unseen = "" if part.startswith("</") and name == unseen else unseen
        elif name in _UNSEEN:
            unseen = "" if part.startswith("</") else name
        elif is_tag:
            yield _space_of(name, part)
        else:
            yield " ".join(part.split("\n"))


def _space_of(name: str, tag: str) -> str:
    if name in _BLOCKS:
        return "\n– " if name == "li" and not tag.startswith("</") else "\n"
    return " " if name in _CELLS else ""
