"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from sales_portal.web import typed


def install(app: Flask) -> None:
    """Give the templates of `app` the function `asset`.

    Without `is_marked` the address has no mark of its content: style sheets name their fonts so, and what is fetched
    ahead for them must be the same address.
    """
    folder = Path(app.static_folder or "static")
    # Kept per root: a page names several, and to build an address costs more than to write the line it stands in.
    addresses: dict[tuple[str, str, bool], str] = {}

    def asset(path: str, *, is_marked: bool = True) -> str:
        key = (typed.this_request().root_path, path, is_marked)
        if key not in addresses:
            addresses[key] = url_for("static", filename=path, v=_mark(folder / path) if is_marked else None)
        return addresses[key]

    app.jinja_env.globals["asset"] = asset


@cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "missing"
