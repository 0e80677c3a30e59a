"""Headers every answer carries, and cookies that fit the connection."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECRET_PATHS = ("/selection/", "/receipts/", "/test-provider/")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def install(app: Flask) -> None:
    """Give every answer of `app` its headers and the session cookie its name."""
    app.session_interface = Sessions()
    app.after_request(_headers)


def has_secure_cookies() -> bool:
    """Whether this connection may carry `__Host-` cookies: over TLS, or on the machine itself."""
    return request.is_secure or request.host.rsplit(":", 1)[0] in LOOPBACK


def cookie_name(name: str) -> str:
    """`name` with the `__Host-` prefix wherever the connection allows it."""
    return f"__Host-{name}" if has_secure_cookies() else name


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie under a name and with a Secure flag that fit the connection."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name("portal")

    def get_cookie_secure(self, app: Flask) -> bool:
        return has_secure_cookies()


def _headers(response: Response) -> Response:
    secret = request.path.startswith(SECRET_PATHS)
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if secret:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
