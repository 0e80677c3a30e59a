"""The token that tells our own forms from those of another site."""

from hmac import compare_digest

from flask import current_app, session
from flask_wtf import CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from sales_portal.web import typed
from sales_portal.web.signed import Verified

NAME = "csrf_token"
SALT = "wtf-csrf-token"
"""What Flask-WTF signs its tokens with; another salt here lets no form through the short way."""


class Csrf(CSRFProtect):
    """Flask-WTF's check, and a short way for a form whose token surely is right. Everything else goes the long way."""

    _held: tuple[object, Verified] | None = None

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that changes something without the token of this browser's session."""
        if not self._is_right():
            super().protect(apply_exemptions)

    def _is_right(self) -> bool:
        asked = typed.this_request()
        # Over TLS the page it came from is asked too.
        if asked.method != "POST" or asked.is_secure or not (expected := session.get(NAME)):
            return False
        try:
            sent = self._verified().loads(asked.form.get(NAME, ""), current_app.config["WTF_CSRF_TIME_LIMIT"])
        except BadData:
            return False
        return isinstance(sent, str) and compare_digest(expected, sent)

    def _verified(self) -> Verified:
        key = current_app.config.get("WTF_CSRF_SECRET_KEY") or current_app.secret_key or ""
        if self._held is None or self._held[0] != key:
            self._held = (key, Verified(URLSafeTimedSerializer(key, salt=SALT)))
        return self._held[1]
