"""What the portal can be told from outside, read once from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sales_portal.core.db import normal_url
from sales_portal.core.tokens import new_key
from sales_portal.web.rates import IN_PROCESS

ROOT = Path(__file__).resolve().parents[2]
MAX_REQUEST_BYTES = 1024 * 1024


class BadConfiguration(RuntimeError):
    """The portal was told something it must not run with; the message names the variable and the fix."""


def read(environ: Mapping[str, str] = os.environ, instance: Path = ROOT / "instance") -> dict[str, Any]:
    """Flask's configuration from `environ`, with files in `instance` where nothing was said.

    `PORTAL_MODE=production` refuses to start without its own secrets, a base URL over HTTPS and a mail server;
    any other mode is a demo that makes what it lacks.
    """
    production = environ.get("PORTAL_MODE") == "production"
    if production:
        _refuse_insecure(environ)
    base_url = environ.get("PUBLIC_BASE_URL", f"http://127.0.0.1:{environ.get('PORT', '5000')}").rstrip("/")
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'portal.db'}"
    return {
        "DEMO": not production,
        "SECRET_KEY": environ.get("SECRET_KEY") or _kept(instance / "secret.key", lambda: secrets.token_hex(32)),
        "LINK_KEY": _link_key(environ.get("LINK_KEY") or _kept(instance / "link.key", lambda: new_key().hex())),
        "PUBLIC_BASE_URL": base_url,
        "TRUSTED_HOSTS": [host for host in environ.get("TRUSTED_HOSTS", "").split(",") if host] or None,
        "PROXY_HOPS": _whole(environ, "PROXY_HOPS", 0),
        "SQLALCHEMY_DATABASE_URI": normal_url(url),
        "MAIL_SERVER": environ.get("MAIL_SERVER", ""),
        "MAIL_PORT": _whole(environ, "MAIL_PORT", 587),
        "MAIL_USE_TLS": environ.get("MAIL_USE_TLS", "") == "1",
        "MAIL_USE_SSL": environ.get("MAIL_USE_SSL", "") == "1",
        "MAIL_USERNAME": environ.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": environ.get("MAIL_PASSWORD") or None,
        "MAIL_SENDER": environ.get("MAIL_SENDER", "sales@demo.example"),
        "GATEWAYS": tuple(environ.get("GATEWAYS", "" if production else "test").split()),
        "STRIPE_SECRET_KEY": environ.get("STRIPE_SECRET_KEY", ""),
        "STRIPE_PUBLISHABLE_KEY": environ.get("STRIPE_PUBLISHABLE_KEY", ""),
        "STRIPE_WEBHOOK_SECRET": environ.get("STRIPE_WEBHOOK_SECRET", ""),
        "WEBHOOK_RECEIVERS": _receivers(environ.get("WEBHOOK_RECEIVERS", "")),
        "EMBEDDED_WORKER": environ.get("EMBEDDED_WORKER") == "1",
        "RATELIMIT_STORAGE_URI": environ.get("RATELIMIT_STORAGE_URI", IN_PROCESS),
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_REQUEST_BYTES,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _refuse_insecure(environ: Mapping[str, str]) -> None:
    for name in ("SECRET_KEY", "LINK_KEY", "DATABASE_URL", "PUBLIC_BASE_URL", "MAIL_SERVER"):
        if not environ.get(name):
            raise BadConfiguration(f"In production set {name}; see the configuration table of the README.")
    if not environ["PUBLIC_BASE_URL"].startswith("https://"):
        raise BadConfiguration("In production PUBLIC_BASE_URL must start with https://")


def _link_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadConfiguration("LINK_KEY must be 64 hexadecimal characters (32 random bytes).")
    return key


def _receivers(text: str) -> tuple[str, ...]:
    named = tuple(text.split())
    for name in named:
        if not re.fullmatch(r".+:[0-9]{1,5}", name):
            raise BadConfiguration(f"WEBHOOK_RECEIVERS names each host with its port, as 127.0.0.1:9000; {name!r} is "
                                   "not one.")
    return named


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal():
        raise BadConfiguration(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _kept(path: Path, make: Any) -> str:
    """The secret in `path`, made once and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(make())
    return path.read_text().strip()
