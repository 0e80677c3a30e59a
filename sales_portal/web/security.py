"""Headers every answer carries, and cookies that fit the connection."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from sales_portal.web import typed

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What an answer carries unless its view says otherwise."""
SECRET_PATHS = ("/selection/", "/receipts/", "/test-provider/")
SESSION = "portal"
_SENT_WHOLE = frozenset({"GET", "POST"})
_WITHOUT_BODY = frozenset({*range(100, 200), 204, 304})
_PLAIN_ADDRESS = re.compile(r"(?:https?://[a-z0-9.:-]+)?/(?:[\w/.~=&%?-]*\w)?", re.ASCII)
"""An address that is sent as it stands, with no sign in it that would have to be quoted."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def install(app: Flask) -> None:
    """Give every answer of `app` its headers and the session cookie its name."""
    app.session_interface = Sessions()
    app.response_class = Answer


def has_secure_cookies() -> bool:
    """Whether this connection may carry `__Host-` cookies: over TLS, or on the machine itself."""
    asked = typed.this_request()
    return asked.is_secure or asked.host.rsplit(":", 1)[0] in LOOPBACK


def cookie_name(name: str) -> str:
    """`name` with the `__Host-` prefix wherever the connection allows it."""
    return f"__Host-{name}" if has_secure_cookies() else name


def may_be_framed(response: Response) -> Response:
    """`response`, which pages of this portal, and no others, may show in a frame."""
    response.headers["Content-Security-Policy"] = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def is_inert(response: Response) -> Response:
    """`response` as a page that may draw itself and nothing more: no script, no form, no origin of ours.

    For the HTML of mails, which brings its own styles; pages of this portal may show it in a frame.
    """
    response.headers["Content-Security-Policy"] = INERT
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def shows_frames(response: Response) -> Response:
    """`response`, which may show pages of this portal in a frame."""
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


def loads_stripe(response: Response) -> Response:
    """`response`, whose page loads Stripe's element; no other page may load anything of a third party."""
    policy = CSP.replace("script-src 'self'", "script-src 'self' https://js.stripe.com https://*.js.stripe.com")
    policy = policy.replace("connect-src 'self'", "connect-src 'self' https://api.stripe.com")
    frames = "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    response.headers["Content-Security-Policy"] = f"{policy}; {frames}"
    return response


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie under a name and with a Secure flag that fit the connection."""

    _signer: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(SESSION)

    def get_cookie_secure(self, app: Flask) -> bool:
        return has_secure_cookies()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie, made once per key."""
        if self._signer is None or self._signer[0] != app.secret_key:
            self._signer = (app.secret_key, super().get_signing_serializer(app))
        return self._signer[1]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; customers have none, and most requests are theirs."""
        if SESSION not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it changed. That answers vary by cookies all of them say anyway."""
        if session.modified or self.should_set_cookie(app, session):
            super().save_session(app, session, response)


class Answer(Response):
    """A response that takes on what every answer carries as it is sent: cheaper than a look at each header before."""

    def get_wsgi_response(self, environ: dict[str, Any]) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """The answer as the server sends it."""
        asked: Request = environ["werkzeug.request"]
        said = {name.lower(): value for name, value in self.headers}
        if self._is_whole(asked, said):
            body, status, headers = self.response, self.status, [*self.headers]
        else:
            body, status, headers = super().get_wsgi_response(environ)
            said = {name.lower(): value for name, value in headers}
        wanted = _wanted(asked.path.startswith(SECRET_PATHS), asked.endpoint == "static", asked.is_secure)
        headers += [(name, value) for key, name, value in wanted if key not in said]
        _vary_by_cookie(headers, said.get("vary"))
        return cast(Iterable[bytes], body), status, headers

    def _is_whole(self, asked: Request, said: Mapping[str, str]) -> bool:
        """Whether it can be sent as it is, as most are: nothing is to be found out, left out, or done after it."""
        return (asked.method in _SENT_WHOLE and self.status_code not in _WITHOUT_BODY and type(self.response) is list
                and not self._on_close and "content-length" in said and "content-location" not in said
                and _PLAIN_ADDRESS.fullmatch(said.get("location", "/")) is not None)


@cache
def _wanted(is_secret: bool, is_static: bool, is_secure: bool) -> tuple[tuple[str, str, str], ...]:
    wanted = ALWAYS | {"Referrer-Policy": "no-referrer" if is_secret else "same-origin"}
    if not is_static:
        wanted["Cache-Control"] = "no-store"
    if is_secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    if is_secret:
        wanted["X-Robots-Tag"] = "noindex, nofollow"
    return tuple((name.lower(), name, value) for name, value in wanted.items())


def _vary_by_cookie(headers: list[tuple[str, str]], said: str | None) -> None:
    if said is None:
        headers.append(("Vary", "Cookie"))
    elif "cookie" not in said.lower():
        headers[:] = [(name, f"{value}, Cookie" if name.lower() == "vary" else value) for name, value in headers]
