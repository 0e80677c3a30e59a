"""A page for whoever watches the processes."""

from flask import Flask


def install(app: Flask) -> None:
    """Answer `/healthz` while the process is up; no database is asked, so a slow one restarts nothing."""
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", 200, {"Content-Type": "text/plain; charset=utf-8"}))
