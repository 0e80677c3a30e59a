"""Headers every answer carries, and cookies that fit the connection."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What an answer carries unless its view says otherwise."""
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


def may_be_framed(response: Response) -> Response:
    """`response`, which pages of this portal, and no others, may show in a frame."""
    response.headers["Content-Security-Policy"] = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def shows_frames(response: Response) -> Response:
    """`response`, which may show pages of this portal in a frame."""
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie under a name and with a Secure flag that fit the connection."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name("portal")

    def get_cookie_secure(self, app: Flask) -> bool:
        return has_secure_cookies()


def _headers(response: Response) -> Response:
    secret = request.path.startswith(SECRET_PATHS)
    wanted = ALWAYS | {"Referrer-Policy": "no-referrer" if secret else "same-origin"}
    if request.endpoint != "static":
        wanted["Cache-Control"] = "no-store"
    if request.is_secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    if secret:
        wanted["X-Robots-Tag"] = "noindex, nofollow"
    for name in response.headers.keys() & wanted.keys():
        del wanted[name]
    response.headers.extend(wanted)
    return response
