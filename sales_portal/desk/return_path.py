"""Where a form sends people back to: paths of our own, never another site."""

from urllib.parse import urlsplit

from flask import request


def own_path(wanted: str | None) -> str | None:
    """Path and query of `wanted` where it leads to this host; None for anything else."""
    text = wanted or ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_foreign = parts.netloc not in ("", request.host) or parts.scheme not in ("", "http", "https")
    if is_foreign or not parts.path.startswith("/") or parts.path.startswith("//") or "\\" in text:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
