"""HTML as a test reads it: found by CSS selectors, read as words."""

from copy import deepcopy
from functools import cache
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree, html


class _Shown(HTMLTranslator):
    """Finds what a browser would find: what lies in a template is not on the page yet."""

    def selector_to_xpath(self, *selector: Any, **options: Any) -> str:
        return super().selector_to_xpath(*selector, **options) + "[not(ancestor::template)]"


_TRANSLATOR = _Shown()
_TEXTS = etree.XPath("descendant-or-self::text()[not(ancestor::script or ancestor::style or ancestor::template)]")
_OWN_TEXTS = etree.XPath("descendant-or-self::text()")
_UNSEEN = {"script", "style", "template"}


@cache
def _compiled(selector: str, prefix: str) -> etree.XPath:
    return etree.XPath(_TRANSLATOR.css_to_xpath(selector, prefix))


class Element(html.HtmlElement):
    """One element. `element["name"]` is an attribute, the classes as a list; `text` is all text in it."""

    def select(self, selector: str) -> list["Element"]:
        """Every element inside that a CSS selector finds, in the order of the page."""
        found: list[Element] = _compiled(selector, "descendant::")(self)
        return found

    def select_one(self, selector: str) -> "Element | None":
        """The first of them, or None."""
        return next(iter(self.select(selector)), None)

    def find_parent(self, name: str) -> "Element | None":
        """The nearest element around this one that is called so, or None."""
        return next(self.iterancestors(name), None)

    def drop_tree(self) -> None:
        """Take the element away."""
        self.getparent().remove(self)

    @property
    def name(self) -> str:
        """What the element is: `a`, `tr`."""
        return str(self.tag)

    @property
    def parent(self) -> "Element | None":
        """The element around this one."""
        return self.getparent()

    @property
    def text(self) -> str:
        """All text inside as it stands."""
        return self.get_text()

    def get_text(self, separator: str = "", *, strip: bool = False) -> str:
        """All text a person reads inside, its pieces joined by `separator`; what is no text is left out."""
        found = (_OWN_TEXTS if self.tag in _UNSEEN else _TEXTS)(self)
        return separator.join(filter(None, (piece.strip() for piece in found)) if strip else found)

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, or `default`."""
        value = super().get(name)
        if value is None:
            return default
        return value.split() if name == "class" else value

    def has_attr(self, name: str) -> bool:
        """Whether the attribute is there, empty or not."""
        return name in self.attrib

    def __getitem__(self, name: Any) -> Any:
        if not isinstance(name, str):
            return super().__getitem__(name)
        if name not in self.attrib:
            raise KeyError(f"no attribute {name!r} in {self}")
        return self.get(name)

    def __setitem__(self, name: Any, value: Any) -> None:
        if isinstance(name, str):
            self.set(name, value)
        else:
            super().__setitem__(name, value)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return str(etree.tostring(self, encoding="unicode", method="html", with_tail=False))

    __repr__ = __str__


_PARSER = html.HTMLParser(encoding="utf-8")
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Element))


def parse(text: str) -> Element:
    """A page, or a fragment without the page the parser wants around it; what is returned stands around either."""
    if text.lstrip().lower().startswith("<!doctype"):
        around: Element = _PARSER.makeelement("around")
        around.append(html.document_fromstring(text.encode(), parser=_PARSER))
        return around
    [around] = html.document_fromstring(f"<html><body>{text}</body></html>".encode(), parser=_PARSER)
    around.tag = "around"
    return around


def without_tokens(element: Element) -> str:
    """The markup of an element, but for the values of its form tokens: each says in which second it was signed."""
    copy = deepcopy(element)
    for field in copy.iter("input"):
        if field.get("name") == "csrf_token":
            field.attrib.pop("value", None)
    return str(copy)
