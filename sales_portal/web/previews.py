"""Looking at what customers will see before there is anything for them: an address that staff pages hand out."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

MAX_AGE_SECONDS = 12 * 3600


def token_of(selection_id: int) -> str:
    """The part of the address that names a selection; nobody can make one up."""
    return str(_serializer().dumps(selection_id))


def read(token: str) -> int | None:
    """The selection a token names; None where it is foreign or old."""
    try:
        return int(_serializer().loads(token, max_age=MAX_AGE_SECONDS))
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="selection-preview")
