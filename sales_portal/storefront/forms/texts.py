"""Typed text as it may be stored: one line, without characters that are no text."""

import unicodedata

_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(typed: str | None) -> str:
    """`typed` without control characters and with single spaces; everything a person can read stays as it is."""
    text = typed or ""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(sign) in _NO_TEXT else sign for sign in text)
    return " ".join(text.split())
