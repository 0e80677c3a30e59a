"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for


def install(app: Flask) -> None:
    """Give the templates of `app` the function `asset`."""
    folder = Path(app.static_folder or "static")
    app.jinja_env.globals["asset"] = lambda path: url_for("static", filename=path, v=_mark(folder / path))


@cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "missing"
