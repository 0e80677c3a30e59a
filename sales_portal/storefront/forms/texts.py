"""Typed text as it may be stored: one line, without characters that are no text."""

import unicodedata


def one_line(typed: str | None) -> str:
    """`typed` without control characters and with single spaces; everything a person can read stays as it is."""
    readable = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in typed or "")
    return " ".join(readable.split(" ")).strip() if "  " not in readable else " ".join(readable.split())
